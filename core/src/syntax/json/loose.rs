//! JSON as the JSON reader of Go's HCL 1 takes it (hashicorp/hcl v1.0.0, `json/scanner` and `json/parser`).
//!
//! That reader stops at the first error. Up to there this one goes its way step by step, oddities included;
//! from there on the strict reader finds the tree and the further problems.

use super::super::MAX_DEPTH;
use super::super::problem::{Problem, ProblemKind};
use super::super::tree::{COLON, HAS_ESCAPE, NodeKind, QUOTED, TreeBuilder};
use super::strict;
use crate::text::Span;

/// Reads a whole document.
pub(super) fn read(text: &str) -> TreeBuilder {
    let mut reader = Reader::new(text);
    match reader.document() {
        Ok(()) | Err(Stop::End) => reader.builder,
        Err(Stop::Refused(problem) | Stop::Illegal(problem)) => recover(text, problem),
    }
}

/// The strict reader's tree, with the error and what is surely wrong behind it.
fn recover(text: &str, error: Problem) -> TreeBuilder {
    let mut builder = strict::read(text);
    let behind = error.span.end;
    builder.problems.retain(|problem| problem.span.start >= behind && is_wrong_for_both(&problem.kind));
    builder.problems.push(error.kind, error.span);
    builder
}

fn is_wrong_for_both(kind: &ProblemKind) -> bool {
    matches!(
        kind,
        ProblemKind::BareWord
            | ProblemKind::Comment
            | ProblemKind::IllegalCharacter
            | ProblemKind::MissingValue
            | ProblemKind::SingleQuotes
            | ProblemKind::TooDeep
            | ProblemKind::UnclosedComment
            | ProblemKind::UnclosedList
            | ProblemKind::UnclosedString
    )
}

/// Why reading an object or value ended early.
enum Stop {
    /// The text is at its end; what is open counts as closed.
    End,
    /// The parser refuses the last token. A `}` in its place ends the object all the same.
    Refused(Problem),
    /// The scanner refuses the text.
    Illegal(Problem),
}

fn refused<T>(kind: ProblemKind, span: Span) -> Result<T, Stop> {
    Err(Stop::Refused(Problem { kind, span }))
}

