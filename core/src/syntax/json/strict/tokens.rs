//! The tokens of JSON: strings, numbers, words, comments, and what is none of them.

use super::Reader;
use crate::syntax::decode_json;
use crate::syntax::problem::ProblemKind;
use crate::syntax::tree::{HAS_ESCAPE, NodeKind};
use crate::text::Span;

impl Reader<'_> {
    /// Passes over an object or list without looking into it.
    pub(super) fn skip_nested(&mut self) {
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
    pub(super) fn string(&mut self) -> (Span, Span, u8) {
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
    pub(super) fn single_quoted(&mut self) -> (Span, Span) {
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

    pub(super) fn number(&mut self) {
        let span = self.take_while(is_number_byte);
        let kind = number_kind(span.of(self.text));
        if kind.is_none() {
            self.problem(ProblemKind::BadNumber, span);
        }
        self.builder.leaf(kind.unwrap_or(NodeKind::Missing), 0, span);
    }

    pub(super) fn skip_blanks(&mut self) {
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
    pub(super) fn take_unexpected(&mut self) -> (ProblemKind, Span) {
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
    pub(super) fn width_of_token(&self) -> Span {
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

    pub(super) fn take_word(&mut self) -> Span {
        self.take_while(is_word_byte)
    }

    pub(super) fn take_while(&mut self, belongs: impl Fn(u8) -> bool) -> Span {
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        let length = rest.iter().take_while(|byte| belongs(**byte)).count();
        let start = self.offset();
        self.position += length;
        Span::new(start, self.offset())
    }

    pub(super) fn take_byte(&mut self) -> Span {
        let start = self.offset();
        self.position += 1;
        Span::new(start, start + 1)
    }

    fn character_length(&self, start: usize) -> usize {
        self.text.get(start..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
    }
}

pub(super) const fn starts_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$')
}

const fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'-' | b'.')
}

const fn is_number_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')
}

pub(super) const fn starts_key(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'') || starts_word(byte)
}

pub(super) const fn starts_value(byte: u8) -> bool {
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
