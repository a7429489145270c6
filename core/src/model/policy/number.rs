//! Numbers as Go reads them, and texts as Go quotes them.

use std::fmt::{self, Write as _};

/// A text as Go's `%q` prints it.
pub(super) struct Quoted<'a>(pub(super) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for character in self.0.chars() {
            match character {
                '"' | '\\' => write!(f, "\\{character}")?,
                '\u{7}' => f.write_str("\\a")?,
                '\u{8}' => f.write_str("\\b")?,
                '\u{c}' => f.write_str("\\f")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                '\u{b}' => f.write_str("\\v")?,
                '\0'..=' ' | '\u{7f}' if character != ' ' => write!(f, "\\x{:02x}", u32::from(character))?,
                '\u{80}'..='\u{a0}' | '\u{ad}' | '\u{feff}' => write!(f, "\\u{:04x}", u32::from(character))?,
                _ => f.write_char(character)?,
            }
        }
        f.write_str("\"")
    }
}

/// Reads an integer as Go's `strconv.ParseInt(text, 0, 64)` does: hexadecimal, octal and binary by prefix,
/// underscores between digits.
///
/// # Errors
/// With Go's own words.
pub(super) fn integer(text: &str) -> Result<i64, String> {
    let refused = |why: &str| Err(format!("strconv.ParseInt: parsing {}: {why}", Quoted(text)));
    let (is_negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = unsigned.get(..2).map(str::to_ascii_lowercase);
    let after_prefix = unsigned.get(2..).unwrap_or_default();
    let (digits, base, has_prefix) = match lower.as_deref() {
        Some("0x") => (after_prefix, 16, true),
        Some("0b") => (after_prefix, 2, true),
        Some("0o") => (after_prefix, 8, true),
        _ if unsigned.len() > 1 && unsigned.starts_with('0') => {
            (unsigned.get(1..).unwrap_or_default(), 8, true)
        }
        _ => (unsigned, 10, false),
    };
    if !underscores_are_fine(digits, base, has_prefix) {
        return refused("invalid syntax");
    }
    let digits: String = digits.chars().filter(|character| *character != '_').collect();
    if digits.is_empty() || !digits.chars().all(|character| character.is_digit(base)) {
        return refused("invalid syntax");
    }
    let sign = if is_negative { "-" } else { "" };
    match i64::from_str_radix(&format!("{sign}{digits}"), base) {
        Ok(value) => Ok(value),
        Err(_) => refused("value out of range"),
    }
}

/// Each underscore stands between digits, or between a prefix and a digit.
fn underscores_are_fine(digits: &str, base: u32, has_prefix: bool) -> bool {
    if !digits.contains('_') {
        return true;
    }
    let mut after_digit = has_prefix;
    for character in digits.chars() {
        match character {
            '_' if !after_digit => return false,
            '_' => after_digit = false,
            _ => after_digit = character.is_digit(base),
        }
    }
    // Go allows underscores in numbers without prefix too, when the base is told from the text.
    after_digit
}

/// Whether Go's `strconv.ParseFloat` reads the number as HCL writes it.
///
/// # Errors
/// With Go's own words.
pub(super) fn float(text: &str) -> Result<f64, String> {
    let refused = |why: &str| Err(format!("strconv.ParseFloat: parsing {}: {why}", Quoted(text)));
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        Ok(_) => refused("value out of range"),
        Err(_) => refused("invalid syntax"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_read_as_go_reads_them() {
        let table = [
            ("10", Ok(10)),
            ("010", Ok(8)),
            ("0x1_f", Ok(31)),
            ("0b11", Ok(3)),
            ("-1", Ok(-1)),
            ("1_000", Ok(1000)),
            ("0", Ok(0)),
            ("09", Err("invalid syntax")),
            ("", Err("invalid syntax")),
            ("1__0", Err("invalid syntax")),
            ("99999999999999999999", Err("value out of range")),
        ];
        for (text, expected) in table {
            let expected = expected.map_err(|why| format!("strconv.ParseInt: parsing \"{text}\": {why}"));
            assert_eq!(integer(text), expected);
        }
    }

    #[test]
    fn texts_are_quoted_as_go_quotes_them() {
        assert_eq!(Quoted("a\n\"é\u{1}\u{a0}").to_string(), r#""a\n\"é\x01\u00a0""#);
    }
}
