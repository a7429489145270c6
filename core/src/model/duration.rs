//! Durations as Go and as Vault read them.

use std::fmt;

use thiserror::Error;

/// Nanoseconds in a second.
pub const NANOSECONDS_PER_SECOND: i64 = 1_000_000_000;

const NANOSECONDS_PER_DAY: i64 = 24 * 3_600 * NANOSECONDS_PER_SECOND;

/// Why a text is no duration; printed with the server's own words.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum DurationError {
    /// The text has not the form of a duration, or its value does not fit.
    #[error("time: invalid duration {}", Quoted(.0))]
    Invalid(String),
    /// A number without a unit.
    #[error("time: missing unit in duration {}", Quoted(.0))]
    MissingUnit(String),
    /// A unit that Go does not know.
    #[error("time: unknown unit {} in duration {}", Quoted(.unit), Quoted(.text))]
    UnknownUnit {
        /// The unit.
        unit: String,
        /// The whole text.
        text: String,
    },
    /// What stands before a final `d` is no integer.
    #[error("strconv.ParseInt: parsing {}: invalid syntax", Quoted(.0))]
    BadDays(String),
    /// Seconds or days that do not fit 64 bits of nanoseconds.
    #[error("multiplication of durations resulted in overflow, one operand may be too large")]
    Overflow,
    /// Vault's fields take no negative duration; the value is in seconds.
    #[error("cannot provide negative value '{0}'")]
    Negative(i64),
}

/// Reads a duration as Go's `time.ParseDuration` does, in nanoseconds.
///
/// # Errors
/// With Go's own text for what is wrong.
pub fn go_duration(text: &str) -> Result<i64, DurationError> {
    let invalid = || DurationError::Invalid(text.to_owned());
    let (is_negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total = 0_u64;
    while !rest.is_empty() {
        let (whole, fraction, unit_start) = leading_number(rest).ok_or_else(invalid)?;
        let (unit, after) = leading_unit(unit_start);
        if unit.is_empty() {
            return Err(DurationError::MissingUnit(text.to_owned()));
        }
        let Some(unit) = nanoseconds_of(unit) else {
            return Err(DurationError::UnknownUnit { unit: unit.to_owned(), text: text.to_owned() });
        };
        let value = amount(whole, fraction, unit).and_then(|value| total.checked_add(value));
        total = value.filter(|total| *total <= LIMIT).ok_or_else(invalid)?;
        rest = after;
    }
    if is_negative {
        return Ok(0_i64.wrapping_sub_unsigned(total));
    }
    i64::try_from(total).map_err(|_| invalid())
}

/// Reads a duration as Vault's role fields do, in whole seconds: a number of seconds, `3d`, or a Go
/// duration, whose fraction of a second is cut. An empty text is 0.
///
/// `text` is the value of a JSON string, or a JSON number as it is written.
///
/// # Errors
/// With the server's own text for what is wrong.
pub fn vault_duration_seconds(text: &str) -> Result<i64, DurationError> {
    let seconds = vault_duration(text)? / NANOSECONDS_PER_SECOND;
    if seconds < 0 { Err(DurationError::Negative(seconds)) } else { Ok(seconds) }
}

/// Reads a duration as Vault does wherever it takes one, in nanoseconds: a number of seconds, `3d`, or a
/// Go duration. An empty text is 0.
///
/// # Errors
/// With the server's own text for what is wrong.
pub fn vault_duration(text: &str) -> Result<i64, DurationError> {
    if text.is_empty() {
        return Ok(0);
    }
    if let Ok(seconds) = text.parse::<i64>() {
        return seconds.checked_mul(NANOSECONDS_PER_SECOND).ok_or(DurationError::Overflow);
    }
    let Some(days) = text.strip_suffix('d') else { return go_duration(text) };
    let days: i64 = days.parse().map_err(|_| DurationError::BadDays(days.to_owned()))?;
    days.checked_mul(NANOSECONDS_PER_DAY).ok_or(DurationError::Overflow)
}

/// Seconds, printed for people: `72h`, `1h30m`, `45s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seconds(pub i64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.unsigned_abs();
        let parts = [(seconds / 3_600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")];
        if self.0 < 0 {
            f.write_str("-")?;
        }
        if seconds == 0 {
            return f.write_str("0s");
        }
        parts.iter().filter(|(count, _)| *count > 0).try_for_each(|(count, unit)| write!(f, "{count}{unit}"))
    }
}

/// The largest count of nanoseconds that is looked at; negative durations reach it.
const LIMIT: u64 = 1 << 63;

/// The digits after a point, and the power of ten that they are to be divided by.
type Fraction = (u64, f64);

/// Reads `12.5` at the start of `text`: whole part, fraction, and what follows.
fn leading_number(text: &str) -> Option<(u64, Fraction, &str)> {
    let (digits, rest) = leading_digits(text);
    let mut whole = 0_u64;
    for digit in digits.bytes() {
        whole =
            whole.checked_mul(10)?.checked_add(u64::from(digit - b'0')).filter(|value| *value <= LIMIT)?;
    }
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => leading_digits(rest),
        None => ("", rest),
    };
    if digits.is_empty() && fraction.is_empty() {
        return None;
    }
    Some((whole, fraction_of(fraction), rest))
}

fn leading_digits(text: &str) -> (&str, &str) {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at_checked(length).unwrap_or((text, ""))
}

