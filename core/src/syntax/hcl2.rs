//! Whether a text is valid HCL 2. What is plain we prove ourselves; of the rest hcl-edit decides, with guards where
//! it differs from Go's reader.
//!
//! Our own tree tells where something is wrong; what hcl-edit accepts has no problems.

mod go_only;
mod proven;

use std::borrow::Cow;

use hcl_edit::parser::{Error, parse_body};

use go_only::refused_by_go_alone;
use proven::unproven_from;

use super::problem::{Problem, ProblemKind, Problems};
use super::tree::{Item, NodeKind, Object, Tree, Value};
use super::{Dialect, hcl, hcl1_only};
use crate::text::{
    Span,
    order::{self, Names},
};

/// The most that hcl-edit may see of the sum of the squares of the objects' key counts: its time for an object
/// is quadratic in the keys (75 ms for 5,000, 167 s for 100,000).
const MAX_SQUARED_KEYS: u64 = 5_000 * 5_000;

/// Objects of so few keys are always shown to hcl-edit.
const FEW_KEYS: u64 = 250;

/// How often hcl-edit is asked again after a key that it refuses and Go accepts was renamed.
const MAX_ROUNDS: usize = 4;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Replaces the problems of a tree that was read as HCL 2 by those that make Go's reader refuse the text.
pub(super) fn judge(mut tree: Tree) -> Tree {
    let verdict = Judge::new(&tree).verdict();
    let problems = match verdict {
        Verdict::Accepted { unseen } => tree
            .problems()
            .iter()
            .filter(|it| unseen.iter().any(|span| span.contains(it.span)))
            .cloned()
            .collect(),
        Verdict::Refused(problem) => refused(&tree, problem),
        Verdict::Open => return tree,
    };
    tree.replace_problems(Problems::of(problems));
    tree
}

/// The problems of a text that is no HCL 2: habits of HCL 1 if that is all, else those that our tree sees, else
/// what hcl-edit says.
fn refused(tree: &Tree, problem: Problem) -> Vec<Problem> {
    let hcl1 = hcl::parse_hcl1(tree.shared_text(), Dialect::Hcl1);
    if hcl1.problems().is_empty() {
        let habits = hcl1_only::habits(&hcl1);
        if !habits.is_empty() {
            return habits;
        }
    }
    if tree.problems().is_empty() || problem.kind == ProblemKind::TooDeep {
        return vec![problem];
    }
    tree.problems().to_vec()
}

enum Verdict {
    /// The text is HCL 2; what lies in `unseen` was not looked at by hcl-edit.
    Accepted { unseen: Vec<Span> },
    /// hcl-edit was asked too often.
    Open,
    /// The text is not HCL 2.
    Refused(Problem),
}

/// A part of the text, and what hcl-edit sees instead.
type Replacement = (Span, Cow<'static, str>);

struct Judge<'t> {
    tree: &'t Tree,
    /// Bytes of the byte order mark, which Go skips.
    skipped: u32,
    /// Where the first item starts that is not proven to be HCL 2.
    unproven: u32,
    edits: Vec<Replacement>,
    unseen: Vec<Span>,
}

