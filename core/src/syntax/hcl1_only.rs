//! Habits of HCL 1 that HCL 2 refuses, with the repair where it keeps the meaning.

use super::hcl2;
use super::problem::{Problem, ProblemKind};
use super::tree::{Item, Key, NodeKind, Object, Tree, Value};
use crate::text::{Span, order::NameMap};

/// The most habits that are looked for in one document.
const MAX_HABITS: usize = 250;

/// How far the end of an interpolation is looked for.
const MAX_INTERPOLATION: usize = 4_096;

/// One habit of HCL 1 at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hcl1Habit {
    /// Which habit.
    pub kind: HabitKind,
    /// What to write instead; empty where that cannot be said for certain.
    pub repair: Vec<(Span, String)>,
    /// An earlier place that belongs to it.
    pub first: Option<Span>,
}

/// The habits of HCL 1 that HCL 2 refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HabitKind {
    /// `bind_options { … }` inside of an object that is a value.
    BlockInObject,
    /// A comma after an attribute of a block.
    Comma,
    /// `a.b = 1` in a block.
    DottedName,
    /// A line break before the `{` of a block, or on either side of a `=`.
    LineBreak,
    /// Two members of an object on one line without a comma.
    MissingComma,
    /// A number that HCL 2 writes in another way: `.5`, `0x10`.
    Number,
    /// A block that puts more than one attribute, or a block, on one line.
    OneLineBlock,
    /// A name in quotes in a block.
    QuotedName,
    /// One attribute twice in one block.
    RepeatedAttribute,
    /// `${…}` or `%{…}` that is no template of HCL 2, such as the shell's `${A:-b}`.
    Template,
    /// A template in the label of a block.
    TemplateInLabel,
}

/// The habits of a text that was read as HCL 1 without problems.
pub(super) fn habits(tree: &Tree) -> Vec<Problem> {
    let mut finder = Finder { text: tree.text(), found: Vec::new() };
    finder.body(tree.root(), None);
    let found = finder.found.into_iter();
    found.map(|(span, habit)| Problem { kind: ProblemKind::Hcl1Only(Box::new(habit)), span }).collect()
}

struct Finder<'t> {
    text: &'t str,
    found: Vec<(Span, Hcl1Habit)>,
}

impl<'t> Finder<'t> {
    fn add(&mut self, kind: HabitKind, span: Span, repair: Vec<(Span, String)>) {
        if self.found.len() < MAX_HABITS {
            self.found.push((span, Hcl1Habit { kind, repair, first: None }));
        }
    }

    /// A body of a block; `indent` is that of the block's line, `None` for the document.
    fn body(&mut self, body: Object<'t>, indent: Option<&str>) {
        let inner = indent.map(|indent| format!("{indent}  ")).unwrap_or_default();
        self.layout(body, indent);
        let mut names = NameMap::default();
        for item in body.items() {
            self.names(item);
            if item.is_assigned()
                && let Some(first) = names.insert(&item.key().name(), item.key().span())
                && self.found.len() < MAX_HABITS
            {
                let habit =
                    Hcl1Habit { kind: HabitKind::RepeatedAttribute, repair: Vec::new(), first: Some(first) };
                self.found.push((item.key().span(), habit));
            }
            self.line_breaks(item);
            match item.value().object() {
                Some(object) if item.is_block() => {
                    let own = own_indent(self.text, item.span().start);
                    self.body(object, Some(own.unwrap_or(&inner)));
                }
                _ => self.value(item.value()),
            }
        }
    }

    /// Quotes, dots and templates in the names of a block's item.
    fn names(&mut self, item: Item<'t>) {
        let key = item.key();
        if key.is_quoted() {
            let name = key.inner_span().of(self.text);
            let repair = if is_identifier(name) { vec![(key.span(), name.to_owned())] } else { Vec::new() };
            self.add(HabitKind::QuotedName, key.span(), repair);
        } else if key.raw().contains('.') {
            self.add(HabitKind::DottedName, key.span(), Vec::new());
        }
        for label in item.labels().filter(|label| label.is_quoted()) {
            let markers = template_markers(label.raw());
            if !markers.is_empty() {
                let repair = markers.iter().map(|at| doubled(label.span().start + at, label.raw(), *at));
                self.add(HabitKind::TemplateInLabel, label.span(), repair.collect());
            }
        }
    }

