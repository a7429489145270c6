//! How long tokens live (`framework.CalculateTTL` of the server).

use thiserror::Error;

use crate::model::{NANOSECONDS_PER_SECOND, Seconds};

/// What the life of a lease is reckoned from, all in nanoseconds; 0 is "not given".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LeaseTerms {
    /// The server's longest lease.
    pub(super) max_lease: i64,
    /// The server's usual lease.
    pub(super) default_lease: i64,
    /// What a renewal asks for.
    pub(super) increment: i64,
    /// What the creation asked for, or the last life.
    pub(super) ttl: i64,
    /// The period.
    pub(super) period: i64,
    /// The longest life after the issue.
    pub(super) explicit_max: i64,
    /// How long ago it was issued.
    pub(super) age: i64,
}

/// A life in nanoseconds, and what the server warns of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Life {
    pub(super) ttl: i64,
    pub(super) warnings: Vec<String>,
}

/// The life of a lease; `None` when it has lived as long as it may.
pub(super) fn life(terms: &LeaseTerms) -> Option<Life> {
    let LeaseTerms { increment, ttl, period, explicit_max, age, .. } = *terms;
    let cap = if explicit_max > 0 { terms.max_lease.min(explicit_max) } else { terms.max_lease };
    let mut warnings = Vec::new();
    let (mut life, limit) = if period > 0 {
        if period > cap {
            warnings.push(format!(
                "period of {:?} exceeded the effective max_ttl of {:?}; period value is capped accordingly",
                printed(period),
                printed(cap)
            ));
        }
        (period.min(cap), (explicit_max > 0).then_some(explicit_max))
    } else {
        let asked = [increment, ttl].into_iter().find(|ttl| *ttl > 0);
        (asked.unwrap_or(terms.default_lease), Some(cap))
    };
    if let Some(limit) = limit {
        let left = limit.saturating_sub(age);
        if left <= 0 {
            return None;
        }
        if life > left {
            warnings.push(format!(
                "TTL of {:?} exceeded the effective max_ttl of {:?}; TTL value is capped accordingly",
                printed(life),
                printed(left)
            ));
            life = left;
        }
    }
    Some(Life { ttl: life, warnings })
}

/// A duration as the server prints it for people: `72h`, `1m30s`, `1.5s`, `500ms`.
pub(super) fn printed(nanoseconds: i64) -> String {
    let fraction = nanoseconds % NANOSECONDS_PER_SECOND;
    let seconds = nanoseconds / NANOSECONDS_PER_SECOND;
    if fraction == 0 {
        return Seconds(seconds).to_string();
    }
    if seconds == 0 {
        let units = [(1_000_000, "ms"), (1_000, "µs")];
        let (unit, name) = units.into_iter().find(|(unit, _)| fraction >= *unit).unwrap_or((1, "ns"));
        return format!("{}{name}", decimal(fraction / unit, fraction % unit, unit));
    }
    let minutes = seconds / 60 * 60;
    let rest = decimal(seconds % 60, fraction, NANOSECONDS_PER_SECOND);
    match (minutes, seconds % 60) {
        (0, _) => format!("{rest}s"),
        // Go keeps the zero minutes of `1h0m0.5s`; the server cuts them out.
        _ => format!("{}{rest}s", Seconds(minutes)),
    }
}

/// `whole` and `part / unit` as a decimal number without zeros at its end.
fn decimal(whole: i64, part: i64, unit: i64) -> String {
    if part == 0 {
        return whole.to_string();
    }
    let width = unit.ilog10() as usize;
    let digits = format!("{part:0width$}");
    format!("{whole}.{}", digits.trim_end_matches('0'))
}

/// What a renewal of a service token is reckoned from. Durations are in seconds.
///
/// A token made from a role takes `period` and `explicit_max_ttl` of the role as it is *now*, and nothing else;
/// one without a role those of its own creation (measured on OpenBao 2.7.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// Whether the token is renewable.
    pub is_renewable: bool,
    /// Whether it is a batch token.
    pub is_batch: bool,
    /// What is asked for; 0 leaves it to the server.
    pub increment: i64,
    /// What the creation or the last renewal gave.
    pub last_ttl: i64,
    /// The period; 0 is none.
    pub period: i64,
    /// The longest life after the issue; 0 is none.
    pub explicit_max_ttl: i64,
    /// How long ago the token was issued.
    pub age: i64,
    /// The server's longest lease.
    pub max_lease_ttl: i64,
    /// The server's usual lease.
    pub default_lease_ttl: i64,
}

