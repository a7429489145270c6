//! The text of a template, and where each part of it stands in the document.

use crate::model::job::{Attribute, AttributeValue};
use crate::syntax::{Dialect, Tree, string_bytes};
use crate::text::Span;

/// A text that was decoded from a value of the document.
pub(super) struct Source {
    pub(super) text: String,
    /// Whether parts of it are not known; each is a [`UNKNOWN`].
    pub(super) has_unknown: bool,
    /// Where the text stands, in its order.
    runs: Vec<Run>,
}

/// A part of the text that stands at one place.
struct Run {
    /// Its start in the text.
    at: u32,
    /// Its length in the text.
    length: u32,
    /// Its place in the document; as it stands, when it is of the same length.
    place: Span,
}

/// Stands for what the document does not tell.
pub(super) const UNKNOWN: char = '\u{fffc}';

impl Source {
    /// The text of an attribute; `None` when it is no text or not known at all.
    pub(super) fn of(attribute: &Attribute, tree: &Tree) -> Option<Self> {
        let place = attribute.value_span();
        let raw = place.of(tree.text());
        let mut source = Self { text: String::new(), has_unknown: false, runs: Vec::new() };
        match &attribute.value.value {
            AttributeValue::Text(text) if raw.starts_with("<<") => source.heredoc(raw, place, text),
            AttributeValue::Text(text) if raw.starts_with('"') => {
                source.quoted(raw, place, text, tree.dialect());
            }
            AttributeValue::Text(text) => source.push(text, place),
            AttributeValue::Unknown(_) if raw.starts_with("<<") => {
                let (start, _) = raw.split_once('\n')?;
                let body = raw.get(start.len() + 1..)?;
                let end = body.trim_end_matches(['\r', '\n']).rfind('\n').map_or(0, |end| end + 1);
                source.with_unknown(body.get(..end)?, place.start + start.len() as u32 + 1);
            }
            AttributeValue::Unknown(_) => {
                let inner = raw.strip_prefix('"')?.strip_suffix('"').filter(|inner| !inner.contains('\\'))?;
                source.with_unknown(inner, place.start + 1);
            }
            _ => return None,
        }
        Some(source)
    }

    /// The place of a part of the text.
    pub(super) fn place(&self, span: Span) -> Span {
        let last = span.end.max(span.start + 1) - 1;
        let Some(first) = self.run(span.start) else { return self.end() };
        let end = self.run(last).map_or(first.place.end, |run| {
            if run.is_verbatim() { run.place.start + (last - run.at) + 1 } else { run.place.end }
        });
        let start =
            if first.is_verbatim() { first.place.start + (span.start - first.at) } else { first.place.start };
        if span.is_empty() { Span::at(start) } else { Span::new(start, end.max(start)) }
    }

    /// Whether a part of the text stands in the document as it is.
    pub(super) fn is_verbatim(&self, span: Span) -> bool {
        self.run(span.start).is_some_and(|run| run.is_verbatim() && span.end <= run.at + run.length)
    }

    fn end(&self) -> Span {
        self.runs.last().map_or(Span::at(0), |run| Span::at(run.place.end))
    }

    fn run(&self, offset: u32) -> Option<&Run> {
        let after = self.runs.partition_point(|run| run.at <= offset);
        self.runs.get(after.checked_sub(1)?).filter(|run| offset < run.at + run.length)
    }

    fn push(&mut self, text: &str, place: Span) {
        if text.is_empty() {
            return;
        }
        let at = self.text.len() as u32;
        self.text.push_str(text);
        self.runs.push(Run { at, length: text.len() as u32, place });
    }

    fn verbatim(&mut self, text: &str, start: u32) {
        self.push(text, Span::new(start, start + text.len() as u32));
    }

