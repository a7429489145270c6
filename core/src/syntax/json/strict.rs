//! JSON of RFC 8259, read to the end whatever stands there.

use std::borrow::Cow;

use super::super::decode_json;
use super::super::problem::ProblemKind;
use super::super::tree::{COLON, HAS_ESCAPE, NodeKind, QUOTED, TreeBuilder};
use super::super::{Dialect, MAX_DEPTH};
use crate::text::Span;

/// Up to so many members, comparing each with each is faster than sorting.
const FEW_MEMBERS: usize = 8;

/// Reads a whole document.
pub(super) fn read(text: &str) -> TreeBuilder {
    let mut reader = Reader::new(text);
    reader.document();
    reader.builder
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    position: usize,
    builder: TreeBuilder,
    open_objects: u32,
    open_lists: u32,
    /// The keys of the objects that are open, outermost first.
    keys: Vec<(Cow<'t, str>, Span)>,
    /// The last string swallowed the rest of its line: a missing comma there is no second problem.
    after_unclosed_string: bool,
    /// Text was skipped up to the end: what is open then is no second problem.
    cut_off: bool,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            position: 0,
            builder: TreeBuilder::new(text.len()),
            open_objects: 0,
            open_lists: 0,
            keys: Vec::new(),
            after_unclosed_string: false,
            cut_off: false,
        }
    }

    /// The root object's members become the root's items; another value leaves the root empty.
    fn document(&mut self) {
        if self.text.starts_with('\u{feff}') {
            self.position = 3;
            self.problem(ProblemKind::ByteOrderMark, Span::new(0, 3));
        }
        self.skip_blanks();
        match self.peek() {
            None => {
                self.problem(ProblemKind::Empty, Span::at(0));
                return;
            }
            Some(b'{') => {
                let open = self.take_byte();
                self.members(open);
            }
            Some(_) => {
                let colon = Span::at(self.offset());
                self.value(colon);
                self.builder.truncate(1);
            }
        }
        self.skip_blanks();
        if self.peek().is_some() {
            let (kind, span) = self.take_unexpected();
            self.problem(kind, span);
        }
    }

    /// Members up to and with the closing brace; the opening one is taken.
    fn members(&mut self, open: Span) {
        self.open_objects += 1;
        let first_key = self.keys.len();
        let mut comma = None;
        loop {
            self.skip_blanks();
            match self.peek() {
                None => {
                    self.unclosed(ProblemKind::UnclosedObject, open);
                    break;
                }
                Some(b'}') => {
                    self.position += 1;
                    if let Some(comma) = comma {
                        self.problem(ProblemKind::TrailingComma, comma);
                    }
                    break;
                }
                Some(b']') if self.open_lists > 0 => {
                    self.unclosed(ProblemKind::UnclosedObject, open);
                    break;
                }
                Some(b',') => {
                    let extra = self.take_byte();
                    self.problem(ProblemKind::Json { expected: "a member before the comma" }, extra);
                }
                Some(byte) if starts_key(byte) => {
                    self.member();
                    comma = self.comma();
                }
                Some(_) => {
                    let (kind, span) = self.take_unexpected();
                    self.problem(kind, span);
                }
            }
        }
        self.report_duplicates(first_key);
        self.open_objects -= 1;
    }

    fn member(&mut self) {
        let item = self.builder.open(NodeKind::Item, 0, self.offset());
        let key = self.key();
        self.skip_blanks();
        match self.peek() {
            Some(b':') => {
                let colon = self.take_byte();
                self.member_value(item, colon);
            }
            Some(b'=') => {
                let equals = self.take_byte();
                self.problem(ProblemKind::Json { expected: "`:` between name and value" }, equals);
                self.member_value(item, equals);
            }
            Some(byte) if starts_value(byte) && !self.after_unclosed_string => {
                let here = Span::new(self.offset(), self.offset() + 1);
                self.problem(ProblemKind::Json { expected: "`:` between name and value" }, here);
                self.member_value(item, here);
            }
            _ => {
                if !self.after_unclosed_string {
                    self.problem(ProblemKind::IncompleteItem, key);
                }
                self.builder.leaf(NodeKind::Missing, 0, Span::at(key.end));
                self.builder.close(item, key.end);
            }
        }
    }

    fn member_value(&mut self, item: usize, colon: Span) {
        self.builder.flag(item, COLON);
        self.skip_blanks();
        let end = self.value(colon);
        self.builder.close(item, end);
    }

    /// Reads a key, in quotes or not, and remembers it for the search for repeated ones.
    fn key(&mut self) -> Span {
        let (span, inner, flags) = match self.peek() {
            Some(b'"') => {
                let (span, inner, flags) = self.string();
                (span, inner, flags | QUOTED)
            }
            Some(b'\'') => {
                let (_, inner) = self.single_quoted();
                (inner, inner, 0)
            }
            _ => {
                let word = self.take_word();
                self.problem(ProblemKind::BareWord, word);
                (word, word, 0)
            }
        };
        let raw = inner.of(self.text);
        let name = if flags & HAS_ESCAPE == 0 {
            Cow::Borrowed(raw)
        } else {
            decode_json::string(raw, Dialect::Json)
        };
        self.keys.push((name, span));
        self.builder.leaf(NodeKind::Key, flags, span);
        span
    }

    /// The comma after a member or element, or the problem that there is none.
    fn comma(&mut self) -> Option<Span> {
        let broken = std::mem::take(&mut self.after_unclosed_string);
        self.skip_blanks();
        match self.peek() {
            Some(b',') => Some(self.take_byte()),
            Some(byte) if (starts_key(byte) || starts_value(byte)) && !broken => {
                let next = self.width_of_token();
                self.problem(ProblemKind::MissingComma, next);
                None
            }
            _ => None,
        }
    }

    /// Reads a value, or adds a missing one; `colon` is what asks for it. Gives its end.
    fn value(&mut self, colon: Span) -> u32 {
        match self.peek() {
            Some(b'{' | b'[') => self.nested(),
            Some(b'"') => {
                let (span, _, flags) = self.string();
                self.builder.leaf(NodeKind::String, flags, span);
            }
            Some(b'\'') => {
                let (span, inner) = self.single_quoted();
                self.builder.leaf(NodeKind::String, 0, inner);
                return span.end;
            }
            Some(b'-' | b'+' | b'.' | b'0'..=b'9') => self.number(),
            Some(byte) if starts_word(byte) => {
                let word = self.take_word();
                let kind = match word.of(self.text) {
                    "true" | "false" => NodeKind::Bool,
                    "null" => NodeKind::Null,
                    _ => {
                        self.problem(ProblemKind::BareWord, word);
                        NodeKind::Missing
                    }
                };
                self.builder.leaf(kind, 0, word);
            }
            None | Some(b',' | b'}' | b']') => {
                self.problem(ProblemKind::MissingValue, colon);
                self.builder.leaf(NodeKind::Missing, 0, Span::at(colon.end));
                return colon.end;
            }
            Some(_) => {
                // A typographic quote, for instance: what follows on the line belongs to it.
                let (kind, span) = self.take_unexpected();
                self.problem(kind, span);
                let rest = self.take_while(|byte| !matches!(byte, b',' | b'}' | b']' | b'\n' | b'\r'));
                self.builder.leaf(NodeKind::Missing, 0, span.to(rest));
            }
        }
        self.offset()
    }

    fn nested(&mut self) {
        if self.open_objects + self.open_lists >= MAX_DEPTH {
            let start = self.offset();
            self.problem(ProblemKind::TooDeep, Span::new(start, start + 1));
            self.skip_nested();
            self.builder.leaf(NodeKind::Missing, 0, Span::new(start, self.offset()));
            return;
        }
        let is_object = self.peek() == Some(b'{');
        let open = self.take_byte();
        let kind = if is_object { NodeKind::Object } else { NodeKind::List };
        let node = self.builder.open(kind, 0, open.start);
        if is_object {
            self.members(open);
        } else {
            self.elements(open);
        }
        self.builder.close(node, self.offset());
    }

    /// Elements up to and with the closing bracket; the opening one is taken.
    fn elements(&mut self, open: Span) {
        self.open_lists += 1;
        let mut comma = None;
        loop {
            self.skip_blanks();
            match self.peek() {
                None => {
                    self.unclosed(ProblemKind::UnclosedList, open);
                    break;
                }
                Some(b']') => {
                    self.position += 1;
                    if let Some(comma) = comma {
                        self.problem(ProblemKind::TrailingComma, comma);
                    }
                    break;
                }
                Some(b'}') if self.open_objects > 0 => {
                    self.unclosed(ProblemKind::UnclosedList, open);
                    break;
                }
                Some(b',') => {
                    let extra = self.take_byte();
                    self.problem(ProblemKind::Json { expected: "a value before the comma" }, extra);
                }
                Some(byte) if starts_value(byte) => {
                    self.value(open);
                    comma = self.comma();
                }
                Some(_) => {
                    let (kind, span) = self.take_unexpected();
                    self.problem(kind, span);
                }
            }
        }
        self.open_lists -= 1;
    }

    /// Passes over an object or list without looking into it.
    fn skip_nested(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.skip_string();
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.position += 1;
            if depth == 0 {
                return;
            }
        }
        self.cut_off = true;
    }

    fn skip_string(&mut self) {
        self.position += 1;
        while let Some(byte) = self.peek() {
            self.position += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' || byte == b'\n' {
                break;
            }
        }
        self.position = self.position.min(self.bytes.len());
    }

    /// Reads a string: its span, what is between the quotes, and its flags.
    fn string(&mut self) -> (Span, Span, u8) {
        let start = self.offset();
        self.position += 1;
        let mut flags = 0;
        loop {
            let rest = self.bytes.get(self.position..).unwrap_or_default();
            let plain = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
            self.position += plain.unwrap_or(rest.len());
            match self.peek() {
                Some(b'"') => {
                    self.position += 1;
                    let end = self.offset();
                    return (Span::new(start, end), Span::new(start + 1, end - 1), flags);
                }
                Some(b'\\') => {
                    flags |= HAS_ESCAPE;
                    self.escape();
                }
                None | Some(b'\n' | b'\r') => {
                    let span = Span::new(start, self.offset());
                    self.problem(ProblemKind::UnclosedString, span);
                    self.after_unclosed_string = true;
                    return (span, Span::new(start + 1, span.end), flags);
                }
                Some(_) => {
                    let control = self.take_byte();
                    let expected = "an escape such as `\\t` in place of the control character";
                    self.problem(ProblemKind::Json { expected }, control);
                }
            }
        }
    }

    fn escape(&mut self) {
        let start = self.position;
        let (length, is_good) = match self.bytes.get(start + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => (2, true),
            Some(b'u') => self.unicode_escape(start),
            None | Some(b'\n' | b'\r') => (1, false),
            Some(_) => (1 + self.character_length(start + 1), false),
        };
        self.position = start + length;
        if !is_good {
            self.problem(ProblemKind::BadEscape, Span::new(start as u32, self.offset()));
        }
    }

    /// The length of `\uXXXX`, or of a pair of them, and whether it names a character.
    fn unicode_escape(&self, start: usize) -> (usize, bool) {
        let Some(first) = decode_json::hex(self.text, start + 2, 4) else {
            let digits = self.bytes.iter().skip(start + 2).take(4);
            return (2 + digits.take_while(|byte| byte.is_ascii_hexdigit()).count(), false);
        };
        match first {
            0xd800..=0xdbff => {
                let has_second = self.text.get(start + 6..start + 8) == Some("\\u")
                    && matches!(decode_json::hex(self.text, start + 8, 4), Some(0xdc00..=0xdfff));
                if has_second { (12, true) } else { (6, false) }
            }
            0xdc00..=0xdfff => (6, false),
            _ => (6, true),
        }
    }

    /// Reads text in single quotes, up to the end of the line at most.
    fn single_quoted(&mut self) -> (Span, Span) {
        let start = self.offset();
        let rest = self.bytes.get(self.position + 1..).unwrap_or_default();
        let length = rest.iter().position(|byte| matches!(byte, b'\'' | b'\n' | b'\r'));
        let inner_end = start + 1 + length.unwrap_or(rest.len()) as u32;
        let is_closed = self.bytes.get(inner_end as usize) == Some(&b'\'');
        let end = if is_closed { inner_end + 1 } else { inner_end };
        self.position = end as usize;
        let span = Span::new(start, end);
        self.problem(ProblemKind::SingleQuotes, span);
        self.after_unclosed_string = !is_closed;
        (span, Span::new(start + 1, inner_end))
    }

    fn number(&mut self) {
        let span = self.take_while(is_number_byte);
        let kind = number_kind(span.of(self.text));
        if kind.is_none() {
            self.problem(ProblemKind::BadNumber, span);
        }
        self.builder.leaf(kind.unwrap_or(NodeKind::Missing), 0, span);
    }

    fn report_duplicates(&mut self, first_key: usize) {
        let keys = self.keys.get_mut(first_key..).unwrap_or_default();
        let problems = &mut self.builder.problems;
        if keys.len() <= FEW_MEMBERS {
            for (index, (name, span)) in keys.iter().enumerate() {
                if let Some((_, first)) = keys.iter().take(index).find(|(earlier, _)| earlier == name) {
                    problems.push(ProblemKind::DuplicateKey { first: *first }, *span);
                }
            }
        } else {
            keys.sort_unstable();
            for group in keys.chunk_by(|(a, _), (b, _)| a == b) {
                let Some(((_, first), later)) = group.split_first() else { continue };
                for (_, span) in later {
                    problems.push(ProblemKind::DuplicateKey { first: *first }, *span);
                }
            }
        }
        self.keys.truncate(first_key);
    }

    fn skip_blanks(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.position += 1,
                Some(b'#') => self.comment(),
                Some(b'/') if matches!(self.bytes.get(self.position + 1), Some(b'/' | b'*')) => {
                    self.comment()
                }
                _ => return,
            }
        }
    }

    fn comment(&mut self) {
        let start = self.position;
        let rest = self.text.get(start..).unwrap_or_default();
        let is_block = rest.starts_with("/*");
        let length = if is_block {
            rest.get(2..).and_then(|body| body.find("*/")).map(|at| at + 4)
        } else {
            Some(rest.find(['\n', '\r']).unwrap_or(rest.len()))
        };
        self.position += length.unwrap_or(rest.len());
        let span = Span::new(start as u32, self.offset());
        let kind = if length.is_some() { ProblemKind::Comment } else { ProblemKind::UnclosedComment };
        self.cut_off |= length.is_none();
        self.problem(kind, span);
        self.builder.comments.push(span);
    }

    /// Takes one token that does not belong here.
    fn take_unexpected(&mut self) -> (ProblemKind, Span) {
        let span = self.width_of_token();
        self.position = span.end as usize;
        let kind = match span.of(self.text).bytes().next() {
            Some(b'}' | b']') => ProblemKind::UnexpectedClosing,
            Some(b'{' | b'[' | b':' | b',' | b'=' | b'"' | b'\'' | b'-' | b'+' | b'.' | b'0'..=b'9') => {
                ProblemKind::UnexpectedToken
            }
            Some(byte) if starts_word(byte) => ProblemKind::UnexpectedToken,
            _ => ProblemKind::IllegalCharacter,
        };
        (kind, span)
    }

    /// The span of the token that starts here: a string on this line, a word, a number or one character.
    fn width_of_token(&self) -> Span {
        let start = self.position;
        let rest = self.bytes.get(start..).unwrap_or_default();
        let length = match rest.first() {
            Some(quote @ (b'"' | b'\'')) => {
                let mut escaped = false;
                let end = rest.iter().skip(1).position(|byte| {
                    let ends = (byte == quote && !escaped) || *byte == b'\n' || *byte == b'\r';
                    escaped = *byte == b'\\' && !escaped;
                    ends
                });
                match end.map(|end| end + 1) {
                    Some(end) if rest.get(end) == Some(quote) => end + 1,
                    Some(end) => end,
                    None => rest.len(),
                }
            }
            Some(byte) if is_number_byte(*byte) || starts_word(*byte) => {
                rest.iter().take_while(|byte| is_number_byte(**byte) || is_word_byte(**byte)).count()
            }
            _ => self.character_length(start),
        };
        Span::new(start as u32, (start + length) as u32)
    }

    fn take_word(&mut self) -> Span {
        self.take_while(is_word_byte)
    }

    fn take_while(&mut self, belongs: impl Fn(u8) -> bool) -> Span {
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        let length = rest.iter().take_while(|byte| belongs(**byte)).count();
        let start = self.offset();
        self.position += length;
        Span::new(start, self.offset())
    }

    fn take_byte(&mut self) -> Span {
        let start = self.offset();
        self.position += 1;
        Span::new(start, start + 1)
    }

    fn character_length(&self, start: usize) -> usize {
        self.text.get(start..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
    }

    fn unclosed(&mut self, kind: ProblemKind, open: Span) {
        if !self.cut_off {
            self.problem(kind, open);
        }
    }

    fn problem(&mut self, kind: ProblemKind, span: Span) {
        self.builder.problems.push(kind, span);
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.position).copied()
    }

    fn offset(&self) -> u32 {
        self.position as u32
    }
}

