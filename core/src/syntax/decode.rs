//! The meaning of strings, heredocs and numbers.

use std::borrow::Cow;

use super::{Dialect, decode_json};

/// Decodes what stands between the quotes of a string. Bytes that are no text become U+FFFD.
pub(super) fn string(inner: &str, dialect: Dialect) -> Cow<'_, str> {
    match bytes(inner, dialect) {
        None => Cow::Borrowed(inner),
        Some(bytes) => Cow::Owned(match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        }),
    }
}

/// The bytes of a string, where they are others than those between its quotes. `\xff` and `\377` are single
/// bytes, which may be no text.
pub(super) fn bytes(inner: &str, dialect: Dialect) -> Option<Vec<u8>> {
    match dialect {
        Dialect::Hcl1 | Dialect::Hcl1MultiLine => hcl1_string(inner),
        Dialect::Hcl2 => hcl2_string(inner),
        Dialect::Json | Dialect::LooseJson => decode_json::bytes(inner, dialect),
    }
}

/// `${ … }` is copied as it is, escapes inside included; elsewhere escapes are replaced.
fn hcl1_string(inner: &str) -> Option<Vec<u8>> {
    if !inner.contains('\\') {
        return None;
    }
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner.as_bytes();
    let mut braces = 0_u32;
    while let [first, tail @ ..] = rest {
        match (first, tail) {
            (b'$', [b'{', after @ ..]) if braces == 0 => {
                bytes.extend_from_slice(b"${");
                braces = 1;
                rest = after;
                continue;
            }
            (b'{', _) if braces > 0 => braces += 1,
            (b'}', _) if braces > 0 => braces -= 1,
            (b'\\', _) if braces == 0 => {
                rest = hcl1_escape(tail, &mut bytes);
                continue;
            }
            _ => {}
        }
        bytes.push(*first);
        rest = tail;
    }
    Some(bytes)
}

/// Decodes the escape whose backslash is already taken.
fn hcl1_escape<'t>(tail: &'t [u8], bytes: &mut Vec<u8>) -> &'t [u8] {
    let Some((kind, after)) = tail.split_first() else { return tail };
    let (digits, length, base) = match kind {
        b'a' => return simple(7, after, bytes),
        b'b' => return simple(8, after, bytes),
        b'f' => return simple(12, after, bytes),
        b'n' => return simple(b'\n', after, bytes),
        b'r' => return simple(b'\r', after, bytes),
        b't' => return simple(b'\t', after, bytes),
        b'v' => return simple(11, after, bytes),
        b'0'..=b'7' => (tail, 3, 8),
        b'x' => (after, 2, 16),
        b'u' => (after, 4, 16),
        b'U' => (after, 8, 16),
        other => return simple(*other, after, bytes),
    };
    let (digits, rest) = digits.split_at(length.min(digits.len()));
    let value = std::str::from_utf8(digits).ok().and_then(|digits| u32::from_str_radix(digits, base).ok());
    let value = value.unwrap_or(u32::from(char::REPLACEMENT_CHARACTER));
    match u8::try_from(value) {
        Ok(byte) if length <= 3 => bytes.push(byte),
        _ => push_character(value, bytes),
    }
    rest
}

fn simple<'t>(byte: u8, after: &'t [u8], bytes: &mut Vec<u8>) -> &'t [u8] {
    bytes.push(byte);
    after
}

fn push_character(value: u32, bytes: &mut Vec<u8>) {
    let character = char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER);
    bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Escapes are replaced, `$${` and `%%{` lose one character; interpolations stay as they are written.
fn hcl2_string(inner: &str) -> Option<Vec<u8>> {
    if !inner.contains(['\\', '$', '%']) {
        return None;
    }
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = match (first, tail) {
            (b'$' | b'%', [second, b'{', ..]) if first == second => {
                bytes.extend_from_slice(&[*first, b'{']);
                tail.get(2..).unwrap_or_default()
            }
            (b'\\', _) => hcl1_escape(tail, &mut bytes),
            _ => {
                bytes.push(*first);
                tail
            }
        };
    }
    Some(bytes)
}

/// Decodes text of a template of HCL 2, which has escapes only in quotes.
pub(crate) fn template_text(raw: &str, is_quoted: bool) -> Cow<'_, str> {
    if is_quoted {
        return string(raw, Dialect::Hcl2);
    }
    if raw.contains("$${") || raw.contains("%%{") {
        return Cow::Owned(raw.replace("$${", "${").replace("%%{", "%{"));
    }
    Cow::Borrowed(raw)
}