    /// A heredoc: its lines without their indentation, and in HCL 2 with the values of what is interpolated.
    fn heredoc(&mut self, raw: &str, place: Span, text: &str) {
        let mut lines = Vec::new();
        let mut offset = 0;
        for line in raw.split_inclusive('\n') {
            lines.push((place.start + offset as u32, line));
            offset += line.len();
        }
        // Between the opening and the marker.
        let lines = lines.get(1..lines.len().saturating_sub(1)).unwrap_or_default();
        let values: Vec<&str> = text.split_inclusive('\n').collect();
        let same = |line: &(u32, &str), value: &&str| without_indentation(line.1, value).is_some();
        let top = lines.iter().zip(&values).take_while(|(line, value)| same(line, value)).count();
        let (lines_left, values_left) = (lines.get(top..), values.get(top..));
        let (Some(lines_left), Some(values_left)) = (lines_left, values_left) else { return };
        let bottom = lines_left
            .iter()
            .rev()
            .zip(values_left.iter().rev())
            .take_while(|(line, value)| same(line, value))
            .count();
        let values_between = values.len() - top - bottom;
        let lines_between = lines.len() - top - bottom;
        for (index, value) in values.iter().enumerate() {
            let is_between = (top..top + values_between).contains(&index);
            // What stands behind what was interpolated is counted from the end.
            let number = if index < top || values_between == lines_between {
                index
            } else {
                index + lines.len() - values.len()
            };
            match lines.get(number) {
                Some((start, line)) if !is_between || values_between == lines_between => {
                    self.line(line, *start, value);
                }
                _ => {
                    let first = lines.get(top).map_or(place.start, |(start, _)| *start);
                    let last = lines.get(top + lines_between.max(1) - 1);
                    let end = last.map_or(place.end, |(start, line)| start + line.trim_end().len() as u32);
                    self.push(value, Span::new(first, end.max(first)));
                }
            }
        }
    }

    /// A line of a heredoc, of which the beginning and the end stand in the document.
    fn line(&mut self, line: &str, start: u32, value: &str) {
        let (line_text, line_end) = without_line_end(line);
        let (value_text, value_end) = without_line_end(value);
        let line_start = start;
        match line_text.strip_suffix(value_text) {
            Some(before) => self.verbatim(value_text, line_start + before.len() as u32),
            None => {
                let indentation = blanks(line_text).saturating_sub(blanks(value_text));
                let text = line_text.get(indentation..).unwrap_or_default();
                self.framed(text, line_start + indentation as u32, value_text);
            }
        }
        let end = start + line_text.len() as u32;
        self.push(value_end, Span::new(end, end + line_end.len() as u32));
    }

    /// A value that begins and ends as the text in the document does; what is between is one part.
    fn framed(&mut self, raw: &str, start: u32, value: &str) {
        let same = |(one, two): &((usize, char), char)| one.1 == *two;
        let head: usize =
            raw.char_indices().zip(value.chars()).take_while(same).map(|(_, c)| c.len_utf8()).sum();
        let (raw_left, value_left) =
            (raw.get(head..).unwrap_or_default(), value.get(head..).unwrap_or_default());
        let tail: usize = raw_left
            .chars()
            .rev()
            .zip(value_left.chars().rev())
            .take_while(|(one, two)| one == two)
            .map(|(c, _)| c.len_utf8())
            .sum();
        self.verbatim(value.get(..head).unwrap_or_default(), start);
        let middle = Span::new(start + head as u32, start + (raw.len() - tail) as u32);
        let value_end = value.len() - tail;
        self.push(value.get(head..value_end).unwrap_or_default(), middle);
        self.verbatim(value.get(value_end..).unwrap_or_default(), middle.end);
    }

