//! Texts as Go prints them, and integers as Go reads them.

use std::fmt::{self, Write};

/// A text as Go's `%q` prints it.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

/// Bytes as Go's `%q` prints them: what is no UTF-8 as `\xfb`.
pub(crate) struct QuotedBytes<'a>(pub(crate) &'a [u8]);

/// A text as Go's `%+q` prints it: in ASCII.
pub(crate) struct QuotedAscii<'a>(pub(crate) &'a str);

/// A list of texts as Go's `%q` prints it.
pub(crate) struct QuotedList<'a>(pub(crate) &'a [String]);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        quoted(f, self.0.as_bytes(), is_printable)
    }
}

impl fmt::Display for QuotedBytes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        quoted(f, self.0, is_printable)
    }
}

impl fmt::Display for QuotedAscii<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        quoted(f, self.0.as_bytes(), |c| c.is_ascii() && is_printable(c))
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

fn quoted(f: &mut fmt::Formatter<'_>, text: &[u8], is_plain: fn(char) -> bool) -> fmt::Result {
    f.write_char('"')?;
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
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
        for byte in chunk.invalid() {
            write!(f, "\\x{byte:02x}")?;
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

/// Why Go reads no integer; prints as Go's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IntegerError {
    /// It is none.
    Syntax,
    /// It has more than 64 bits.
    Range,
}

impl fmt::Display for IntegerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Syntax => "invalid syntax",
            Self::Range => "value out of range",
        })
    }
}

/// Reads an integer as Go's `strconv.ParseInt(text, 0, 64)` does: `0x10`, `0b11`, `0o17`, `017` and `1_000` are
/// integers too.
pub(crate) fn go_integer(text: &str) -> Result<i64, IntegerError> {
    // Nearly every number is a few plain digits.
    if let [b'1'..=b'9', rest @ ..] = text.as_bytes()
        && rest.len() < 18
        && rest.iter().all(u8::is_ascii_digit)
        && let Ok(number) = text.parse()
    {
        return Ok(number);
    }
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (base, prefix) = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, 2),
        [b'0', b'b' | b'B', ..] => (2, 2),
        [b'0', b'o' | b'O', ..] => (8, 2),
        [b'0', _, ..] => (8, 1),
        _ => (10, 0),
    };
    let digits = unsigned.get(prefix..).unwrap_or_default();
    // An underscore may stand between two digits, and between a prefix and a digit.
    let is_misplaced =
        digits.ends_with('_') || digits.contains("__") || digits.starts_with('_') && prefix == 0;
    let plain: String = digits.chars().filter(|c| *c != '_').collect();
    if is_misplaced || plain.is_empty() || !plain.chars().all(|c| c.is_digit(base)) {
        return Err(IntegerError::Syntax);
    }
    i64::from_str_radix(&format!("{sign}{plain}"), base).map_err(|_| IntegerError::Range)
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
        assert_eq!(QuotedBytes(b"a\xe2\x82\xfb\xe2\x82\xac").to_string(), r#""a\xe2\x82\xfb€""#);
    }

    #[test]
    fn integers_are_read_as_go_reads_them() {
        use IntegerError::{Range, Syntax};
        let table = [
            ("10", Ok(10)),
            ("010", Ok(8)),
            ("0_7", Ok(7)),
            ("0x1_f", Ok(31)),
            ("0B11", Ok(3)),
            ("-1", Ok(-1)),
            ("+1_000", Ok(1000)),
            ("0", Ok(0)),
            ("09", Err(Syntax)),
            ("", Err(Syntax)),
            ("0x", Err(Syntax)),
            ("_1", Err(Syntax)),
            ("1__0", Err(Syntax)),
            ("0é", Err(Syntax)),
            ("99999999999999999999", Err(Range)),
        ];
        for (text, expected) in table {
            assert_eq!(go_integer(text), expected, "{text}");
        }
    }
}