impl<'t> Judge<'t> {
    fn new(tree: &'t Tree) -> Self {
        let skipped =
            if tree.text().starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() as u32 } else { 0 };
        Self { tree, skipped, unproven: skipped, edits: Vec::new(), unseen: Vec::new() }
    }

    fn verdict(mut self) -> Verdict {
        match unproven_from(self.tree, self.skipped) {
            Some(place) => self.unproven = place,
            None => return Verdict::Accepted { unseen: Vec::new() },
        }
        if let Some(problem) = self.hide_large_objects() {
            return Verdict::Refused(problem);
        }
        self.shorten_proven(self.tree.root());
        for round in 0..MAX_ROUNDS {
            let shown = Shown::new(self.tree.text(), self.skipped, &mut self.edits);
            let Err(error) = parse_body(&shown.text) else {
                return match refused_by_go_alone(self.tree.text(), self.unproven) {
                    Some(problem) => Verdict::Refused(problem),
                    None => Verdict::Accepted { unseen: self.unseen },
                };
            };
            let offset = shown.original(error.location().offset() as u32);
            if !error.message().contains("redefined object key") {
                return Verdict::Refused(problem_of(&error, offset, self.tree.text()));
            }
            if round == 0 {
                self.rename_repeated_keys();
            }
            if !self.rename_key_at(offset, round) {
                return Verdict::Refused(problem_of(&error, offset, self.tree.text()));
            }
        }
        Verdict::Open
    }

    /// Takes what is proven out of hcl-edit's sight. The names of attributes stay, as one may be given again.
    fn shorten_proven(&mut self, body: Object<'t>) {
        let unproven = self.unproven;
        for item in body.items().take_while(|item| item.span().start < unproven) {
            let (span, value) = (item.span(), item.value());
            if span.end > unproven {
                if let Some(inner) = value.object() {
                    self.shorten_proven(inner);
                }
            } else if item.is_block() {
                self.edits.push((Span::new(item.key().span().end, span.end), "{}".into()));
            } else {
                self.edits.push((value.span(), "0".into()));
            }
        }
    }

    /// Empties objects whose keys would take hcl-edit too long; our tree alone judges what is in them. One that
    /// is not closed is a problem.
    fn hide_large_objects(&mut self) -> Option<Problem> {
        let mut large = Vec::new();
        let mut squares = 0_u64;
        let mut unclosed = None;
        let unproven = self.unproven;
        visit(self.tree.root(), true, &mut |found| {
            if found.span().end <= unproven {
                return;
            }
            let (keys, squared, hidden) = match found {
                Found::Object(object) => {
                    let keys = object.items().count() as u64;
                    (keys, keys.saturating_mul(keys), Hidden::Object(object.inner_span()))
                }
                Found::Opaque(value) => {
                    let opaque = Opaque::of(value.raw());
                    if !opaque.is_closed && opaque.most > FEW_KEYS {
                        unclosed = unclosed.or(Some(value.span()));
                    }
                    (opaque.most, opaque.squares, hidden_value(value))
                }
            };
            squares = squares.saturating_add(squared);
            if keys > FEW_KEYS {
                large.push(hidden);
            }
        });
        if squares <= MAX_SQUARED_KEYS {
            return None;
        }
        if let Some(span) = unclosed {
            return Some(Problem {
                kind: ProblemKind::UnclosedObject,
                span: character_at(self.tree.text(), span.start),
            });
        }
        let mut end = 0;
        for hidden in large {
            let (span, text) = hidden.replacement(self.tree.text());
            // What lies in an object that is hidden already is hidden with it.
            if span.start >= end {
                end = span.end;
                self.unseen.push(span);
                self.edits.push((span, text.into()));
            }
        }
        None
    }

    /// Gives every repeated key of an object, which Go accepts and hcl-edit does not, a name of its own.
    fn rename_repeated_keys(&mut self) {
        let mut repeated = Vec::new();
        visit(self.tree.root(), true, &mut |found| {
            if let Found::Object(object) = found {
                let mut names = Names::default();
                for key in object.items().map(Item::key) {
                    if is_plain_key(key.raw()) && !names.insert(&key.name()).1 {
                        repeated.push(key.span());
                    }
                }
            }
        });
        for (number, span) in repeated.into_iter().enumerate() {
            if span.start >= self.unproven && !self.unseen.iter().any(|unseen| unseen.contains(span)) {
                self.edits.push((span, format!("repeated_key_{number}").into()));
            }
        }
    }

    /// Gives the key at `offset`, which our tree does not see, a name of its own. Whether there is a key.
    fn rename_key_at(&mut self, offset: u32, round: usize) -> bool {
        if self.edits.iter().any(|(span, _)| span.start == offset) {
            return true;
        }
        let rest = self.tree.text().get(offset as usize..).unwrap_or_default();
        let length = key_length(rest);
        if length > 0 {
            let span = Span::new(offset, offset + length as u32);
            self.edits.push((span, format!("repeated_key_in_expression_{round}").into()));
        }
        length > 0
    }
}

/// What hcl-edit is shown of a text.
struct Shown {
    text: String,
    skipped: u32,
    /// End of each replacement in the shown text, and in the original.
    ends: Vec<(u32, u32)>,
}

impl Shown {
    fn new(original: &str, skipped: u32, edits: &mut [Replacement]) -> Self {
        order::sort_by(edits, &|(one, _), (other, _)| one.cmp(other));
        let mut text = String::with_capacity(original.len());
        let mut ends = Vec::new();
        let mut position = skipped;
        for (span, replacement) in edits.iter() {
            text.push_str(Span::new(position, span.start).of(original));
            text.push_str(replacement);
            position = span.end;
            ends.push((text.len() as u32, position));
        }
        text.push_str(original.get(position as usize..).unwrap_or_default());
        Self { text, skipped, ends }
    }