const fn starts_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$')
}

const fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'-' | b'.')
}

const fn is_number_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')
}

const fn starts_key(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'') || starts_word(byte)
}

const fn starts_value(byte: u8) -> bool {
    starts_key(byte) || matches!(byte, b'{' | b'[' | b'-' | b'+' | b'.' | b'0'..=b'9')
}

/// The kind of a number, if RFC 8259 knows it and it is in the range of a double.
fn number_kind(raw: &str) -> Option<NodeKind> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = raw.strip_prefix('-').unwrap_or(raw);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest.starts_with('0')) {
        return None;
    }
    let mut rest = rest.get(whole..)?;
    let is_integer = rest.is_empty();
    if let Some(fraction) = rest.strip_prefix('.') {
        let length = digits(fraction);
        rest = fraction.get(length..).filter(|_| length > 0)?;
    }
    let has_exponent = rest.starts_with(['e', 'E']);
    if has_exponent {
        let exponent = rest.get(1..)?;
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let length = digits(exponent);
        rest = exponent.get(length..).filter(|_| length > 0)?;
    }
    let may_be_out_of_range = has_exponent || whole > 300;
    if !rest.is_empty() || (may_be_out_of_range && !raw.parse::<f64>().is_ok_and(f64::is_finite)) {
        return None;
    }
    Some(if is_integer { NodeKind::Number } else { NodeKind::Float })
}
