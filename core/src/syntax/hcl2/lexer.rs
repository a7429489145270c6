//! Tokens of HCL 2 outside of templates, as Go's scanner cuts them (hcl v2.14.1 `hclsyntax/scan_tokens.rl`).

use crate::text::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    And,
    Arrow,
    Assign,
    Bang,
    CloseBrace,
    CloseBracket,
    CloseParen,
    Colon,
    Comma,
    Dot,
    DoubleColon,
    Ellipsis,
    End,
    Equal,
    Greater,
    GreaterEqual,
    /// `<<NAME` or `<<-NAME` with the line break after it.
    Heredoc,
    Ident,
    /// What no token starts with.
    Invalid,
    Less,
    LessEqual,
    Minus,
    Newline,
    NotEqual,
    Number,
    OpenBrace,
    OpenBracket,
    OpenParen,
    Or,
    Percent,
    Plus,
    Question,
    /// `"`; what follows is a template.
    Quote,
    /// `~}`
    SequenceEnd,
    Slash,
    Star,
    /// A `/*` without `*/`.
    UnclosedComment,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

/// The token at or after `position`; line breaks are tokens only where they count.
pub(super) fn scan(text: &str, position: u32, newlines_count: bool) -> Token {
    let bytes = text.as_bytes();
    let mut start = position as usize;
    loop {
        let rest = bytes.get(start..).unwrap_or_default();
        let (kind, length) = match rest {
            [b' ' | b'\t', ..] => {
                start += 1;
                continue;
            }
            [b'\n', ..] => (TokenKind::Newline, 1),
            [b'\r', b'\n', ..] => (TokenKind::Newline, 2),
            [b'#', ..] | [b'/', b'/', ..] => match rest.iter().position(|byte| *byte == b'\n') {
                Some(end) => (TokenKind::Newline, end + 1),
                None => (TokenKind::End, rest.len()),
            },
            [b'/', b'*', after @ ..] => match after.windows(2).position(|pair| pair == b"*/") {
                Some(end) => {
                    start += end + 4;
                    continue;
                }
                None => (TokenKind::UnclosedComment, 2),
            },
            _ => token(text, start, rest),
        };
        if kind == TokenKind::Newline && !newlines_count {
            start += length;
            continue;
        }
        return Token { kind, span: Span::new(start as u32, (start + length) as u32) };
    }
}

/// The kind and length of the token at `start`, which is no blank and no comment.
fn token(text: &str, start: usize, rest: &[u8]) -> (TokenKind, usize) {
    match rest {
        [] => (TokenKind::End, 0),
        [b'a'..=b'z' | b'A'..=b'Z' | b'_', ..] => (TokenKind::Ident, ident_length(text, start)),
        [b'0'..=b'9', ..] => (TokenKind::Number, number_length(rest)),
        [b'.', b'.', b'.', ..] => (TokenKind::Ellipsis, 3),
        [b'<', b'<', ..] => match heredoc_length(text, start) {
            0 => (TokenKind::Less, 1),
            length => (TokenKind::Heredoc, length),
        },
        [b'=', b'=', ..] => (TokenKind::Equal, 2),
        [b'!', b'=', ..] => (TokenKind::NotEqual, 2),
        [b'<', b'=', ..] => (TokenKind::LessEqual, 2),
        [b'>', b'=', ..] => (TokenKind::GreaterEqual, 2),
        [b'=', b'>', ..] => (TokenKind::Arrow, 2),
        [b'&', b'&', ..] => (TokenKind::And, 2),
        [b'|', b'|', ..] => (TokenKind::Or, 2),
        [b':', b':', ..] => (TokenKind::DoubleColon, 2),
        [b'~', b'}', ..] => (TokenKind::SequenceEnd, 2),
        [first, ..] => match symbol(*first) {
            TokenKind::Invalid => other_character(text, start),
            kind => (kind, 1),
        },
    }
}

fn symbol(byte: u8) -> TokenKind {
    match byte {
        b'!' => TokenKind::Bang,
        b'"' => TokenKind::Quote,
        b'%' => TokenKind::Percent,
        b'(' => TokenKind::OpenParen,
        b')' => TokenKind::CloseParen,
        b'*' => TokenKind::Star,
        b'+' => TokenKind::Plus,
        b',' => TokenKind::Comma,
        b'-' => TokenKind::Minus,
        b'.' => TokenKind::Dot,
        b'/' => TokenKind::Slash,
        b':' => TokenKind::Colon,
        b'<' => TokenKind::Less,
        b'=' => TokenKind::Assign,
        b'>' => TokenKind::Greater,
        b'?' => TokenKind::Question,
        b'[' => TokenKind::OpenBracket,
        b']' => TokenKind::CloseBracket,
        b'{' => TokenKind::OpenBrace,
        b'}' => TokenKind::CloseBrace,
        _ => TokenKind::Invalid,
    }
}

fn other_character(text: &str, start: usize) -> (TokenKind, usize) {
    let length = ident_length(text, start);
    if length > 0 {
        return (TokenKind::Ident, length);
    }
    let character = text.get(start..).and_then(|rest| rest.chars().next());
    (TokenKind::Invalid, character.map_or(1, char::len_utf8))
}

/// The length of the identifier at `start`: a letter or `_`, then also digits, marks and `-`. 0 if there is none.
pub(in crate::syntax) fn ident_length(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let is_first = |it: char| it.is_alphabetic() || it == '_';
    if !rest.starts_with(is_first) {
        return 0;
    }
    let continues = |it: char| {
        it.is_ascii_alphanumeric()
            || matches!(it, '_' | '-')
            || (!it.is_ascii() && (it.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&it)))
    };
    rest.find(|it| !continues(it)).unwrap_or(rest.len())
}

/// The longest run of digits, dots and exponents that does not end in a dot.
fn number_length(rest: &[u8]) -> usize {
    let mut position = 1;
    let mut end = 1;
    loop {
        match rest.get(position..).unwrap_or_default() {
            [b'0'..=b'9', ..] => position += 1,
            [b'.', ..] => {
                position += 1;
                continue;
            }
            [b'e' | b'E', b'0'..=b'9', ..] => position += 2,
            [b'e' | b'E', b'+' | b'-', b'0'..=b'9', ..] => position += 3,
            _ => return end,
        }
        end = position;
    }
}

/// The length of `<<NAME` or `<<-NAME` with its line break; 0 if it is none.
fn heredoc_length(text: &str, start: usize) -> usize {
    let dash = usize::from(text.as_bytes().get(start + 2) == Some(&b'-'));
    let name = ident_length(text, start + 2 + dash);
    let end = start + 2 + dash + name;
    match text.as_bytes().get(end..).unwrap_or_default() {
        [b'\n', ..] if name > 0 => end + 1 - start,
        [b'\r', b'\n', ..] if name > 0 => end + 2 - start,
        _ => 0,
    }
}

/// Whether the text of a number token is a number: one dot, one exponent, no dot in the exponent.
pub(super) fn is_number(raw: &str) -> bool {
    let (mantissa, exponent) = match raw.find(['e', 'E']) {
        Some(at) => (raw.get(..at).unwrap_or_default(), raw.get(at + 1..).unwrap_or_default()),
        None => (raw, "0"),
    };
    let exponent = exponent.trim_start_matches(['+', '-']);
    mantissa.bytes().filter(|byte| *byte == b'.').count() <= 1
        // Go's reader keeps exponents of 64 bits, of which ours refuses the last.
        && (1..=9).contains(&exponent.trim_start_matches('0').len().max(1))
        && exponent.bytes().all(|byte| byte.is_ascii_digit())
}