fn illegal<T>(kind: ProblemKind, start: usize, end: usize) -> Result<T, Stop> {
    Err(Stop::Illegal(Problem { kind, span: Span::new(start as u32, end as u32) }))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Bool,
    Colon,
    Comma,
    End,
    Float,
    LeftBrace,
    LeftBracket,
    Null,
    Number,
    Period,
    RightBrace,
    RightBracket,
    String,
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    position: usize,
    builder: TreeBuilder,
    depth: u32,
    /// The last token, its place, and the flags of its string.
    token: Token,
    span: Span,
    flags: u8,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            position: 0,
            builder: TreeBuilder::new(text.len()),
            depth: 1,
            token: Token::End,
            span: Span::at(0),
            flags: 0,
        }
    }

    fn document(&mut self) -> Result<(), Stop> {
        match self.scan()? {
            Token::LeftBrace => self.members(),
            Token::End => refused(ProblemKind::Empty, self.span),
            _ => refused(ProblemKind::UnexpectedToken, self.span),
        }
    }

    /// Members up to whatever ends the object; the opening brace is taken.
    fn members(&mut self) -> Result<(), Stop> {
        loop {
            let item = self.builder.len();
            match self.member() {
                Ok(()) => {}
                Err(Stop::End) => {
                    self.builder.truncate(item);
                    return Ok(());
                }
                Err(Stop::Refused(_)) if self.token == Token::RightBrace => {
                    self.builder.truncate(item);
                    return Ok(());
                }
                Err(stop) => return Err(stop),
            }
            if self.scan()? != Token::Comma {
                return Ok(());
            }
        }
    }

    fn member(&mut self) -> Result<(), Stop> {
        let mut item = None;
        let item = loop {
            match (self.scan()?, item) {
                (Token::End, _) => return Err(Stop::End),
                (Token::String, open) => {
                    let open =
                        open.unwrap_or_else(|| self.builder.open(NodeKind::Item, COLON, self.span.start));
                    self.builder.leaf(NodeKind::Key, self.flags | QUOTED, self.span);
                    item = Some(open);
                }
                (Token::Colon, Some(item)) => break item,
                (Token::Colon, None) => return refused(ProblemKind::MissingKey, self.span),
                (_, Some(_)) => {
                    return refused(ProblemKind::Json { expected: "`:` between name and value" }, self.span);
                }
                (_, None) => return refused(ProblemKind::UnexpectedToken, self.span),
            }
        };
        let end = self.value()?;
        self.builder.close(item, end);
        Ok(())
    }

    /// Reads a value and gives its end.
    fn value(&mut self) -> Result<u32, Stop> {
        let colon = self.span;
        let token = self.scan()?;
        match scalar(token) {
            Some(kind) => self.builder.leaf(kind, self.flags, self.span),
            None => match token {
                Token::LeftBrace => return self.nested(NodeKind::Object, Self::members),
                Token::LeftBracket => return self.nested(NodeKind::List, Self::elements),
                Token::End => return Err(Stop::End),
                Token::Comma | Token::RightBrace | Token::RightBracket => {
                    return refused(ProblemKind::MissingValue, colon);
                }
                _ => return refused(ProblemKind::UnexpectedToken, self.span),
            },
        }
        Ok(self.span.end)
    }

    fn nested(&mut self, kind: NodeKind, read: fn(&mut Self) -> Result<(), Stop>) -> Result<u32, Stop> {
        if self.depth >= MAX_DEPTH {
            return Err(Stop::Illegal(Problem { kind: ProblemKind::TooDeep, span: self.span }));
        }
        self.depth += 1;
        let node = self.builder.open(kind, 0, self.span.start);
        read(self)?;
        self.depth -= 1;
        let is_closed = matches!(self.token, Token::RightBrace | Token::RightBracket);
        let end = if is_closed { self.span.end } else { self.span.start };
        self.builder.close(node, end);
        Ok(end)
    }

    /// Elements up to and with the closing bracket; the opening one is taken.
    fn elements(&mut self) -> Result<(), Stop> {
        let open = self.span;
        loop {
            match self.scan()? {
                Token::Number | Token::Float | Token::String => {
                    let kind = scalar(self.token).unwrap_or(NodeKind::Missing);
                    self.builder.leaf(kind, self.flags, self.span);
                }
                Token::LeftBrace => {
                    self.nested(NodeKind::Object, Self::members)?;
                }
                // Truth values and the brackets of inner lists are dropped.
                Token::Comma | Token::Bool | Token::LeftBracket => {}
                Token::RightBracket => return Ok(()),
                Token::End | Token::RightBrace => return refused(ProblemKind::UnclosedList, open),
                Token::Null => {
                    let expected = "a string, a number or an object in the list, not `null`";
                    return refused(ProblemKind::Json { expected }, self.span);
                }
                Token::Colon | Token::Period => return refused(ProblemKind::UnexpectedToken, self.span),
            }
        }
    }

    fn scan(&mut self) -> Result<Token, Stop> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.bytes.get(self.position) {
            self.position += 1;
        }
        let start = self.position;
        self.flags = 0;
        let Some(byte) = self.bytes.get(start).copied() else {
            return Ok(self.token(Token::End, start, start));
        };
        let token = match byte {
            // A NUL is the mark for the end.
            0 => Token::End,
            b'{' => Token::LeftBrace,
            b'}' => Token::RightBrace,
            b'[' => Token::LeftBracket,
            b']' => Token::RightBracket,
            b',' => Token::Comma,
            b':' => Token::Colon,
            b'"' => return self.string(),
            b'0'..=b'9' => return self.number(start, start),
            b'-' if self.is_digit(start + 1) => return self.number(start, start + 1),
            b'.' if self.is_digit(start + 1) => {
                let end = self.mantissa(start + 1);
                // The exponent's letter is taken, its digits are the next token.
                let takes_letter = matches!(self.bytes.get(end), Some(b'e' | b'E'));
                return Ok(self.token(Token::Float, start, end + usize::from(takes_letter)));
            }
            b'.' => Token::Period,
            _ => return self.word(start),
        };
        Ok(self.token(token, start, start + 1))
    }

    fn token(&mut self, token: Token, start: usize, end: usize) -> Token {
        self.position = end;
        self.span = Span::new(start as u32, end as u32);
        self.token = token;
        token
    }

    fn word(&mut self, start: usize) -> Result<Token, Stop> {
        let rest = self.text.get(start..).unwrap_or_default();
        let is_part = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-');
        let word = rest.split(|character| !is_part(character)).next().unwrap_or_default();
        let end = start + word.len();
        match word {
            "true" | "false" => Ok(self.token(Token::Bool, start, end)),
            "null" => Ok(self.token(Token::Null, start, end)),
            _ if word.starts_with('-') => illegal(ProblemKind::BadNumber, start, end),
            "" => self.illegal_character(start, rest),
            _ => illegal(ProblemKind::BareWord, start, end),
        }
    }

    fn illegal_character(&self, start: usize, rest: &str) -> Result<Token, Stop> {
        let line = rest.lines().next().unwrap_or_default();
        let first = rest.chars().next().unwrap_or_default();
        let (kind, length) = match first {
            '/' if rest.starts_with("/*") => match rest.get(2..).and_then(|body| body.find("*/")) {
                Some(at) => (ProblemKind::Comment, at + 4),
                None => (ProblemKind::UnclosedComment, rest.len()),
            },
            '/' if rest.starts_with("//") => (ProblemKind::Comment, line.len()),
            '#' => (ProblemKind::Comment, line.len()),
            '\'' => {
                let close = line.get(1..).and_then(|inner| inner.find('\''));
                (ProblemKind::SingleQuotes, close.map_or(line.len(), |at| at + 2))
            }
            '\u{feff}' if start == 0 => (ProblemKind::ByteOrderMark, 3),
            _ => (ProblemKind::IllegalCharacter, first.len_utf8()),
        };
        illegal(kind, start, start + length)
    }

    fn string(&mut self) -> Result<Token, Stop> {
        let start = self.position;
        let mut position = start + 1;
        loop {
            let rest = self.bytes.get(position..).unwrap_or_default();
            let plain = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | b'\n' | 0));
            position += plain.unwrap_or(rest.len());
            match self.bytes.get(position) {
                Some(b'"') => return Ok(self.token(Token::String, start, position + 1)),
                Some(b'\\') => {
                    self.flags = HAS_ESCAPE;
                    position = self.escape(position)?;
                }
                _ => return illegal(ProblemKind::UnclosedString, start, position),
            }
        }
    }

    /// The end of the escape that starts at `start`.
    fn escape(&self, start: usize) -> Result<usize, Stop> {
        let kind = self.bytes.get(start + 1).copied().unwrap_or_default();
        let (digits_start, count, is_digit): (usize, usize, fn(&u8) -> bool) = match kind {
            b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'\\' | b'"' => return Ok(start + 2),
            b'0'..=b'7' => (start + 1, 3, |byte| matches!(byte, b'0'..=b'7')),
            b'x' => (start + 2, 2, u8::is_ascii_hexdigit),
            b'u' => (start + 2, 4, u8::is_ascii_hexdigit),
            b'U' => (start + 2, 8, u8::is_ascii_hexdigit),
            _ => {
                let next = self.text.get(start + 1..).and_then(|rest| rest.chars().next());
                let length = next.filter(|next| !matches!(next, '\n' | '\r')).map_or(0, char::len_utf8);
                return illegal(ProblemKind::BadEscape, start, start + 1 + length);
            }
        };
        let digits =
            self.bytes.iter().skip(digits_start).take(count).take_while(|byte| is_digit(byte)).count();
        let end = digits_start + digits;
        if digits < count { illegal(ProblemKind::BadEscape, start, end) } else { Ok(end) }
    }

    /// Reads a number from its sign or first digit at `start`.
    fn number(&mut self, start: usize, first_digit: usize) -> Result<Token, Stop> {
        let mut end = self.mantissa(first_digit);
        match self.bytes.get(end) {
            Some(b'e' | b'E') => end = self.exponent(end + 1),
            Some(b'.') => {
                end += 1;
                if self.is_digit(end) {
                    end = self.mantissa(end);
                }
                let has_exponent = matches!(self.bytes.get(end), Some(b'e' | b'E'));
                if has_exponent {
                    end = self.exponent(end + 1);
                }
            }
            next => {
                // At the end of the text even a lone zero counts as followed by more.
                let goes_on = end > first_digit + 1 || next.is_none();
                if self.bytes.get(first_digit) == Some(&b'0') && goes_on {
                    return illegal(ProblemKind::BadNumber, start, end);
                }
                return Ok(self.token(Token::Number, start, end));
            }
        }
        Ok(self.token(Token::Float, start, end))
    }

    /// The end of the digits from `start` on; a NUL behind them goes with them.
    fn mantissa(&self, start: usize) -> usize {
        let digits = self.bytes.iter().skip(start).take_while(|byte| byte.is_ascii_digit()).count();
        let end = start + digits;
        end + usize::from(self.bytes.get(end) == Some(&0))
    }

    /// The end of an exponent whose letter ends at `start`: a sign, then digits or whatever character is there.
    fn exponent(&self, start: usize) -> usize {
        let has_sign = matches!(self.bytes.get(start), Some(b'-' | b'+'));
        let start = start + usize::from(has_sign);
        if self.is_digit(start) {
            return self.mantissa(start);
        }
        start + self.text.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
    }

    fn is_digit(&self, position: usize) -> bool {
        self.bytes.get(position).is_some_and(u8::is_ascii_digit)
    }
}

const fn scalar(token: Token) -> Option<NodeKind> {
    Some(match token {
        Token::Bool => NodeKind::Bool,
        Token::Float => NodeKind::Float,
        Token::Null => NodeKind::Null,
        Token::Number => NodeKind::Number,
        Token::String => NodeKind::String,
        _ => return None,
    })
}
