//! Text as Go prints it.

use std::fmt::{self, Write};

/// A text as Go's `%q` prints it.
pub(super) struct Quoted<'a>(pub(super) &'a str);

/// A text as Go's `%+q` prints it: in ASCII.
pub(super) struct QuotedAscii<'a>(pub(super) &'a str);

/// A list of texts as Go's `%q` prints it.
pub(super) struct QuotedList<'a>(pub(super) &'a [String]);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        quoted(f, self.0, is_printable)
    }
}

impl fmt::Display for QuotedAscii<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        quoted(f, self.0, |c| c.is_ascii() && is_printable(c))
    }
}

impl fmt::Display for QuotedList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('[')?;
        for (index, text) in self.0.iter().enumerate() {
            let blank = if index == 0 { "" } else { " " };
            write!(f, "{blank}{}", Quoted(text))?;
        }
        f.write_char(']')
    }
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str, is_plain: fn(char) -> bool) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            '\u{7}' => f.write_str("\\a")?,
            '\u{8}' => f.write_str("\\b")?,
            '\u{c}' => f.write_str("\\f")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            '\u{b}' => f.write_str("\\v")?,
            c if is_plain(c) => f.write_char(c)?,
            c if u32::from(c) < 0x80 => write!(f, "\\x{:02x}", u32::from(c))?,
            c if u32::from(c) < 0x1_0000 => write!(f, "\\u{:04x}", u32::from(c))?,
            c => write!(f, "\\U{:08x}", u32::from(c))?,
        }
    }
    f.write_char('"')
}

/// What Go's `strconv.IsPrint` says, as far as Rust's escapes agree with it: both take letters, marks, numbers,
/// punctuation, symbols and the ASCII space.
fn is_printable(c: char) -> bool {
    matches!(c, '\'' | '"' | '\\') || is_mark(c) || c.escape_debug().count() == 1
}

/// `escape_debug` escapes marks that extend the character before them; Go prints them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{20d0}'..='\u{20dc}' | '\u{fe00}'..='\u{fe0f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_as_go_quotes_them() {
        let table = [
            ("a b", r#""a b""#, r#""a b""#),
            ("a\"\\\n\u{1}\u{7f}", r#""a\"\\\n\x01\x7f""#, r#""a\"\\\n\x01\x7f""#),
            ("é\u{a0}\u{200b}😀'", r#""é\u00a0\u200b😀'""#, r#""\u00e9\u00a0\u200b\U0001f600'""#),
        ];
        for (text, expected, ascii) in table {
            assert_eq!(Quoted(text).to_string(), expected);
            assert_eq!(QuotedAscii(text).to_string(), ascii);
        }
        assert_eq!(QuotedList(&["a".to_owned(), "b c".to_owned()]).to_string(), r#"["a" "b c"]"#);
        assert_eq!(QuotedList(&[]).to_string(), "[]");
    }
}
