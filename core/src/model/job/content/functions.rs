//! The functions that templates may call, and which Nomad has them.

use crate::model::Version;

/// Which releases of Nomad have a template function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionRelease {
    /// The last release that is known to lack it.
    pub lacking: Option<Version>,
    /// The first release that is known to have lost it.
    pub lost: Option<Version>,
}

/// Go's own functions, and those that consul-template has had since before Nomad 0.5.0.
const ALWAYS: &str = "add and byKey byTag call contains datacenters divide env eq explode file ge gt html in index \
                      join js key le len loop ls lt multiply ne node nodes not or parseBool parseFloat parseInt \
                      parseJSON parseUint plugin print printf println regexMatch regexReplaceAll replaceAll secret \
                      secrets service services slice split subtract timestamp toJSON toJSONPretty toLower toTOML \
                      toTitle toUpper toYAML tree trimSpace urlquery";

/// Nomad 0.5.2 has consul-template of before 0.18, Nomad 0.11.0 has 0.24.1, 1.1.3 has 0.25.2, and 1.3.0 has 0.29.0.
/// Which releases between them got a newer one is not known, so that only these count.
const BEFORE_0_18: Version = Version::new(0, 5, 2);
const WITH_0_24: Version = Version::new(0, 11, 0);
const WITH_0_25: Version = Version::new(1, 1, 3);
const WITH_0_29: Version = Version::new(1, 3, 0);

/// Later functions, with the last release that is known to lack them.
const LATER: [(Version, &str); 4] = [
    // 0.18.0 to 0.24.1.
    (
        BEFORE_0_18,
        "base64Decode base64Encode base64URLDecode base64URLEncode byMeta caLeaf caRoots connect containsAll \
         containsAny containsNone containsNotAll executeTemplate explodeMap indent keyExists keyOrDefault modulo \
         safeLs safeTree scratch sockaddr",
    ),
    // 0.25.0.
    (WITH_0_24, "maximum minimum parseYAML sha256Hex"),
    // 0.26.0 to 0.29.0.
    (
        WITH_0_25,
        "envOrDefault md5sum mergeMap mergeMapWithOverride nomadService nomadServices pkiCert spew_dump spew_printf \
         spew_sdump spew_sprintf toUnescapedJSON toUnescapedJSONPretty trim trimPrefix trimSuffix writeToFile",
    ),
    // Later than that.
    (
        WITH_0_29,
        "byPort exportedServices hmacSHA256Hex importedServices mustEnv nomadVar nomadVarExists nomadVarList \
         nomadVarListSafe partitions peerings splitToMap",
    ),
];

/// Functions that consul-template 0.18 and 0.19 gave up.
const LOST: &str = "key_exists key_or_default vault";
/// A release that has a later consul-template.
const FIRST_WITHOUT_LOST: Version = Version::new(0, 11, 0);

fn names(list: &'static str) -> std::str::Split<'static, char> {
    list.split(' ')
}

fn has(list: &'static str, name: &str) -> bool {
    names(list).any(|known| known == name)
}

pub(super) fn is_in_every_release(name: &str) -> bool {
    has(ALWAYS, name)
}

/// Which releases have a function; `None` when none is known to.
pub fn function_release(name: &str) -> Option<FunctionRelease> {
    if has(LOST, name) {
        return Some(FunctionRelease { lacking: None, lost: Some(FIRST_WITHOUT_LOST) });
    }
    let lacking = if name.starts_with("sprig_") {
        Some(WITH_0_25)
    } else if let Some((lacking, _)) = LATER.iter().find(|(_, list)| has(list, name)) {
        Some(*lacking)
    } else if is_in_every_release(name) {
        None
    } else {
        return None;
    };
    Some(FunctionRelease { lacking, lost: None })
}

/// The functions that a release is not known to lack.
pub fn known_functions(nomad: Version) -> Vec<&'static str> {
    let mut known: Vec<&str> = names(ALWAYS).collect();
    for (lacking, list) in LATER {
        if nomad > lacking {
            known.extend(names(list));
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_have_their_releases() {
        for (name, expected) in [
            ("toYAML", Some((None, None))),
            ("pkiCert", Some((Some(WITH_0_25), None))),
            ("sprig_upper", Some((Some(WITH_0_25), None))),
            ("vault", Some((None, Some(FIRST_WITHOUT_LOST)))),
            ("secert", None),
            ("", None),
        ] {
            let release = function_release(name).map(|it| (it.lacking, it.lost));
            assert_eq!(release, expected, "{name}");
        }
        assert!(!known_functions(Version::new(1, 3, 0)).contains(&"mustEnv"));
    }
}
