//! Tokens of HCL 1 and HCL 2.
//!
//! For HCL 1 the tokens and the errors are those of the reference scanner (hashicorp/hcl v1.0.1-vault-7);
//! `docs/SEMANTICS.md` lists its less known habits.

mod expressions;
mod heredocs;
mod strings;

use strings::is_foreign_quote;

use crate::syntax::problem::{ProblemKind, Problems};
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

/// A set of bytes, looked up in a table.
pub(super) struct ByteSet([bool; 256]);

impl ByteSet {
    const fn of(bytes: &[u8]) -> Self {
        let mut table = [false; 256];
        let mut rest = bytes;
        while let [first, tail @ ..] = rest {
            if let Some(place) = table.as_mut_slice().split_at_mut(*first as usize).1.first_mut() {
                *place = true;
            }
            rest = tail;
        }
        Self(table)
    }

    fn has(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte)).copied().unwrap_or_default()
    }
}

static IN_WORDS: ByteSet = ByteSet::of(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");

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
        if let Some(position) = self.text.find('\0') {
            self.problem(ProblemKind::IllegalCharacter, position, position + 1);
        }
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
                self.bare_fraction();
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

    fn skip_blanks(&mut self) {
        let mut position = self.position;
        loop {
            match self.bytes.get(position) {
                Some(b' ' | b'\t') => position += 1,
                Some(b'\n' | b'\r') => {
                    position += 1;
                    self.line_start = position;
                    self.at_line_start = true;
                }
                Some(b'#' | b'/') => {
                    self.position = position;
                    if !self.comment() {
                        return;
                    }
                    position = self.position;
                }
                _ => break,
            }
        }
        self.position = position;
    }

    /// Takes the comment that starts here, if one does.
    #[inline(never)]
    fn comment(&mut self) -> bool {
        match (self.byte(self.position), self.byte(self.position + 1)) {
            (b'#', _) | (_, b'/') => self.line_comment(),
            (_, b'*') => self.block_comment(),
            _ => return false,
        }
        true
    }

    fn line_comment(&mut self) {
        let start = self.position;
        let rest = self.text.get(start..).unwrap_or_default();
        let length = rest.find('\n').unwrap_or(rest.len());
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
            while self.bytes.get(position).is_some_and(|byte| IN_WORDS.has(*byte)) {
                position += 1;
            }
            match self.bytes.get(position) {
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
        // Without digits, the scanner of HCL 1 takes the next character along, whatever it is: `4e}`.
        if self.digits() == 0 && !self.options.hcl2 && !self.options.one_line_strings {
            let swallowed = self.character(self.position);
            self.position += swallowed.map_or(0, char::len_utf8);
            if swallowed == Some('\n') {
                self.line_start = self.position;
                self.at_line_start = true;
            }
        }
        true
    }

    fn fraction(&mut self) {
        self.digits();
        self.exponent();
    }

    /// A number that starts with its point; of an exponent, HCL 1 takes the letter alone.
    fn bare_fraction(&mut self) {
        self.digits();
        if self.options.hcl2 {
            self.exponent();
        } else if matches!(self.byte(self.position), b'e' | b'E') {
            self.position += 1;
        }
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
}