    /// A string in quotes, escape by escape.
    fn quoted(&mut self, raw: &str, place: Span, text: &str, dialect: Dialect) {
        let inner = raw.strip_prefix('"').unwrap_or(raw);
        let inner = inner.strip_suffix('"').unwrap_or(inner);
        let mut offset = 0;
        while let Some(rest) = inner.get(offset..).filter(|rest| !rest.is_empty()) {
            let start = place.start + 1 + offset as u32;
            let plain = rest.find('\\').unwrap_or(rest.len());
            self.verbatim(rest.get(..plain).unwrap_or_default(), start);
            offset += plain;
            let Some(rest) = rest.get(plain..).filter(|rest| !rest.is_empty()) else { break };
            let escape = rest.get(..escape_length(rest)).unwrap_or(rest);
            let start = start + plain as u32;
            let bytes = string_bytes(&format!("\"{escape}\""), dialect);
            self.push(&String::from_utf8_lossy(&bytes), Span::new(start, start + escape.len() as u32));
            offset += escape.len();
        }
        if self.text != text {
            // Something was interpolated.
            self.text.clear();
            self.runs.clear();
            if inner.contains('\\') {
                self.push(text, place);
            } else {
                self.framed(inner, place.start + 1, text);
            }
        }
    }

    /// A text of HCL 2 with interpolations whose values are not known.
    fn with_unknown(&mut self, raw: &str, start: u32) {
        self.has_unknown = true;
        let mut offset = 0;
        while let Some(rest) = raw.get(offset..).filter(|rest| !rest.is_empty()) {
            let next = rest.find(['$', '%']).unwrap_or(rest.len());
            let marked = rest.get(next..).unwrap_or_default();
            let place = start + (offset + next) as u32;
            self.verbatim(rest.get(..next).unwrap_or_default(), start + offset as u32);
            let length = interpolation_length(marked);
            if length > 0 {
                self.push(UNKNOWN.encode_utf8(&mut [0; 4]), Span::new(place, place + length as u32));
            }
            let plain = match marked.get(..3) {
                _ if length > 0 => "",
                Some("$${" | "%%{") => marked.get(..3).unwrap_or_default(),
                _ => marked.get(..1).unwrap_or_default(),
            };
            self.verbatim(plain, place);
            offset += next + length.max(plain.len());
        }
    }
}

impl Run {
    fn is_verbatim(&self) -> bool {
        self.length == self.place.len()
    }
}

/// Whether the line is the value behind blanks, with any line end.
fn without_indentation<'l>(line: &'l str, value: &str) -> Option<&'l str> {
    let (line, _) = without_line_end(line);
    let (value, _) = without_line_end(value);
    line.strip_suffix(value).filter(|before| before.trim_start().is_empty())
}

fn without_line_end(line: &str) -> (&str, &str) {
    let text = line.strip_suffix('\n').unwrap_or(line);
    let text = text.strip_suffix('\r').unwrap_or(text);
    (text, line.get(text.len()..).unwrap_or_default())
}

fn blanks(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// The length of the escape that the text begins with, that of two surrogates of JSON too.
fn escape_length(text: &str) -> usize {
    let length = match text.as_bytes().get(1) {
        Some(b'x') => 4,
        Some(b'U') => 10,
        Some(b'0'..=b'7') => 4,
        Some(b'u') => {
            let is_high = matches!(text.get(2..4), Some(high) if matches!(high.as_bytes(), [b'd' | b'D', b'8'..=b'9' | b'a' | b'b' | b'A' | b'B']));
            if is_high && text.get(6..8) == Some("\\u") { 12 } else { 6 }
        }
        _ => 1 + text.get(1..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8),
    };
    length.min(text.len())
}

/// The length of `${ … }` or `%{ … }` at the start of a text; 0 when there is none.
fn interpolation_length(text: &str) -> usize {
    if !text.starts_with("${") && !text.starts_with("%{") {
        return 0;
    }
    let (mut depth, mut in_string, mut is_escaped) = (0_u32, false, false);
    for (offset, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = in_string,
            b'"' => in_string = !in_string,
            b'{' if !in_string => depth += 1,
            b'}' if !in_string => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return offset + 1;
        }
    }
    text.len()
}
