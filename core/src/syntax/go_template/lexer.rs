//! From a template's text to the tokens of one action after the other.

use super::{TemplateProblem, TemplateProblemKind as Kind};
use crate::text::Span;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A character in quotes.
    Character,
    /// `,` and other characters, most of which stand nowhere.
    Other,
    Assign,
    Declare,
    Dot,
    Field,
    LeftParenthesis,
    Number,
    Pipe,
    RightParenthesis,
    Space,
    Text,
    Variable,
    Word,
}

/// A piece of an action.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

/// The next thing of a template that is no text.
pub(super) struct Scanned {
    /// With its delimiters.
    pub(super) span: Span,
    pub(super) is_comment: bool,
    /// The first thing that is wrong with its tokens.
    pub(super) problem: Option<TemplateProblem>,
}

pub(super) struct Lexer<'t> {
    text: &'t str,
    left: &'t str,
    right: &'t str,
    position: usize,
    /// Whether a left delimiter inside of an action can only be the next action's.
    restarts: bool,
    /// Whether no comment ends any more: it is looked for once only.
    no_comment_ends: bool,
    /// Of the action last scanned.
    pub(super) tokens: Vec<Token>,
    problem: Option<TemplateProblem>,
}

const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str, left: &'t str, right: &'t str) -> Self {
        let restarts =
            left.starts_with(['{', '[', '<', '%', '#', '@', '!', '~', '&', '*', '^', ';', '?', '/']);
        Self {
            text,
            left,
            right,
            position: 0,
            restarts,
            no_comment_ends: false,
            tokens: Vec::new(),
            problem: None,
        }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.position..).unwrap_or_default()
    }

    /// The next action or comment.
    pub(super) fn scan(&mut self) -> Option<Scanned> {
        let start = self.position + self.rest().find(self.left)?;
        self.position = start + self.left.len();
        self.tokens.clear();
        self.problem = None;
        // `{{- ` trims the text before it.
        if let Some(after) = self.rest().strip_prefix('-')
            && after.starts_with(SPACES)
        {
            self.position += 2;
        }
        let is_comment = self.rest().starts_with("/*");
        if is_comment {
            self.comment(start)
        } else {
            self.action(start)
        }
        let span = Span::new(start as u32, self.position as u32);
        Some(Scanned { span, is_comment, problem: self.problem.take() })
    }

    fn comment(&mut self, start: usize) {
        let inner = self.rest().get(2..).filter(|_| !self.no_comment_ends);
        let Some(end) = inner.and_then(|inner| inner.find("*/")) else {
            self.no_comment_ends = true;
            let span = Span::new(start as u32, self.position as u32 + 2);
            self.fail(Kind::UnclosedComment, span);
            // Up to the right delimiter, so that one comment does not hide all that follows.
            let end = self.rest().find(self.right).map_or(self.rest().len(), |end| end + self.right.len());
            self.position += end;
            return;
        };
        self.position += end + 4;
        if let Some(length) = self.right_delimiter() {
            self.position += length;
            return;
        }
        let after = self.position as u32;
        let span = Span::new(after, after + self.rest().chars().next().map_or(0, |c| c.len_utf8() as u32));
        self.fail(Kind::CommentNotAlone, span);
        let end = self.rest().find(self.right).map_or(self.rest().len(), |end| end + self.right.len());
        self.position += end;
    }

    fn action(&mut self, start: usize) {
        let mut open = Vec::new();
        loop {
            if let Some(length) = self.right_delimiter() {
                if let Some(parenthesis) = open.pop() {
                    self.fail(Kind::UnclosedParenthesis, parenthesis);
                }
                self.position += length;
                return;
            }
            let rest = self.rest();
            let restart = self.restarts && rest.starts_with(self.left);
            let Some(first) = rest.chars().next().filter(|_| !restart) else {
                let span = Span::new(start as u32, (start + self.left.len()) as u32);
                self.fail(Kind::UnclosedAction, span);
                return;
            };
            let token = self.token(first);
            match token.kind {
                TokenKind::Space
                    if self.tokens.last().is_none_or(|before| before.kind == TokenKind::Space) =>
                {
                    continue;
                }
                TokenKind::LeftParenthesis => open.push(token.span),
                TokenKind::RightParenthesis if open.pop().is_none() => {
                    self.fail(Kind::UnexpectedToken, token.span);
                }
                _ => {}
            }
            self.tokens.push(token);
        }
    }

    /// The length of the right delimiter that comes next, with the mark that trims the text behind it.
    fn right_delimiter(&self) -> Option<usize> {
        let rest = self.rest();
        if rest.starts_with(self.right) {
            return Some(self.right.len());
        }
        let marked = rest.strip_prefix(SPACES)?.strip_prefix('-')?;
        marked.starts_with(self.right).then(|| self.right.len() + 2)
    }

    fn fail(&mut self, kind: Kind, span: Span) {
        self.problem.get_or_insert(TemplateProblem { kind, span });
    }

    fn token(&mut self, first: char) -> Token {
        let start = self.position;
        let rest = self.rest();
        let (kind, length) = match first {
            ' ' | '\t' | '\r' | '\n' => (TokenKind::Space, 1),
            '=' => (TokenKind::Assign, 1),
            ':' if rest.starts_with(":=") => (TokenKind::Declare, 2),
            '|' => (TokenKind::Pipe, 1),
            '(' => (TokenKind::LeftParenthesis, 1),
            ')' => (TokenKind::RightParenthesis, 1),
            '"' | '\'' | '`' => return self.quoted(first),
            '$' => (TokenKind::Variable, 1 + word_length(rest.get(1..).unwrap_or_default())),
            '.' if !rest.get(1..).is_some_and(|after| after.starts_with(|c: char| c.is_ascii_digit())) => {
                let length = word_length(rest.get(1..).unwrap_or_default());
                (if length == 0 { TokenKind::Dot } else { TokenKind::Field }, 1 + length)
            }
            '.' | '+' | '-' | '0'..='9' => (TokenKind::Number, number_length(rest)),
            _ if is_word(first) => (TokenKind::Word, word_length(rest)),
            _ => (TokenKind::Other, first.len_utf8()),
        };
        self.position += length;
        let span = Span::new(start as u32, self.position as u32);
        match kind {
            TokenKind::Dot | TokenKind::Field | TokenKind::Variable | TokenKind::Word => self.ends_word(),
            TokenKind::Number if self.rest().starts_with(is_word) || is_half_complex(span.of(self.text)) => {
                self.fail(Kind::BadLiteral, span);
            }
            TokenKind::Other if !first.is_ascii() || first == ':' || first.is_ascii_control() => {
                self.fail(Kind::UnexpectedToken, span);
            }
            _ => {}
        }
        Token { kind, span }
    }

    /// What follows a word, a field or a variable must be able to end it.
    fn ends_word(&mut self) {
        let Some(next) = self.rest().chars().next() else { return };
        let ends = SPACES.contains(&next) || ".,|:()".contains(next) || self.rest().starts_with(self.right);
        if !ends {
            let start = self.position as u32;
            self.fail(Kind::UnexpectedToken, Span::new(start, start + next.len_utf8() as u32));
        }
    }

    /// A string or a character. One that does not end in its line is taken up to the right delimiter.
    fn quoted(&mut self, quote: char) -> Token {
        let start = self.position as u32;
        let rest = self.rest();
        let end = if quote == '`' {
            rest.get(1..).and_then(|inner| inner.find('`')).map(|end| end + 2)
        } else {
            quoted_length(rest, quote)
        };
        let length = end.unwrap_or_else(|| {
            let line = if quote == '`' { rest } else { rest.split('\n').next().unwrap_or_default() };
            let before = line.split(self.right).next().unwrap_or_default();
            before.trim_end_matches(SPACES).len().max(1)
        });
        self.position += length;
        let span = Span::new(start, self.position as u32);
        if end.is_none() {
            self.fail(Kind::UnterminatedString, span);
        }
        Token { kind: if quote == '\'' { TokenKind::Character } else { TokenKind::Text }, span }
    }
}

