//! Quoted strings and their escapes.

use super::{ByteSet, Lexer, RESERVED_CHARACTER, Token, TokenKind};
use crate::syntax::problem::ProblemKind;
use crate::syntax::tree::{HAS_ESCAPE, HAS_TEMPLATE};

impl Lexer<'_> {
    pub(super) fn string(&mut self, start: usize, token: &mut Token) -> TokenKind {
        let mut position = start + 1;
        let mut braces = 0_u32;
        let mut first_line_end = None;
        let closed = loop {
            while self.bytes.get(position).is_some_and(|byte| !SPECIAL_IN_STRINGS.has(*byte)) {
                position += 1;
            }
            let Some(byte) = self.bytes.get(position).copied() else { break false };
            match byte {
                b'"' if braces == 0 => break true,
                b'"' if self.options.hcl2 => position = self.nested_string(position),
                b'\n' => {
                    first_line_end.get_or_insert(position);
                    let may_go_on = braces > 0 || self.options.multi_line_strings;
                    if self.options.one_line_strings || !may_go_on {
                        break false;
                    }
                }
                0 => break false,
                b'\\' => {
                    token.flags |= HAS_ESCAPE;
                    position = self.escape(position);
                    continue;
                }
                b'$' | b'%'
                    if braces == 0
                        && self.byte(position + 1) == b'{'
                        && (byte == b'$' || self.options.hcl2) =>
                {
                    token.flags |= HAS_TEMPLATE;
                    let is_escaped = self.options.hcl2 && self.byte(position - 1) == byte;
                    braces = u32::from(!is_escaped);
                    position += 1;
                }
                b'{' if braces > 0 => braces += 1,
                b'}' if braces > 0 => braces -= 1,
                0xee if self.character(position) == Some(RESERVED_CHARACTER) && !self.options.hcl2 => {
                    self.problem(ProblemKind::IllegalCharacter, position, position + 3);
                }
                _ => {}
            }
            position += 1;
        };
        if closed {
            self.position = position + 1;
        } else {
            let line_end = first_line_end.unwrap_or(position).min(self.bytes.len());
            self.unclosed_string(start, line_end);
            token.is_unclosed = true;
        }
        TokenKind::String
    }

    /// The string inside `${ … }` of HCL 2 that starts at `start`: the place of its closing quote.
    pub(super) fn nested_string(&self, start: usize) -> usize {
        let mut position = start + 1;
        while let Some(byte) = self.bytes.get(position) {
            match byte {
                b'"' => return position,
                b'\\' => position += 1,
                b'\n' => return start,
                _ => {}
            }
            position += 1;
        }
        start
    }

    /// Ends a string that has no closing quote on its line: before what looks like the line's structure.
    fn unclosed_string(&mut self, start: usize, line_end: usize) {
        let line = self.text.get(start + 1..line_end).unwrap_or_default();
        let kept = line.trim_end_matches([' ', '\t', '\r', '{', '}', '[', ']', ',', '=']);
        self.position = start + 1 + kept.len();
        self.problem(ProblemKind::UnclosedString, start, self.position);
    }

    /// A string in quotes of another language, up to the next quote of any kind on its line.
    pub(super) fn foreign_string(&mut self, start: usize, quote_length: usize) -> TokenKind {
        let rest = self.text.get(start + quote_length..self.line_end(start)).unwrap_or_default();
        let is_quote = |c: char| is_foreign_quote(c) || matches!(c, '"' | '\'');
        let Some(closing) = rest.char_indices().find(|(_, c)| is_quote(*c)) else {
            return self.illegal(start, quote_length);
        };
        let (offset, quote) = closing;
        let closing_start = start + quote_length + offset;
        self.position = closing_start + quote.len_utf8();
        self.problem(ProblemKind::IllegalCharacter, start, start + quote_length);
        if quote != '"' {
            self.problem(ProblemKind::IllegalCharacter, closing_start, self.position);
        }
        TokenKind::String
    }

    /// Checks the escape at `position` and gives the place after it.
    fn escape(&mut self, position: usize) -> usize {
        let after = position + 1;
        let (digits_at, wanted, base) = match self.byte(after) {
            b'n' | b'r' | b't' | b'\\' | b'"' => return after + 1,
            b'a' | b'b' | b'f' | b'v' if !self.options.hcl2 => return after + 1,
            b'0'..=b'7' => (after, 3, 8),
            b'x' => (after + 1, 2, 16),
            b'u' => (after + 1, 4, 16),
            b'U' => (after + 1, 8, 16),
            _ => {
                let length = match self.character(after) {
                    Some('\n' | '\0') | None => 0,
                    Some(character) => character.len_utf8(),
                };
                self.bad_escape(position, after + length);
                return after + length;
            }
        };
        let digits = self.bytes.get(digits_at..).unwrap_or_default();
        let found = digits.iter().take(wanted).take_while(|d| char::from(**d).is_digit(base)).count();
        if found < wanted {
            self.bad_escape(position, digits_at + found);
        }
        digits_at + found
    }

    fn bad_escape(&mut self, start: usize, end: usize) {
        if !self.options.hcl2 {
            self.problem(ProblemKind::BadEscape, start, end);
        }
    }
}

/// Quotes of word processors.
pub(super) const fn is_foreign_quote(character: char) -> bool {
    matches!(character, '“' | '”' | '„' | '‟' | '«' | '»' | '‘' | '’')
}

static SPECIAL_IN_STRINGS: ByteSet = ByteSet::of(b"\"\\$%{}\n\0\xee");
