//! Answers for people: a sentence, the places it is about, and what follows from it.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Group, Level, Renderer};

use super::RenderOptions;
use super::place::{Mark, places};
use super::visible::{visible, visible_lines};
use crate::acl::{Candidate, Explanation};
use crate::diagnostic::Related;
use crate::model::Bundle;

/// The most rules that are listed of those that match and do not count.
const MAX_CANDIDATES: usize = 20;

/// How an answer starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// `allowed: `
    Allowed,
    /// `denied: `
    Denied,
    /// `error: `
    Error,
}

/// A sentence about places of documents.
#[derive(Clone, Debug)]
pub struct Statement {
    /// How it starts.
    pub tone: Tone,
    /// The sentence.
    pub title: String,
    /// The places; the first is the one it is about.
    pub places: Vec<Related>,
    /// What to do.
    pub help: Option<String>,
    /// What else explains it.
    pub notes: Vec<String>,
}

/// Renders a statement. The text ends with a line end.
pub fn statement(bundle: &Bundle, statement: &Statement, options: RenderOptions) -> String {
    let level = match statement.tone {
        Tone::Allowed => Level::NOTE.with_name("allowed"),
        Tone::Denied => Level::ERROR.with_name("denied"),
        Tone::Error => Level::ERROR,
    };
    let marks: Vec<Mark<'_>> = statement.places.iter().map(Mark::from).collect();
    let places = places(bundle, &marks);
    let mut group = Group::with_title(level.primary_title(visible(&statement.title)));
    for place in &places {
        group = group.element(place.snippet());
    }
    for note in &statement.notes {
        group = group.element(Level::NOTE.message(visible_lines(note)));
    }
    if let Some(help) = &statement.help {
        group = group.element(Level::HELP.message(visible_lines(help)));
    }
    let renderer = if options.colour { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(options.width).decor_style(DecorStyle::Ascii);
    let mut shown = renderer.render(&[group]);
    for place in &places {
        place.correct_column(&mut shown);
    }
    shown.push('\n');
    shown
}

/// Renders why a request is allowed or refused: the verdict, the rule that decides, then the others that match in
/// order with the reason why each does not count. The text ends with a line end.
pub fn explanation(bundle: &Bundle, explanation: &Explanation<'_>, options: RenderOptions) -> String {
    let is_allowed = explanation.decision.is_allowed;
    let mut text = statement(
        bundle,
        &Statement {
            tone: if is_allowed { Tone::Allowed } else { Tone::Denied },
            title: explanation.verdict(),
            places: explanation.marks.clone(),
            help: explanation.help().filter(|_| !is_allowed),
            notes: explanation.notes(),
        },
        options,
    );
    if let Some((_, losers)) = explanation.candidates.split_first()
        && !losers.is_empty()
    {
        push_losers(&mut text, bundle, losers, options);
    }
    text
}

fn push_losers(text: &mut String, bundle: &Bundle, losers: &[Candidate<'_>], options: RenderOptions) {
    let (bold, dim, reset) =
        if options.colour { ("\u{1b}[1m", "\u{1b}[2m", "\u{1b}[0m") } else { ("", "", "") };
    let count =
        if losers.len() == 1 { "One more rule matches" } else { "More rules match, the most specific first" };
    text.push_str(&format!("\n{count}; only the one above counts:\n"));
    let rows: Vec<[String; 4]> = losers.iter().take(MAX_CANDIDATES).map(|loser| row(bundle, loser)).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths = [width(0), width(1), width(2)];
    for [path, place, granted, lost] in &rows {
        let [path_width, place_width, granted_width] = widths;
        text.push_str(&format!(
            "  {bold}{path:path_width$}{reset}  {dim}{place:place_width$}{reset}  {granted:granted_width$}  {lost}\n"
        ));
    }
    if losers.len() > MAX_CANDIDATES {
        text.push_str(&format!("  and {} more\n", losers.len() - MAX_CANDIDATES));
    }
}

/// The rule, where it is, what it grants, and why it does not count.
fn row(bundle: &Bundle, loser: &Candidate<'_>) -> [String; 4] {
    let places: Vec<String> = loser.rule.blocks().filter_map(|block| place(bundle, &block)).collect();
    let granted = loser.rule.granted;
    let granted = if granted.is_empty() { "nothing".to_owned() } else { granted.to_string() };
    let lost = loser.lost.map(|lost| lost.to_string()).unwrap_or_default();
    let pattern = loser.rule.pattern.to_string();
    [visible(&pattern).into_owned(), places.join(", "), granted, lost]
}

/// `policy.hcl:12`.
fn place(bundle: &Bundle, related: &Related) -> Option<String> {
    let document = bundle.document(related.document)?;
    let line = document.line_column(related.span.start).line;
    Some(format!("{}:{line}", visible(document.name())))
}