/// Decodes a heredoc, from `<<` to its end marker. The value keeps the line end before the marker.
pub(super) fn heredoc(raw: &str, dialect: Dialect) -> Cow<'_, str> {
    let Some((opening, body)) = raw.split_once('\n') else { return Cow::Borrowed("") };
    let marker = opening.trim_end_matches('\r').trim_start_matches("<<");
    let (name, is_indented) = match marker.strip_prefix('-') {
        Some(name) => (name, true),
        None => (marker, false),
    };
    let body = body.trim_end_matches('\r').strip_suffix(name).unwrap_or(body);
    let body =
        if body.contains("\r\n") { Cow::Owned(body.replace("\r\n", "\n")) } else { Cow::Borrowed(body) };
    match (is_indented, dialect) {
        (false, Dialect::Hcl2) => Cow::Owned(body.trim_end_matches([' ', '\t']).to_owned()),
        (false, _) => body,
        (true, Dialect::Hcl2) => Cow::Owned(without_common_indent(&body)),
        (true, _) => Cow::Owned(without_marker_indent(&body)),
    }
}

/// HCL 1: the marker's own indentation is taken from each line, if every line has it.
fn without_marker_indent(body: &str) -> String {
    let prefix = body.rsplit('\n').next().unwrap_or_default();
    let lines = || body.split('\n');
    if !lines().all(|line| line.starts_with(prefix)) {
        return body.trim_end_matches([' ', '\t']).to_owned();
    }
    let stripped: Vec<&str> = lines().map(|line| line.strip_prefix(prefix).unwrap_or(line)).collect();
    stripped.join("\n")
}

/// HCL 2: the smallest indentation of all lines is taken from each; blank lines do not count, and stay.
fn without_common_indent(body: &str) -> String {
    let body = body.trim_end_matches([' ', '\t']);
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let smallest = body.split('\n').filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
    let strip =
        |line| if str::trim(line).is_empty() { line } else { line.get(smallest..).unwrap_or_default() };
    let stripped: Vec<&str> = body.split('\n').map(strip).collect();
    stripped.join("\n")
}

/// Reads an integer. HCL 1 knows hexadecimal (`0x1f`) and octal (`017`) numbers.
pub(super) fn integer(raw: &str, dialect: Dialect) -> Option<i64> {
    if !dialect.is_hcl1() {
        return raw.parse().ok();
    }
    let (sign, digits) = match raw.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", raw),
    };
    let (digits, base) = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None if digits.len() > 1 && digits.starts_with('0') => (digits, 8),
        None => (digits, 10),
    };
    i64::from_str_radix(&format!("{sign}{digits}"), base).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hcl1_strings_keep_interpolations_and_replace_escapes() {
        assert_eq!(string(r"a\tb\x41\101\u00e9", Dialect::Hcl1), "a\tbAAé");
        assert_eq!(string(r#"x ${a\n"b"} \"y\""#, Dialect::Hcl1), r#"x ${a\n"b"} "y""#);
        assert_eq!(string("$${b}", Dialect::Hcl1), "$${b}");
        assert_eq!(string("$${b} %%{c}", Dialect::Hcl2), "${b} %{c}");
    }

    #[test]
    fn heredocs_lose_the_indentation_that_their_language_says() {
        assert_eq!(heredoc("<<E\n a\nE", Dialect::Hcl1), " a\n");
        assert_eq!(heredoc("<<-E\n    a\n  b\n  E", Dialect::Hcl1), "  a\nb\n");
        assert_eq!(heredoc("<<-E\n    a\n  b\n    E", Dialect::Hcl1), "    a\n  b\n");
        assert_eq!(heredoc("<<-E\n    a\n\n  b\nE", Dialect::Hcl2), "  a\n\nb\n");
        assert_eq!(heredoc("<<-E\n    a\n   \n  b\nE", Dialect::Hcl2), "  a\n   \nb\n");
        assert_eq!(heredoc("<<E\r\na\r\nE", Dialect::Hcl1), "a\n");
    }

    #[test]
    fn hcl1_integers_may_be_octal_or_hexadecimal() {
        assert_eq!(integer("010", Dialect::Hcl1), Some(8));
        assert_eq!(integer("-0x10", Dialect::Hcl1), Some(-16));
        assert_eq!(integer("08", Dialect::Hcl1), None);
        assert_eq!(integer("010", Dialect::Hcl2), Some(10));
    }
}