    /// Line breaks between the names and the value.
    fn line_breaks(&mut self, item: Item<'t>) {
        let Some(last) = item.keys().last() else { return };
        let value = item.value();
        if value.is_missing() {
            return;
        }
        let mut edits = Vec::new();
        let mut span = Span::at(last.span().end);
        let keys: Vec<Span> = item.keys().map(Key::span).collect();
        let starts = keys.iter().skip(1).copied().chain([value.span()]);
        for (before, after) in keys.iter().zip(starts) {
            let gap = Span::new(before.end, after.start);
            let text = gap.of(self.text);
            if text.contains('\n') {
                span = after;
                match text.trim() {
                    "" => edits.push((gap, " ".to_owned())),
                    "=" => edits.push((gap, " = ".to_owned())),
                    // A comment stands between them.
                    _ => return self.add(HabitKind::LineBreak, last.span(), Vec::new()),
                }
            }
        }
        if !edits.is_empty() {
            let opening = Span::new(span.start, span.start + 1);
            let underlined = if value.object().is_some() { opening } else { span };
            self.add(HabitKind::LineBreak, underlined, edits);
        }
    }

    /// How a body is laid out on lines, and the commas between its items.
    fn layout(&mut self, body: Object<'t>, indent: Option<&str>) {
        let gaps = gaps(body, indent.is_some(), self.text);
        let is_one_line = matches!(gaps.as_slice(), [first, second]
            if indent.is_some() && !first.has_line_break && !second.has_line_break && second.comma.is_none()
                && body.items().all(|item| !item.is_block()));
        let crowded: Vec<&Gap> = gaps.iter().filter(|gap| !gap.has_line_break).collect();
        if !is_one_line && !crowded.is_empty() && !body.is_empty() {
            let repair = crowded.iter().map(|gap| gap.on_new_line(indent, self.text)).collect::<Option<_>>();
            let closing = Span::new(body.span().end.saturating_sub(1), body.span().end);
            let place = self.crowded_place(body, &gaps).unwrap_or(closing);
            self.add(HabitKind::OneLineBlock, place, repair.unwrap_or_default());
        }
        for gap in gaps.iter().filter(|gap| gap.has_line_break || is_one_line) {
            if let Some(comma) = gap.comma {
                self.add(HabitKind::Comma, comma, vec![(comma, String::new())]);
            }
        }
    }

    /// The first item that should stand on a line of its own: the second attribute, or a block.
    fn crowded_place(&self, body: Object<'t>, gaps: &[Gap]) -> Option<Span> {
        let opens_line = gaps.first().is_some_and(|gap| gap.is_opening && !gap.has_line_break);
        let offset = usize::from(gaps.first().is_some_and(|gap| gap.is_opening));
        let mut items = body.items().enumerate();
        let crowded = items.find(|(index, item)| match index {
            0 => opens_line && (item.is_block() || body.items().nth(1).is_none()),
            _ => gaps.get(index + offset - 1).is_some_and(|gap| !gap.has_line_break),
        });
        crowded.map(|(_, item)| item.header_span())
    }

    /// A value that is no body of a block.
    fn value(&mut self, value: Value<'t>) {
        match value.kind() {
            NodeKind::Object => {
                if let Some(object) = value.object() {
                    self.object(object);
                }
            }
            NodeKind::List => {
                for element in value.list().into_iter().flatten() {
                    self.value(element);
                }
            }
            NodeKind::Number | NodeKind::Float => self.number(value),
            NodeKind::String | NodeKind::Heredoc => self.templates(value),
            _ => {}
        }
    }

    fn object(&mut self, object: Object<'t>) {
        let mut previous: Option<Item<'t>> = None;
        for item in object.items() {
            if let Some(before) = previous {
                let gap = Gap::new(Span::new(before.span().end, item.span().start), self.text);
                if !gap.has_line_break && gap.comma.is_none() {
                    let repair = vec![(Span::at(before.span().end), ",".to_owned())];
                    self.add(HabitKind::MissingComma, item.key().span(), repair);
                }
            }
            previous = Some(item);
            if item.is_block() {
                self.add(HabitKind::BlockInObject, item.header_span(), Vec::new());
            }
            self.line_breaks(item);
            self.value(item.value());
        }
    }

    fn number(&mut self, value: Value<'t>) {
        let raw = value.raw();
        let digits = raw.trim_start_matches('-');
        let sign = if raw.starts_with('-') { "-" } else { "" };
        let repaired = if digits.starts_with('.') {
            format!("{sign}0{digits}")
        } else if digits.ends_with('.') {
            format!("{sign}{digits}0")
        } else if digits.starts_with("0x") || digits.starts_with("0X") {
            value.integer().map(|number| number.to_string()).unwrap_or_default()
        } else {
            return;
        };
        let repair = if repaired.is_empty() { Vec::new() } else { vec![(value.span(), repaired)] };
        self.add(HabitKind::Number, value.span(), repair);
    }

