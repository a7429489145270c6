//! Tokens of HCL 1 and HCL 2.
//!
//! For HCL 1 the tokens and the errors are those of the reference scanner (hashicorp/hcl v1.0.1-vault-7);
//! `docs/SEMANTICS.md` lists its less known habits.

use crate::syntax::problem::{ProblemKind, Problems};
use crate::syntax::tree::{HAS_ESCAPE, HAS_TEMPLATE};
use crate::text::Span;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    Assign,
    Bool,
    Colon,
    Comma,
    End,
    Float,
    Heredoc,
    Ident,
    LeftBrace,
    LeftBracket,
    LeftParen,
    Number,
    /// An operator or a character without meaning in HCL 1.
    Other,
    RightBrace,
    RightBracket,
    String,
}

/// A token and its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// String flags of the tree.
    pub(super) flags: u8,
    /// Whether only blanks stand before it on its line.
    pub(super) first_on_line: bool,
    /// Whether it is a string without its closing quote.
    pub(super) is_unclosed: bool,
    /// Whether it is a path without quotes, which no exact reading takes for one word.
    pub(super) is_bare_path: bool,
    /// Bytes between the line's start and the token; only right when it is the first on its line.
    pub(super) column: u32,
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Token {
    pub(super) fn span(self) -> Span {
        Span::new(self.start, self.end)
    }
}

/// How the text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LexerOptions {
    /// HCL 2 instead of HCL 1.
    pub(super) hcl2: bool,
    /// A quoted string never goes on to the next line, not even inside `${ }`.
    pub(super) one_line_strings: bool,
    /// A quoted string may go on to the next line.
    pub(super) multi_line_strings: bool,
}

pub(super) struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    options: LexerOptions,
    position: usize,
    line_start: usize,
    at_line_start: bool,
    long_searches: u32,
    pub(super) comments: Vec<Span>,
    pub(super) problems: Problems,
}

/// A place to come back to.
#[derive(Clone, Copy)]
pub(super) struct Checkpoint {
    position: usize,
    line_start: usize,
    at_line_start: bool,
    comments: usize,
}

/// The private character that the reference scanner refuses (it uses it for itself).
const RESERVED_CHARACTER: char = '\u{e123}';

const BYTE_ORDER_MARK: char = '\u{feff}';

