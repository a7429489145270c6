//! Strings and characters of Go.

/// What a string in its quotes stands for, as `strconv.Unquote` reads it; `None` when it refuses it. Bytes that are
/// no text become U+FFFD.
pub(super) fn unquoted(raw: &str) -> Option<String> {
    if let Some(inner) = raw.strip_prefix('`') {
        return Some(inner.strip_suffix('`')?.replace('\r', ""));
    }
    let quote = raw.chars().next()?;
    let inner = raw.get(1..)?.strip_suffix(quote)?;
    if !inner.contains('\\') {
        return Some(inner.to_owned());
    }
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(rest.get(..at)?.as_bytes());
        rest = escape(rest.get(at + 1..)?, quote, &mut bytes)?;
    }
    bytes.extend_from_slice(rest.as_bytes());
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Decodes the escape whose backslash is taken, and what comes after it.
fn escape<'t>(text: &'t str, quote: char, bytes: &mut Vec<u8>) -> Option<&'t str> {
    let kind = text.chars().next()?;
    let after = text.get(kind.len_utf8()..)?;
    let (digits, length, base) = match kind {
        'x' => (after, 2, 16),
        'u' => (after, 4, 16),
        'U' => (after, 8, 16),
        '0'..='7' => (text, 3, 8),
        _ => {
            bytes.push(match kind {
                'a' => 7,
                'b' => 8,
                'f' => 12,
                'n' => b'\n',
                'r' => b'\r',
                't' => b'\t',
                'v' => 11,
                '\\' => b'\\',
                _ if kind == quote => u8::try_from(kind).ok()?,
                _ => return None,
            });
            return Some(after);
        }
    };
    let number = digits.get(..length)?;
    if !number.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let value = u32::from_str_radix(number, base).ok()?;
    if length <= 3 {
        bytes.push(u8::try_from(value).ok()?);
    } else {
        bytes.extend_from_slice(char::from_u32(value)?.encode_utf8(&mut [0; 4]).as_bytes());
    }
    digits.get(length..)
}

/// Whether Go's parser takes a character in its quotes.
pub(super) fn is_character(raw: &str) -> bool {
    // A byte above 0x7f is a character too; decoded, it is one that stands for no text.
    unquoted(raw).is_some_and(|text| text.chars().count() == 1)
}

/// Whether Go's parser takes what its lexer takes for a number.
pub(super) fn is_number(raw: &str) -> bool {
    let digits = raw.trim_start_matches(['+', '-']).trim_end_matches('i');
    let is_prefixed = digits.len() > 1 && digits.starts_with('0');
    match digits.get(1..2).filter(|_| is_prefixed) {
        Some("x" | "X" | "o" | "O" | "b" | "B") => {
            digits.get(2..).is_some_and(|digits| digits.contains(|c: char| c.is_ascii_hexdigit()))
        }
        _ if digits.contains(['.', 'e', 'E', '+', '-']) || raw.ends_with('i') => {
            digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') && digits != "."
        }
        _ if is_prefixed => digits.bytes().all(|digit| matches!(digit, b'0'..=b'7' | b'_')),
        _ => digits.starts_with(|c: char| c.is_ascii_digit()) && !digits.ends_with('_'),
    }
}