    /// Template markers that HCL 2 cannot read. Written twice they are the text that HCL 1 takes them for.
    fn templates(&mut self, value: Value<'t>) {
        let raw = value.raw();
        for at in template_markers(raw) {
            let rest = raw.get(at as usize..).unwrap_or_default();
            let interpolation = interpolation(rest);
            if interpolation.is_some_and(is_template) {
                continue;
            }
            let length = interpolation.map_or(2, str::len) as u32;
            let start = value.span().start + at;
            let repair = vec![doubled(start, raw, at)];
            self.add(HabitKind::Template, Span::new(start, start + length), repair);
        }
    }
}

/// What lies between two items, or between an item and a brace.
struct Gap {
    span: Span,
    has_line_break: bool,
    comma: Option<Span>,
    /// Whether it follows the opening brace.
    is_opening: bool,
    /// Whether the closing brace follows it.
    is_closing: bool,
}

impl Gap {
    fn new(span: Span, text: &str) -> Self {
        let mut gap = Self { span, has_line_break: false, comma: None, is_opening: false, is_closing: false };
        let bytes = span.of(text).as_bytes();
        let mut offset = 0;
        while let Some(byte) = bytes.get(offset) {
            let rest = bytes.get(offset..).unwrap_or_default();
            match byte {
                b'\n' => gap.has_line_break = true,
                b',' if gap.comma.is_none() => {
                    let start = span.start + offset as u32;
                    gap.comma = Some(Span::new(start, start + 1));
                }
                b'#' | b'/' if *byte == b'#' || rest.starts_with(b"//") => {
                    let end = rest.iter().position(|it| *it == b'\n').unwrap_or(rest.len());
                    offset += end;
                    continue;
                }
                b'/' => {
                    offset += rest.windows(2).position(|pair| pair == b"*/").unwrap_or(rest.len());
                }
                _ => {}
            }
            offset += 1;
        }
        gap
    }

    /// Puts what follows on a line of its own; `None` where a comment is in the way.
    fn on_new_line(&self, indent: Option<&str>, text: &str) -> Option<(Span, String)> {
        let is_blank = self.span.of(text).chars().all(|it| it == ',' || it.is_whitespace());
        let indent = indent.map_or(String::new(), |indent| {
            if self.is_closing { indent.to_owned() } else { format!("{indent}  ") }
        });
        is_blank.then(|| (self.span, format!("\n{indent}")))
    }
}

/// The gaps of a body, those at its braces included.
fn gaps(body: Object<'_>, has_braces: bool, text: &str) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let inner = body.inner_span();
    let mut before = Span::new(body.span().start, inner.start);
    let mut is_first = true;
    for item in body.items() {
        let span = item.span();
        if !is_first || has_braces {
            let mut gap = Gap::new(Span::new(before.end, span.start), text);
            // A heredoc takes the line break at its end along.
            gap.has_line_break |= !is_first && before.of(text).ends_with('\n');
            gap.is_opening = is_first;
            gaps.push(gap);
        }
        is_first = false;
        before = span;
    }
    if has_braces && !is_first {
        let mut gap = Gap::new(Span::new(before.end, inner.end.max(before.end)), text);
        gap.has_line_break |= before.of(text).ends_with('\n');
        gap.is_closing = true;
        gaps.push(gap);
    }
    gaps
}

/// The blanks before an item that is the first on its line.
fn own_indent(text: &str, start: u32) -> Option<&str> {
    let before = text.get(..start as usize)?;
    let line = before.get(before.rfind('\n').map_or(0, |it| it + 1)..)?;
    line.chars().all(|it| it == ' ' || it == '\t').then_some(line)
}

fn is_identifier(name: &str) -> bool {
    !name.is_empty() && hcl2::ident_length(name, 0) == name.len()
}

/// The offsets of `${` and `%{` that are not written twice.
fn template_markers(raw: &str) -> Vec<u32> {
    let mut markers = Vec::new();
    let bytes = raw.as_bytes();
    let mut offset = 0;
    while let Some(byte) = bytes.get(offset).copied() {
        let is_marker_byte = byte == b'$' || byte == b'%';
        if is_marker_byte && bytes.get(offset + 1) == Some(&byte) && bytes.get(offset + 2) == Some(&b'{') {
            offset += 3;
        } else if is_marker_byte && bytes.get(offset + 1) == Some(&b'{') {
            markers.push(offset as u32);
            offset += 2;
        } else {
            offset += 1;
        }
    }
    markers
}

/// The edit that doubles the `$` or `%` at an offset.
fn doubled(start: u32, raw: &str, at: u32) -> (Span, String) {
    let marker = raw.get(at as usize..at as usize + 1).unwrap_or_default();
    (Span::at(start), marker.to_owned())
}