/// Digits that do not fit are passed over, as Go does.
fn fraction_of(digits: &str) -> Fraction {
    let (mut value, mut scale) = (0_u64, 1.0);
    for digit in digits.bytes() {
        if value > (LIMIT - 1) / 10 {
            break;
        }
        let next = value * 10 + u64::from(digit - b'0');
        if next > LIMIT {
            break;
        }
        value = next;
        scale *= 10.0;
    }
    (value, scale)
}

fn leading_unit(text: &str) -> (&str, &str) {
    let length = text.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(length).unwrap_or((text, ""))
}

fn nanoseconds_of(unit: &str) -> Option<u64> {
    Some(match unit {
        "ns" => 1,
        // Both the micro sign and the Greek letter.
        "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    })
}

fn amount(whole: u64, (digits, scale): Fraction, unit: u64) -> Option<u64> {
    let whole = whole.checked_mul(unit).filter(|value| *value <= LIMIT)?;
    let fraction = (digits as f64 * (unit as f64 / scale)) as u64;
    whole.checked_add(fraction).filter(|value| *value <= LIMIT)
}

/// A text in quotes as Go's package `time` prints it.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for byte in self.0.bytes() {
            match byte {
                b'"' | b'\\' => write!(f, "\\{}", char::from(byte))?,
                b' '..=b'\x7f' => write!(f, "{}", char::from(byte))?,
                _ => write!(f, "\\x{byte:02x}")?,
            }
        }
        f.write_str("\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(result: Result<i64, DurationError>) -> String {
        result.map_or_else(|error| error.to_string(), |value| value.to_string())
    }

    #[test]
    fn go_durations_are_read_as_go_reads_them() {
        let table = [
            ("0", "0"),
            ("-0", "0"),
            ("5s", "5000000000"),
            ("+1h30m", "5400000000000"),
            ("-1.5h", "-5400000000000"),
            (".5s", "500000000"),
            ("5.s", "5000000000"),
            ("1ns2us3µs4μs5ms", "5009001"),
            ("0.3333333333333333333h", "1200000000000"),
            ("9223372036854775807ns", "9223372036854775807"),
            ("-9223372036854775808ns", "-9223372036854775808"),
            ("9223372036854775808ns", "time: invalid duration \"9223372036854775808ns\""),
            ("2562048h", "time: invalid duration \"2562048h\""),
            ("", "time: invalid duration \"\""),
            ("+", "time: invalid duration \"+\""),
            ("300", "time: missing unit in duration \"300\""),
            ("1.5", "time: missing unit in duration \"1.5\""),
            ("1h2", "time: missing unit in duration \"1h2\""),
            ("3d", "time: unknown unit \"d\" in duration \"3d\""),
            ("1h 2m", "time: unknown unit \"h \" in duration \"1h 2m\""),
            ("abc", "time: invalid duration \"abc\""),
            (".s", "time: invalid duration \".s\""),
            ("1\"é", "time: unknown unit \"\\\"\\xc3\\xa9\" in duration \"1\\\"\\xc3\\xa9\""),
        ];
        for (input, expected) in table {
            assert_eq!(text(go_duration(input)), expected, "{input}");
        }
    }

    #[test]
    fn vault_durations_are_read_as_the_server_reads_them() {
        let table = [
            ("", "0"),
            ("259200", "259200"),
            ("3d", "259200"),
            ("500ms", "0"),
            ("-5s", "cannot provide negative value '-5'"),
            ("-500ms", "0"),
            ("1.5d", "strconv.ParseInt: parsing \"1.5\": invalid syntax"),
            ("106752d", "multiplication of durations resulted in overflow, one operand may be too large"),
        ];
        for (input, expected) in table {
            assert_eq!(text(vault_duration_seconds(input)), expected, "{input}");
        }
    }

    /// Every recorded role write that has a single duration field of a scalar.
    #[test]
    fn role_fields_have_the_recorded_answers_of_the_server() {
        let rows: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../../tests/corpus/vault-role-facts.json")).unwrap();
        let mut compared = 0;
        for row in &rows {
            let request = &row["request"];
            let body = request.as_str().and_then(|body| serde_json::from_str(body).ok());
            let Some(fields) = body.as_ref().unwrap_or(request).as_object().cloned() else { continue };
            let [(name, value)] = fields.iter().collect::<Vec<_>>()[..] else { continue };
            if !matches!(
                name.as_str(),
                "period" | "token_period" | "explicit_max_ttl" | "token_explicit_max_ttl"
            ) {
                continue;
            }
            let written = match value {
                serde_json::Value::String(text) => text.clone(),
                // The only number that serde_json does not print as it was written.
                serde_json::Value::Number(number) if number.as_f64() == Some(1000.0) => "1e3".to_owned(),
                serde_json::Value::Number(number) => number.to_string(),
                _ => continue,
            };
            compared += 1;
            let read = vault_duration_seconds(&written);
            if row["status"] == 400 {
                let error = row["response"][0].as_str().unwrap();
                assert!(error.ends_with(&text(read)), "{written}: {error}");
            } else {
                let seconds = read.unwrap();
                assert_eq!(row["stored"][name], seconds, "{written}");
            }
        }
        assert!(compared > 15, "{compared}");
    }

    #[test]
    fn seconds_print_for_people() {
        for (seconds, expected) in
            [(0, "0s"), (259_200, "72h"), (5_400, "1h30m"), (45, "45s"), (-61, "-1m1s")]
        {
            assert_eq!(Seconds(seconds).to_string(), expected);
        }
    }
}
