//! Reports as text: for people, and for other tools.
//!
//! Text of a user's document never reaches the output with its control characters.

mod answer;
mod concise;
mod excerpt;
mod full;
mod github;
mod json;
mod place;
mod sarif;
mod visible;

use crate::check::Report;
use crate::model::Bundle;

pub use answer::{Statement, Tone, explanation, statement};
pub use github::{data as github_data, property as github_property};
pub use visible::{visible, visible_lines};

/// The form of a report's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// For people: each finding with the text that it is about, what explains it and its repair.
    Full,
    /// One line for each finding: `role.json:5:13: ROLE003 error …`.
    Concise,
    /// The wire shape, see [`crate::wire`].
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
}

/// How a report is rendered.
#[derive(Clone, Copy, Debug)]
pub struct RenderOptions {
    /// The form.
    pub format: Format,
    /// Whether [`Format::Full`] and [`Format::Concise`] use the colours of a terminal.
    pub colour: bool,
    /// How many columns a line may have in [`Format::Full`].
    pub width: usize,
}

impl RenderOptions {
    /// Without colours, for a terminal of the usual width.
    pub const fn new(format: Format) -> Self {
        Self { format, colour: false, width: 120 }
    }
}

/// Renders `report`, which is about `bundle`. The text is empty or ends with a line end.
pub fn render(bundle: &Bundle, report: &Report, options: RenderOptions) -> String {
    match options.format {
        Format::Full => full::render(bundle, report, options),
        Format::Concise => concise::render(bundle, report, options),
        Format::Json => json::render(bundle, report),
        Format::Sarif => sarif::render(bundle, report),
        Format::Github => github::render(bundle, report),
    }
}

/// "and 3 more findings in `role.json`", for each document of which findings are left out.
fn omissions<'a>(bundle: &'a Bundle, report: &'a Report) -> impl Iterator<Item = (&'a str, String)> {
    report.omitted.iter().map(|(id, count)| {
        let name = bundle.document(*id).map_or("", |document| document.name());
        let noun = if *count == 1 { "finding" } else { "findings" };
        (name, format!("and {count} more {noun}"))
    })
}

#[cfg(test)]
mod tests;