/// The length of a string with its quotes; `None` when its line or the text ends first.
fn quoted_length(text: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    for (offset, each) in text.char_indices().skip(1) {
        match each {
            '\n' => return None,
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if each == quote => return Some(offset + 1),
            _ => {}
        }
    }
    None
}

fn is_word(each: char) -> bool {
    each == '_' || each.is_alphanumeric()
}

fn word_length(text: &str) -> usize {
    text.find(|each| !is_word(each)).unwrap_or(text.len())
}

/// The length of a number; that of a complex one, `1+2i`, too.
fn number_length(text: &str) -> usize {
    let first = real_length(text);
    let after = text.get(first..).unwrap_or_default();
    if !after.starts_with(['+', '-']) {
        return first;
    }
    first + real_length(after)
}

/// Whether it begins as a complex number does and does not end in `i`.
fn is_half_complex(number: &str) -> bool {
    real_length(number) < number.len() && !number.ends_with('i')
}

fn real_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let at = |index: usize| bytes.get(index).copied().unwrap_or_default();
    let mut length = usize::from(matches!(at(0), b'+' | b'-'));
    let mut is_hexadecimal = false;
    let mut is_decimal = true;
    if at(length) == b'0' && matches!(at(length + 1), b'x' | b'X' | b'o' | b'O' | b'b' | b'B') {
        is_hexadecimal = matches!(at(length + 1), b'x' | b'X');
        is_decimal = false;
        length += 2;
    }
    let is_digit =
        |byte: u8| byte.is_ascii_digit() || byte == b'_' || (is_hexadecimal && byte.is_ascii_hexdigit());
    let run = |mut length: usize| {
        while is_digit(at(length)) {
            length += 1;
        }
        length
    };
    length = run(length);
    if at(length) == b'.' {
        length = run(length + 1);
    }
    let has_exponent = match at(length) {
        b'e' | b'E' => is_decimal,
        b'p' | b'P' => is_hexadecimal,
        _ => false,
    };
    if has_exponent {
        length += 1 + usize::from(matches!(at(length + 1), b'+' | b'-'));
        length = run(length);
    }
    length + usize::from(at(length) == b'i')
}