/// From `${` to the `}` that closes it.
fn interpolation(rest: &str) -> Option<&str> {
    let mut depth = 0_u32;
    for (offset, byte) in rest.bytes().enumerate().take(MAX_INTERPOLATION) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth <= 1 => return rest.get(..=offset),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Whether an interpolation is one of HCL 2. Directives are taken by their word, as one may be only the
/// beginning of a longer construct.
fn is_template(interpolation: &str) -> bool {
    if interpolation.starts_with("%{") {
        let inner = interpolation.trim_start_matches("%{").trim_start_matches('~').trim_start();
        let word = inner.split(|it: char| !it.is_alphabetic()).next().unwrap_or_default();
        return matches!(word, "if" | "else" | "endif" | "for" | "endfor");
    }
    hcl2::is_interpolation(interpolation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Dialect, parse};

    /// The habits of a text with what they underline, and the text after all repairs.
    fn habits_and_repaired(text: &str) -> (Vec<(HabitKind, String)>, String) {
        let tree = parse(text.into(), Dialect::Hcl2);
        let mut habits = Vec::new();
        let mut edits = Vec::new();
        for problem in tree.problems() {
            if let ProblemKind::Hcl1Only(habit) = &problem.kind {
                habits.push((habit.kind, problem.span.of(text).to_owned()));
                edits.extend(habit.repair.clone());
            }
        }
        edits.sort();
        let mut repaired = String::new();
        let mut position = 0;
        for (span, replacement) in edits {
            repaired.push_str(Span::new(position, span.start).of(text));
            repaired.push_str(&replacement);
            position = span.end;
        }
        repaired.push_str(text.get(position as usize..).unwrap_or_default());
        (habits, repaired)
    }

    #[track_caller]
    fn check(text: &str, expected: &[(HabitKind, &str)], repaired: &str) {
        let (habits, result) = habits_and_repaired(text);
        let habits: Vec<(HabitKind, &str)> = habits.iter().map(|it| (it.0, it.1.as_str())).collect();
        assert_eq!(habits, expected, "{text}");
        assert_eq!(result, repaired);
        if text != repaired {
            assert_eq!(parse(repaired.into(), Dialect::Hcl2).problems(), [], "{repaired}");
        }
    }

    #[test]
    fn names() {
        check("env {\n  \"K\" = 1\n}\n", &[(HabitKind::QuotedName, "\"K\"")], "env {\n  K = 1\n}\n");
        let dotted = "labels {\n  a.b = 1\n}\n";
        check(dotted, &[(HabitKind::DottedName, "a.b")], dotted);
        let unnameable = "labels {\n  \"a.b\" = 1\n}\n";
        check(unnameable, &[(HabitKind::QuotedName, "\"a.b\"")], unnameable);
        let twice = "a = 1\na = 2\n";
        check(twice, &[(HabitKind::RepeatedAttribute, "a")], twice);
        check("job \"${x}\" {\n}\n", &[(HabitKind::TemplateInLabel, "\"${x}\"")], "job \"$${x}\" {\n}\n");
    }

    #[test]
    fn lines_and_commas() {
        check(
            "  c { a = 1 b = 2 }\n",
            &[(HabitKind::OneLineBlock, "b")],
            "  c {\n    a = 1\n    b = 2\n  }\n",
        );
        check("a { b { c = 1 } }\n", &[(HabitKind::OneLineBlock, "b")], "a {\n  b { c = 1 }\n}\n");
        check("a {\n  b = 1,\n}\n", &[(HabitKind::Comma, ",")], "a {\n  b = 1\n}\n");
        check("a\n{\n}\n", &[(HabitKind::LineBreak, "{")], "a {\n}\n");
        check("a =\n  1\n", &[(HabitKind::LineBreak, "1")], "a = 1\n");
        check("a = { b = 1 c = 2 }\n", &[(HabitKind::MissingComma, "c")], "a = { b = 1, c = 2 }\n");
        check("a { # note\n b = 1 }\n", &[(HabitKind::OneLineBlock, "}")], "a { # note\n b = 1\n}\n");
    }

    #[test]
    fn values() {
        check(
            "a = .5\nb = 0x10\n",
            &[(HabitKind::Number, ".5"), (HabitKind::Number, "0x10")],
            "a = 0.5\nb = 16\n",
        );
        check(
            "a = \"${A:-b}%{x}\"\n",
            &[(HabitKind::Template, "${A:-b}"), (HabitKind::Template, "%{x}")],
            "a = \"$${A:-b}%%{x}\"\n",
        );
        let nested = "a = [{ b { c = 1 } }]\n";
        check(nested, &[(HabitKind::BlockInObject, "b")], nested);
    }
}