/// What a renewal gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenewedTtl {
    /// How long the token lives from now on, in seconds.
    pub ttl: i64,
    /// What the server warns of, in its words.
    pub warnings: Vec<String>,
}

/// Why a token is not renewed; printed with the server's own words.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum RenewalRefusal {
    /// Batch tokens have no lease.
    #[error("batch tokens cannot be renewed")]
    Batch,
    /// The token was made not renewable, or is a root token without end.
    #[error("lease is not renewable")]
    NotRenewable,
    /// It has lived as long as it may.
    #[error("past the max TTL, cannot renew")]
    PastMaxTtl,
}

/// How long a token lives after its renewal: a periodic token always its period, whatever is asked for; any other
/// what is asked for, else what it had (so that a small increment shortens it for good). Both end with the
/// explicit max TTL after the issue, the second also with the server's longest lease.
///
/// # Errors
/// When the server refuses to renew.
pub fn renewed_ttl(renewal: &Renewal) -> Result<RenewedTtl, RenewalRefusal> {
    if renewal.is_batch {
        return Err(RenewalRefusal::Batch);
    }
    if !renewal.is_renewable {
        return Err(RenewalRefusal::NotRenewable);
    }
    let life = life(&LeaseTerms {
        max_lease: nanoseconds(renewal.max_lease_ttl),
        default_lease: nanoseconds(renewal.default_lease_ttl),
        increment: nanoseconds(renewal.increment),
        ttl: nanoseconds(renewal.last_ttl),
        period: nanoseconds(renewal.period),
        explicit_max: nanoseconds(renewal.explicit_max_ttl),
        age: nanoseconds(renewal.age),
    });
    let life = life.ok_or(RenewalRefusal::PastMaxTtl)?;
    Ok(RenewedTtl { ttl: life.ttl / NANOSECONDS_PER_SECOND, warnings: life.warnings })
}

pub(super) const fn nanoseconds(seconds: i64) -> i64 {
    seconds.saturating_mul(NANOSECONDS_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RENEWAL: Renewal = Renewal {
        is_renewable: true,
        is_batch: false,
        increment: 0,
        last_ttl: 600,
        period: 0,
        explicit_max_ttl: 0,
        age: 60,
        max_lease_ttl: 2_764_800,
        default_lease_ttl: 2_764_800,
    };

    /// §3.5 of the specification, measured on OpenBao 2.7.2.
    #[test]
    fn renewals_follow_the_server() {
        let table = [
            (RENEWAL, "600"),
            (Renewal { increment: 30, ..RENEWAL }, "30"),
            (Renewal { increment: 9_999_999, ..RENEWAL }, "2764740"),
            (Renewal { period: 259_200, increment: 30, ..RENEWAL }, "259200"),
            (Renewal { period: 3_600, explicit_max_ttl: 7_200, age: 7_000, ..RENEWAL }, "200"),
            (Renewal { explicit_max_ttl: 100, ..RENEWAL }, "40"),
            (Renewal { explicit_max_ttl: 100, age: 100, ..RENEWAL }, "past the max TTL, cannot renew"),
            (Renewal { is_renewable: false, ..RENEWAL }, "lease is not renewable"),
            (Renewal { is_batch: true, ..RENEWAL }, "batch tokens cannot be renewed"),
            (Renewal { increment: i64::MAX, ..RENEWAL }, "2764740"),
        ];
        for (renewal, expected) in table {
            let text =
                renewed_ttl(&renewal).map_or_else(|error| error.to_string(), |life| life.ttl.to_string());
            assert_eq!(text, expected, "{renewal:?}");
        }
    }

    #[test]
    fn durations_are_printed_as_the_server_prints_them() {
        let table = [
            (0, "0s"),
            (nanoseconds(259_200), "72h"),
            (nanoseconds(90), "1m30s"),
            (nanoseconds(3_605), "1h5s"),
            (1_500_000_000, "1.5s"),
            (500_000_000, "500ms"),
            (1_500_000, "1.5ms"),
            (1_500, "1.5µs"),
            (5, "5ns"),
            (nanoseconds(3_600) + 500_000_000, "1h0.5s"),
        ];
        for (duration, expected) in table {
            assert_eq!(printed(duration), expected);
        }
    }
}
