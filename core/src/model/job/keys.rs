//! The keys of a block, by the names of HCL and of the JSON API.

use super::Attribute;
use crate::model::Version;

/// A key that a block of type `B` may have.
#[derive(Clone, Copy, Debug)]
pub struct BlockKey<B> {
    /// The name in HCL.
    pub name: &'static str,
    /// The name in the JSON of Nomad's API.
    pub json_name: &'static str,
    /// The first release that knows the key.
    pub since: Version,
    pub(super) slot: fn(&mut B) -> &mut Option<Attribute>,
}

pub(super) const fn key<B>(
    name: &'static str,
    json_name: &'static str,
    since: &str,
    slot: fn(&mut B) -> &mut Option<Attribute>,
) -> BlockKey<B> {
    let since = match Version::parse(since) {
        Some(since) => since,
        None => Version::new(0, 0, 0),
    };
    BlockKey { name, json_name, since, slot }
}