    /// The place in the original of an offset of the shown text.
    fn original(&self, offset: u32) -> u32 {
        match self.ends.iter().rev().find(|(shown, _)| *shown <= offset) {
            Some((shown, original)) => original + (offset - shown),
            None => offset + self.skipped,
        }
    }
}

fn problem_of(error: &Error, offset: u32, text: &str) -> Problem {
    let message = error.message();
    let is_too_deep = message.contains("nested levels") || message.contains("chained binary operators");
    let kind =
        if is_too_deep { ProblemKind::TooDeep } else { ProblemKind::Hcl2 { message: message.to_owned() } };
    Problem { kind, span: character_at(text, offset) }
}

/// The character at an offset, so that there is something to underline.
fn character_at(text: &str, offset: u32) -> Span {
    let mut start = (offset as usize).min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let length = text.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    Span::new(start as u32, (start + length) as u32)
}

enum Found<'t> {
    /// An object that is a value, not the body of a block.
    Object(Object<'t>),
    /// A value that our tree does not look into.
    Opaque(Value<'t>),
}

impl Found<'_> {
    fn span(&self) -> Span {
        match self {
            Self::Object(object) => object.span(),
            Self::Opaque(value) => value.span(),
        }
    }
}

/// Calls `see` for every object that is a value and every value that may hold some.
fn visit<'t>(object: Object<'t>, is_body: bool, see: &mut impl FnMut(Found<'t>)) {
    if !is_body {
        see(Found::Object(object));
    }
    for item in object.items() {
        visit_value(item.value(), is_body && item.is_block(), see);
    }
}

fn visit_value<'t>(value: Value<'t>, is_body: bool, see: &mut impl FnMut(Found<'t>)) {
    if let Some(object) = value.object() {
        visit(object, is_body, see);
    } else if let Some(elements) = value.list() {
        for element in elements {
            visit_value(element, false, see);
        }
    } else if value.kind() == NodeKind::Expression || value.has_template() {
        see(Found::Opaque(value));
    }
}

/// What is replaced so that hcl-edit does not see it.
enum Hidden {
    /// The inside of an object, or of a quoted string.
    Object(Span),
    /// A whole expression.
    Expression(Span),
    /// A heredoc, whose template markers go.
    Heredoc(Span),
}

fn hidden_value(value: Value<'_>) -> Hidden {
    match value.kind() {
        NodeKind::Heredoc => Hidden::Heredoc(value.span()),
        NodeKind::String => Hidden::Object(value.inner_span()),
        _ => Hidden::Expression(value.span()),
    }
}

impl Hidden {
    fn replacement(&self, text: &str) -> (Span, String) {
        match self {
            Self::Object(span) => (*span, String::new()),
            Self::Expression(span) => (*span, "null".to_owned()),
            Self::Heredoc(span) => (*span, span.of(text).replace("${", "__").replace("%{", "__")),
        }
    }
}

/// The keys of the objects in an expression or in the templates of a string, counted by their `=` and `:`.
struct Opaque {
    /// The most keys of one object.
    most: u64,
    /// The sum of the squares of the key counts.
    squares: u64,
    /// Whether every brace, bracket and parenthesis is closed.
    is_closed: bool,
}

impl Opaque {
    fn of(raw: &str) -> Self {
        let is_string = raw.starts_with('"') || raw.starts_with("<<");
        let mut found = Self { most: 0, squares: 0, is_closed: true };
        let mut open: Vec<u64> = Vec::new();
        let mut brackets = 0_i64;
        let mut is_quoted = false;
        let mut previous = b' ';
        for byte in raw.bytes() {
            match byte {
                b'"' if !is_string && previous != b'\\' => is_quoted = !is_quoted,
                _ if is_quoted => {}
                b'{' if !is_string || !open.is_empty() || matches!(previous, b'$' | b'%') => open.push(0),
                b'}' => match open.pop() {
                    Some(keys) => found.add(keys),
                    None => found.is_closed &= is_string,
                },
                b'[' | b'(' => brackets += 1,
                b']' | b')' => brackets -= 1,
                b'=' | b':' => {
                    if let Some(keys) = open.last_mut() {
                        *keys += 1;
                    }
                }
                _ => {}
            }
            previous = byte;
        }
        found.is_closed &= open.is_empty() && (is_string || brackets == 0);
        for keys in open {
            found.add(keys);
        }
        found
    }

