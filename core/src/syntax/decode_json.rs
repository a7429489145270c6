//! The meaning of JSON's strings.

use super::Dialect;

/// Decodes what stands between the quotes of a string.
///
/// Strict JSON knows the escapes of RFC 8259; loose JSON those of Go's `strconv.Unquote`, which HCL 1 uses.
/// An escape that names no character becomes U+FFFD.
pub(super) fn bytes(inner: &str, dialect: Dialect) -> Option<Vec<u8>> {
    if !inner.contains('\\') {
        return None;
    }
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        let (plain, escape) = rest.split_at_checked(at).unwrap_or((rest, ""));
        bytes.extend_from_slice(plain.as_bytes());
        let taken = match dialect {
            Dialect::LooseJson => go_escape(escape, &mut bytes),
            _ => rfc_escape(escape, &mut bytes),
        };
        rest = escape.get(taken..).unwrap_or_default();
    }
    bytes.extend_from_slice(rest.as_bytes());
    Some(bytes)
}

/// The value of `digits` hexadecimal digits at `start`.
pub(super) fn hex(text: &str, start: usize, digits: usize) -> Option<u32> {
    let digits = text.get(start..start + digits)?;
    let are_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if are_hexadecimal { u32::from_str_radix(digits, 16).ok() } else { None }
}

/// Decodes the escape at the start of `text` and gives its length.
fn rfc_escape(text: &str, bytes: &mut Vec<u8>) -> usize {
    let decoded = match text.as_bytes().get(1) {
        Some(byte @ (b'"' | b'\\' | b'/')) => *byte,
        Some(b'b') => 8,
        Some(b'f') => 12,
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'u') => return utf16_escape(text, bytes),
        _ => return unknown_escape(bytes),
    };
    bytes.push(decoded);
    2
}

fn utf16_escape(text: &str, bytes: &mut Vec<u8>) -> usize {
    let Some(first) = hex(text, 2, 4) else { return unknown_escape(bytes) };
    let second = match text.get(6..8) {
        Some("\\u") => hex(text, 8, 4),
        _ => None,
    };
    if let (0xd800..=0xdbff, Some(second @ 0xdc00..=0xdfff)) = (first, second) {
        push_code_point(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00), bytes);
        return 12;
    }
    push_code_point(first, bytes);
    6
}

/// Decodes an escape as Go's `strconv.Unquote` does and gives its length.
fn go_escape(text: &str, bytes: &mut Vec<u8>) -> usize {
    let decoded = match text.as_bytes().get(1) {
        Some(byte @ (b'"' | b'\\')) => *byte,
        Some(b'a') => 7,
        Some(b'b') => 8,
        Some(b'f') => 12,
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'v') => 11,
        Some(b'x') => match hex(text, 2, 2) {
            Some(byte) => {
                bytes.push(byte as u8);
                return 4;
            }
            None => return unknown_escape(bytes),
        },
        Some(kind @ (b'u' | b'U')) => {
            let digits = if *kind == b'u' { 4 } else { 8 };
            return match hex(text, 2, digits) {
                Some(code_point) => {
                    push_code_point(code_point, bytes);
                    digits + 2
                }
                None => unknown_escape(bytes),
            };
        }
        Some(b'0'..=b'7') => {
            let digits = text.get(1..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
            let Some(Ok(byte)) = digits.map(|digits| u32::from_str_radix(digits, 8)) else {
                return unknown_escape(bytes);
            };
            match u8::try_from(byte) {
                Ok(byte) => bytes.push(byte),
                // Above 255 there is no such byte; Go gives up there.
                Err(_) => push_code_point(u32::MAX, bytes),
            }
            return 4;
        }
        _ => return unknown_escape(bytes),
    };
    bytes.push(decoded);
    2
}

/// Keeps the backslash of what is no escape.
fn unknown_escape(bytes: &mut Vec<u8>) -> usize {
    bytes.push(b'\\');
    1
}

fn push_code_point(code_point: u32, bytes: &mut Vec<u8>) {
    let character = char::from_u32(code_point).unwrap_or(char::REPLACEMENT_CHARACTER);
    bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_decode_as_in_the_reference_readers() {
        let table = [
            (Dialect::Json, r"a\/b\u00e9\ud83d\ude00", "a/bé😀"),
            (Dialect::Json, r"\ud83d x \ude00", "\u{fffd} x \u{fffd}"),
            (Dialect::Json, r"\q\u12", r"\q\u12"),
            (Dialect::LooseJson, r"\x41\101\u00e9\a", "AAé\u{7}"),
            (Dialect::LooseJson, r"\ud83d\ude00\777", "\u{fffd}\u{fffd}\u{fffd}"),
            (Dialect::LooseJson, r"\xc3\xa9", "é"),
        ];
        for (dialect, inner, expected) in table {
            let bytes = bytes(inner, dialect).unwrap();
            assert_eq!(String::from_utf8_lossy(&bytes), expected, "{inner}");
        }
    }
}
