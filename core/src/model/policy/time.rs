//! Moments, as the server reads them in `expiration`.

/// Seconds since 1970 that have certainly passed: no release of this program is older than this day
/// (2026-01-01). What expired before has expired, whatever the clock says.
pub const SURELY_PAST: i64 = 1_767_225_600;

const SECONDS_PER_DAY: i64 = 86_400;

/// Reads a moment of RFC 3339, or seconds since 1970, into seconds since 1970.
pub(super) fn moment(text: &str) -> Option<i64> {
    if let Ok(seconds) = text.parse::<i64>() {
        return Some(seconds);
    }
    let date = text.get(..10)?;
    let time = text.get(10..)?.strip_prefix('T')?;
    let mut parts = date.split('-');
    let (year, month, day) =
        (digits(parts.next()?, 4)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    if parts.next().is_some() || !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
        return None;
    }
    let (hour, time) = time.split_once(':')?;
    // Go takes an hour of one digit, and no other part.
    let hour = digits(hour, 1).or_else(|| digits(hour, 2))?;
    let mut parts = time.get(..5)?.split(':');
    let (minute, second) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let offset = zone(without_fraction(time.get(5..)?)?)?;
    Some(days_since_1970(year, month, day) * SECONDS_PER_DAY + hour * 3_600 + minute * 60 + second - offset)
}

fn digits(text: &str, count: usize) -> Option<i64> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn without_fraction(text: &str) -> Option<&str> {
    let Some(fraction) = text.strip_prefix(['.', ',']) else { return Some(text) };
    let rest = fraction.trim_start_matches(|character: char| character.is_ascii_digit());
    (rest.len() < fraction.len()).then_some(rest)
}

/// The seconds by which a zone is ahead.
fn zone(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    (hours <= 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let years_before = year - 1;
    let days = years_before * 365 + years_before / 4 - years_before / 100 + years_before / 400;
    let in_year: i64 = (1..month).map(|month| days_in(year, month)).sum();
    days + in_year + day - 1 - 719_162
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        let table = [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2099-01-01T00:00:00Z", Some(4_070_908_800)),
            ("2024-02-29T12:00:00.5+01:30", Some(1_709_202_600)),
            ("4070908800", Some(4_070_908_800)),
            ("2023-02-29T00:00:00Z", None),
            ("2026-01-01T00:00:00Z", Some(SURELY_PAST)),
            ("2026-01-01T0:00:00Z", Some(SURELY_PAST)),
            ("2026-01-01T00:0:00Z", None),
            ("2026-01-01", None),
            ("tomorrow", None),
            ("é026-01-01T00:00:00Z", None),
        ];
        for (text, expected) in table {
            assert_eq!(moment(text), expected, "{text}");
        }
    }
}