    fn add(&mut self, keys: u64) {
        self.most = self.most.max(keys);
        self.squares = self.squares.saturating_add(keys.saturating_mul(keys));
    }
}

/// Whether a key is a word or a string without template, not an expression.
fn is_plain_key(raw: &str) -> bool {
    key_length(raw) == raw.len() && !raw.contains("${") && !raw.contains("%{")
}

/// The bytes of the word or quoted string at the start of a text.
fn key_length(text: &str) -> usize {
    if text.starts_with('"') {
        let mut is_escaped = false;
        let end = text.char_indices().skip(1).find(|(_, character)| {
            let is_end = !is_escaped && *character == '"';
            is_escaped = !is_escaped && *character == '\\';
            is_end
        });
        return end.map_or(0, |(offset, _)| offset + 1);
    }
    text.find(|character: char| !(character.is_alphanumeric() || character == '_' || character == '-'))
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use crate::syntax::{Dialect, ProblemKind, parse};

    /// The kinds of the problems of a text read as HCL 2, with what they underline.
    fn problems(text: &str) -> Vec<(ProblemKind, String)> {
        let tree = parse(text.into(), Dialect::Hcl2);
        tree.problems().iter().map(|it| (it.kind.clone(), it.span.of(text).to_owned())).collect()
    }

    #[track_caller]
    fn accepts(text: &str) {
        assert_eq!(problems(text), [], "{text}");
    }

    #[track_caller]
    fn refuses(text: &str, kind: &ProblemKind, underlined: &str) {
        let found = problems(text);
        assert!(found.iter().any(|it| it.0 == *kind && it.1 == underlined), "{text}\n{found:?}");
    }

    #[test]
    fn what_go_accepts_and_hcl_edit_does_not() {
        accepts("\u{feff}a = 1\n");
        accepts("a = { A = \"b\"\n A = \"c\"\n A = \"d\" }\n");
        accepts("a = merge({ A = 1, A = 2 }, { \"B\" = 1, \"B\" = 2 })\n");
        accepts("a = \"${{ x = 1, x = 2 }.x}\"\n");
    }

    #[test]
    fn what_go_refuses_and_hcl_edit_does_not() {
        refuses("a = \"b\nc\"\n", &ProblemKind::UnclosedString, "\"b");
        refuses("a = <<EOF\nx\nEOF", &ProblemKind::UnclosedHeredoc, "<<EOF");
    }

    #[test]
    fn line_breaks_in_an_interpolation_and_quotes_in_heredocs_and_comments_are_fine() {
        accepts("a = \"x${upper(\n\"b\"\n)}y\"\n");
        accepts("a = <<-EOF\n  \"it's ${join(\",\", [\"a\"])}\n  EOF\n# \"\nb = \"$${\"\n");
        accepts("/* \" */ a = \"\\\"\" // \"\n");
    }

    #[test]
    fn the_place_is_right_behind_renamed_keys_and_a_byte_order_mark() {
        let text = "\u{feff}a = { A = 1, A = 2 }\nb = 1 +\n";
        let tree = parse(text.into(), Dialect::Hcl2);
        let places: Vec<u32> = tree.problems().iter().map(|it| it.span.start).collect();
        assert!(
            places.iter().all(|place| *place >= text.find("1 +").unwrap_or_default() as u32),
            "{places:?}"
        );
        assert!(!places.is_empty());
    }

    #[test]
    fn a_large_object_is_judged_without_hcl_edit() {
        let members: String = (0..50_000).map(|number| format!("k{number} = {number}\n")).collect();
        accepts(&format!("a = {{\n{members}}}\n"));
        let found = problems(&format!("a = {{\n{members}}}\nb = 1 +\n"));
        assert!(matches!(found.as_slice(), [(ProblemKind::Hcl2 { .. }, _)]), "{found:?}");
    }

    #[test]
    fn a_large_object_in_a_call_is_hidden_only_when_it_is_closed() {
        let members: String = (0..50_000).map(|number| format!("k{number} = {number}, ")).collect();
        accepts(&format!("a = merge({{ {members} }}, {{}})\n"));
        assert_ne!(problems(&format!("a = merge({{ {members}\n")), []);
        assert_ne!(problems(&"a = f(".repeat(100_000)), []);
    }

    #[test]
    fn deep_nesting_is_a_problem() {
        let text = format!("a = {}{}\n", "[".repeat(100), "]".repeat(100));
        assert_eq!(problems(&text).first().map(|it| it.0.clone()), Some(ProblemKind::TooDeep));
    }
}
