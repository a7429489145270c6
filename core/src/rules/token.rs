//! Rules about the server's own token, as its lookup shows it.

mod capabilities;
mod life;
mod lookup;
mod validate;

use super::Rule;

/// The family, in the order of the codes.
pub(super) static RULES: &[&Rule] = &[
    &lookup::REFUSED_LOOKUP,
    &lookup::UNDECODABLE_LOOKUP,
    &validate::NOT_RENEWABLE_TOKEN,
    &validate::ZERO_CREATION_TTL,
    &validate::EXPIRED_TOKEN,
    &validate::TOKEN_WITHOUT_ROLE,
    &validate::NOT_RENEWABLE_ROOT,
    &validate::EXPIRED_ROOT,
    &capabilities::MISSING_CAPABILITY,
    &lookup::MORTAL_TOKEN,
    &life::CHILD_TOKEN,
    &life::TOKEN_WITHOUT_PERIOD,
];