/// How often an end that is not there may be searched for through the whole text, so that a text of
/// openings without ends stays linear.
const MAX_LONG_SEARCHES: u32 = 16;

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str, options: LexerOptions) -> Self {
        let mut lexer = Self {
            text,
            bytes: text.as_bytes(),
            options,
            position: 0,
            line_start: 0,
            at_line_start: true,
            long_searches: MAX_LONG_SEARCHES,
            comments: Vec::new(),
            problems: Problems::default(),
        };
        lexer.look_at_whole_text();
        lexer
    }

    /// Characters that are refused wherever they stand.
    fn look_at_whole_text(&mut self) {
        if self.text.starts_with(BYTE_ORDER_MARK) {
            self.position = BYTE_ORDER_MARK.len_utf8();
            self.line_start = self.position;
            // Nomad's reader of HCL 2 takes a mark, the reader of HCL 1 does not.
            if !self.options.hcl2 {
                self.problem(ProblemKind::ByteOrderMark, 0, self.position);
            }
        }
        if let Some(position) = self.bytes.iter().position(|byte| *byte == 0) {
            self.problem(ProblemKind::IllegalCharacter, position, position + 1);
        }
    }

    /// The place just after the last token.
    pub(super) fn position(&self) -> u32 {
        self.position as u32
    }

    /// Goes on at `position`, which must not lie before the current one.
    pub(super) fn skip_to(&mut self, position: u32) {
        self.position = position as usize;
    }

    /// Makes every further token the end of the text.
    pub(super) fn stop(&mut self) {
        self.position = self.bytes.len();
    }

    /// The current place. Only places behind which no problem is found may be gone back to.
    pub(super) fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            position: self.position,
            line_start: self.line_start,
            at_line_start: self.at_line_start,
            comments: self.comments.len(),
        }
    }

    /// Goes back.
    pub(super) fn restore(&mut self, checkpoint: Checkpoint) {
        self.position = checkpoint.position;
        self.line_start = checkpoint.line_start;
        self.at_line_start = checkpoint.at_line_start;
        self.comments.truncate(checkpoint.comments);
    }

    fn byte(&self, position: usize) -> u8 {
        self.bytes.get(position).copied().unwrap_or(0)
    }

    fn at_end(&self, position: usize) -> bool {
        position >= self.bytes.len()
    }

    fn character(&self, position: usize) -> Option<char> {
        self.text.get(position..)?.chars().next()
    }

    fn problem(&mut self, kind: ProblemKind, start: usize, end: usize) {
        self.problems.push(kind, Span::new(start as u32, end.min(self.bytes.len()) as u32));
    }

    /// The next token; [`TokenKind::End`] again and again at the end.
    pub(super) fn next(&mut self) -> Token {
        self.skip_blanks();
        let start = self.position;
        let first_on_line = self.at_line_start;
        self.at_line_start = false;
        let mut token = Token {
            kind: TokenKind::End,
            flags: 0,
            first_on_line,
            is_unclosed: false,
            is_bare_path: false,
            column: (start - self.line_start) as u32,
            start: start as u32,
            end: start as u32,
        };
        if self.at_end(start) {
            return token;
        }
        let byte = self.byte(start);
        token.kind = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(start, &mut token),
            b'"' => self.string(start, &mut token),
            b'0'..=b'9' => self.number(start),
            b'=' => self.single(TokenKind::Assign),
            b'{' => self.single(TokenKind::LeftBrace),
            b'}' => self.single(TokenKind::RightBrace),
            b'[' => self.single(TokenKind::LeftBracket),
            b']' => self.single(TokenKind::RightBracket),
            b',' => self.single(TokenKind::Comma),
            b'<' if self.byte(start + 1) == b'<' || !self.options.hcl2 => self.heredoc(start, &mut token),
            b'-' if self.byte(start + 1).is_ascii_digit() => {
                self.position += 1;
                self.number(start + 1)
            }
            b'.' if self.byte(start + 1).is_ascii_digit() => {
                self.position += 1;
                self.fraction();
                TokenKind::Float
            }
            b'.' | b'+' | b'-' => self.single(TokenKind::Other),
            b':' if self.options.hcl2 => self.single(TokenKind::Colon),
            b'(' if self.options.hcl2 => self.single(TokenKind::LeftParen),
            0x80.. => self.wide(start, &mut token),
            b'\'' if self.options.one_line_strings => self.foreign_string(start, 1),
            _ => self.illegal(start, 1),
        };
        token.end = self.position as u32;
        token
    }

    fn single(&mut self, kind: TokenKind) -> TokenKind {
        self.position += 1;
        kind
    }

    fn illegal(&mut self, start: usize, length: usize) -> TokenKind {
        self.position = start + length;
        // What HCL 2 does with operators is for its own reader to say.
        if !self.options.hcl2 {
            self.problem(ProblemKind::IllegalCharacter, start, start + length);
        }
        if self.byte(start) == b':' { TokenKind::Colon } else { TokenKind::Other }
    }

    fn wide(&mut self, start: usize, token: &mut Token) -> TokenKind {
        match self.character(start) {
            Some(letter) if letter.is_alphabetic() => self.word(start, token),
            Some(quote) if is_foreign_quote(quote) && self.options.one_line_strings => {
                self.foreign_string(start, quote.len_utf8())
            }
            other => self.illegal(start, other.map_or(1, char::len_utf8)),
        }
    }

    /// A string in quotes of another language, up to the next quote of any kind on its line.
    fn foreign_string(&mut self, start: usize, quote_length: usize) -> TokenKind {
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

    fn skip_blanks(&mut self) {
        loop {
            match self.bytes.get(self.position) {
                Some(b' ' | b'\t') => self.position += 1,
                Some(b'\n' | b'\r') => {
                    self.position += 1;
                    self.line_start = self.position;
                    self.at_line_start = true;
                }
                Some(b'#') => self.line_comment(),
                Some(b'/') => match self.byte(self.position + 1) {
                    b'/' => self.line_comment(),
                    b'*' => self.block_comment(),
                    _ => return,
                },
                _ => return,
            }
        }
    }

    fn line_comment(&mut self) {
        let start = self.position;
        let rest = self.bytes.get(start..).unwrap_or_default();
        let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        self.position = start + length;
        let is_crlf = length > 0 && self.byte(self.position - 1) == b'\r' && !self.at_end(self.position);
        self.comments.push(Span::new(start as u32, (self.position - usize::from(is_crlf)) as u32));
    }

    fn block_comment(&mut self) {
        let start = self.position;
        let rest = self.text.get(start + 2..).unwrap_or_default();
        match rest.find("*/") {
            Some(length) => {
                self.position = start + 2 + length + 2;
                if let Some(line_end) = rest.get(..length).and_then(|comment| comment.rfind('\n')) {
                    self.line_start = start + 2 + line_end + 1;
                    self.at_line_start = true;
                }
            }
            None => {
                self.position = self.bytes.len();
                self.problem(ProblemKind::UnclosedComment, start, start + 2);
            }
        }
        self.comments.push(Span::new(start as u32, self.position as u32));
    }

    fn word(&mut self, start: usize, token: &mut Token) -> TokenKind {
        let kind = self.identifier(start);
        let may_repair = self.options.one_line_strings && !self.options.hcl2;
        if may_repair
            && self.byte(self.position) == b'/'
            && !matches!(self.byte(self.position + 1), b'/' | b'*')
        {
            let rest = self.bytes.get(self.position..).unwrap_or_default();
            let ends = |byte: &u8| byte.is_ascii_whitespace() || b"{}[]=,\"#".contains(byte);
            self.position += rest.iter().position(ends).unwrap_or(rest.len());
            token.is_bare_path = true;
        }
        kind
    }

    fn identifier(&mut self, start: usize) -> TokenKind {
        let mut position = start;
        loop {
            match self.bytes.get(position) {
                Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.') => position += 1,
                Some(0x80..) => match self.character(position) {
                    Some(letter) if letter.is_alphanumeric() => position += letter.len_utf8(),
                    _ => break,
                },
                _ => break,
            }
        }
        self.position = position;
        match self.bytes.get(start..position) {
            Some(b"true" | b"false") => TokenKind::Bool,
            _ => TokenKind::Ident,
        }
    }

    fn digits(&mut self) -> usize {
        let start = self.position;
        while self.byte(self.position).is_ascii_digit() {
            self.position += 1;
        }
        self.position - start
    }

    fn exponent(&mut self) -> bool {
        if !matches!(self.byte(self.position), b'e' | b'E') {
            return false;
        }
        self.position += 1;
        if matches!(self.byte(self.position), b'+' | b'-') {
            self.position += 1;
        }
        self.digits();
        true
    }

    fn fraction(&mut self) {
        self.digits();
        self.exponent();
    }

    fn number(&mut self, start: usize) -> TokenKind {
        self.position = start;
        if self.byte(start) == b'0' && matches!(self.byte(start + 1), b'x' | b'X') {
            self.position = start + 2;
            while self.byte(self.position).is_ascii_hexdigit() {
                self.position += 1;
            }
            if self.position == start + 2 {
                self.problem(ProblemKind::BadNumber, start, start + 2);
            }
            return TokenKind::Number;
        }
        let length = self.digits();
        if self.exponent() {
            return TokenKind::Float;
        }
        if self.byte(self.position) == b'.' {
            self.position += 1;
            self.fraction();
            return TokenKind::Float;
        }
        // The reference scanner does not look at the first digit after the zero.
        let is_octal = self.byte(start) == b'0' && length > 2 && !self.options.hcl2;
        let digits = self.bytes.get(start + 2..start + length).unwrap_or_default();
        if is_octal && digits.iter().any(|digit| matches!(digit, b'8' | b'9')) {
            self.problem(ProblemKind::BadNumber, start, start + length);
        }
        TokenKind::Number
    }

    fn string(&mut self, start: usize, token: &mut Token) -> TokenKind {
        let mut position = start + 1;
        let mut braces = 0_u32;
        let mut first_line_end = None;
        let closed = loop {
            while self.bytes.get(position).is_some_and(|byte| !is_special_in_string(*byte)) {
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
                b'$' | b'%' if braces == 0 && self.byte(position + 1) == b'{' => {
                    if byte == b'$' || self.options.hcl2 {
                        token.flags |= HAS_TEMPLATE;
                        let is_escaped = self.options.hcl2 && self.byte(position - 1) == byte;
                        if !is_escaped {
                            braces = 1;
                        }
                        position += 1;
                    }
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
    fn nested_string(&self, start: usize) -> usize {
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

    fn heredoc(&mut self, start: usize, token: &mut Token) -> TokenKind {
        if self.byte(start + 1) != b'<' {
            self.position = start + 1;
            self.problem(ProblemKind::BadHeredoc, start, start + 1);
            return TokenKind::Other;
        }
        let marker_start = start + 2;
        let mut position = marker_start + usize::from(self.byte(marker_start) == b'-');
        let name_start = position;
        while let Some(character) = self
            .character(position)
            .filter(|c| c.is_alphanumeric() || *c == '_' || (*c == '-' && self.options.hcl2))
        {
            position += character.len_utf8();
        }
        let text = self.text;
        let name = text.get(name_start..position).unwrap_or_default();
        // The reference scanner compares lengths with the dash counted in.
        let shortest_line = if self.options.hcl2 { name.len() } else { position - marker_start };
        let line_end =
            position + usize::from(self.byte(position) == b'\r' && self.byte(position + 1) == b'\n');
        if name.is_empty() || self.byte(line_end) != b'\n' {
            let kind = if self.at_end(position) && !name.is_empty() {
                ProblemKind::UnclosedHeredoc
            } else {
                ProblemKind::BadHeredoc
            };
            self.position = self.line_end(position);
            self.problem(kind, start, position.max(start + 2));
            return TokenKind::Heredoc;
        }
        let body = line_end + 1;
        match self.heredoc_end(body, name, shortest_line) {
            Some(end) => {
                if self.text.get(body..end).is_some_and(|body| body.contains("${") || body.contains("%{")) {
                    token.flags |= HAS_TEMPLATE;
                }
                self.position = end;
            }
            None => {
                self.position = self.unclosed_heredoc_end(line_end);
                self.problem(ProblemKind::UnclosedHeredoc, start, position);
            }
        }
        TokenKind::Heredoc
    }

    fn line_end(&self, position: usize) -> usize {
        let rest = self.bytes.get(position..).unwrap_or_default();
        position + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
    }

    /// The end of the marker that closes a heredoc.
    fn heredoc_end(&mut self, body: usize, name: &str, shortest_line: usize) -> Option<usize> {
        let mut line_start = body;
        while self.long_searches > 0 && line_start < self.bytes.len() {
            let end = self.line_end(line_start);
            let line = self.text.get(line_start..end).unwrap_or_default();
            // HCL 2 lets blanks follow the marker.
            let blanks: &[char] = if self.options.hcl2 { &['\r', ' ', '\t'] } else { &['\r'] };
            let marker = line.trim_end_matches(blanks);
            let is_terminated = end < self.bytes.len();
            if is_terminated
                && line.strip_suffix('\r').unwrap_or(line).len() >= shortest_line
                && marker.trim_start_matches([' ', '\t', '\x0b', '\x0c', '\r']) == name
            {
                return Some(line_start + marker.len());
            }
            line_start = end + 1;
        }
        self.long_searches = self.long_searches.saturating_sub(1);
        None
    }

    /// A heredoc that never ends swallows the lines down to the closing brace of its block.
    fn unclosed_heredoc_end(&self, first_line_end: usize) -> usize {
        let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
        let opening_line_start =
            self.text.get(..first_line_end).and_then(|t| t.rfind('\n')).map_or(0, |n| n + 1);
        let opening_indent = indent(self.text.get(opening_line_start..first_line_end).unwrap_or_default());
        let mut line_start = first_line_end + 1;
        while self.long_searches > 0 && line_start < self.bytes.len() {
            let end = self.line_end(line_start);
            let line = self.text.get(line_start..end).unwrap_or_default();
            if line.trim_start().starts_with('}') && indent(line) < opening_indent {
                return line_start.saturating_sub(1);
            }
            line_start = end + 1;
        }
        first_line_end
    }

    /// Where the HCL 2 expression that starts at `start` ends. Inside brackets line ends do not count.
    pub(super) fn expression_end(&mut self, start: u32, in_brackets: bool) -> u32 {
        self.expression_end_from(start, start, in_brackets)
    }

    /// Like [`Lexer::expression_end`], with the part up to `from` known to be whole.
    pub(super) fn expression_end_from(&mut self, start: u32, from: u32, in_brackets: bool) -> u32 {
        let mut position = from as usize;
        let mut depth = 0_u32;
        let mut first_line_end = None;
        while let Some(byte) = self.bytes.get(position).copied() {
            match byte {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' if depth == 0 => break,
                b')' | b']' | b'}' => depth -= 1,
                b',' if depth == 0 => break,
                b'\n' if (depth == 0 && !in_brackets) || self.long_searches == 0 => break,
                b'\n' => {
                    first_line_end.get_or_insert(position);
                }
                b'"' => position = self.quoted_end(position),
                b'#' => position = self.line_end(position).saturating_sub(1),
                b'/' if self.byte(position + 1) == b'/' => {
                    position = self.line_end(position).saturating_sub(1)
                }
                b'<' if self.byte(position + 1) == b'<' => position = self.nested_heredoc_end(position),
                _ => {}
            }
            position += 1;
        }
        if depth > 0 && self.at_end(position) {
            self.long_searches = self.long_searches.saturating_sub(1);
            position = first_line_end.unwrap_or(position);
        }
        let expression = self.text.get(start as usize..position).unwrap_or_default();
        start + without_comment(expression).trim_end().len() as u32
    }

    fn quoted_end(&mut self, start: usize) -> usize {
        let mut position = start + 1;
        let mut braces = 0_u32;
        while let Some(byte) = self.bytes.get(position) {
            match byte {
                b'"' if braces == 0 => return position,
                b'"' => position = self.nested_string(position),
                b'\\' => position += 1,
                b'\n' if braces == 0 => return position - 1,
                b'$' | b'%' if self.byte(position + 1) == b'{' => {
                    braces += 1;
                    position += 1;
                }
                b'{' if braces > 0 => braces += 1,
                b'}' if braces > 0 => braces -= 1,
                _ => {}
            }
            position += 1;
        }
        self.long_searches = self.long_searches.saturating_sub(1);
        self.line_end(start).saturating_sub(1)
    }

    fn nested_heredoc_end(&mut self, start: usize) -> usize {
        let name_start = start + 2 + usize::from(self.byte(start + 2) == b'-');
        let line_end = self.line_end(name_start);
        let text = self.text;
        let name = text.get(name_start..line_end).unwrap_or_default().trim_end();
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
            return start + 1;
        }
        self.heredoc_end(line_end + 1, name, name.len()).map_or(start + 1, |end| end - 1)
    }
}

/// An expression that ends its line may be followed by a comment on that line.
fn without_comment(expression: &str) -> &str {
    let last_line_start = expression.rfind('\n').map_or(0, |position| position + 1);
    let last_line = expression.get(last_line_start..).unwrap_or_default();
    let mut in_string = false;
    let mut previous = 0;
    for (offset, byte) in last_line.bytes().enumerate() {
        match byte {
            b'"' if previous != b'\\' => in_string = !in_string,
            b'#' if !in_string => return expression.get(..last_line_start + offset).unwrap_or(expression),
            b'/' if !in_string && previous == b'/' => {
                return expression.get(..last_line_start + offset - 1).unwrap_or(expression);
            }
            _ => {}
        }
        previous = byte;
    }
    expression
}

/// Quotes of word processors.
const fn is_foreign_quote(character: char) -> bool {
    matches!(character, '“' | '”' | '„' | '‟' | '«' | '»' | '‘' | '’')
}

const fn is_special_in_string(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | b'$' | b'%' | b'{' | b'}' | b'\n' | 0 | 0xee)
}
