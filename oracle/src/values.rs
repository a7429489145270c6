//! Values for fields, as JSON text: what is right, and what is nearly so.

use serde_json::Value;

use crate::random::Random;

/// What a field takes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Bool,
    Integer,
    Duration,
    Names,
    Globs,
    Text,
    Addresses,
    Suffix,
    RoleType,
    Type,
    Pairs,
    Id,
    Alias,
}

/// Policies; those with a capital, a blank or a comma are not what they seem.
const NAMES: [&str; 17] = [
    "web",
    "db",
    "admin",
    "creator",
    "creator-sudo",
    "team-a",
    "team-b",
    "default",
    "root",
    " WEB ",
    "Admin",
    "nope",
    "a,b",
    "",
    "*",
    "response-wrapping",
    "é ÄÖ\u{a0}\"\\",
];
const GLOBS: [&str; 14] = [
    "team-*", "*", "a*n", "*m*", "web", "def*", "*oo*", "cre*sudo", "TEAM-*", "root", "**", "r*t", "*-*", "",
];
const BOOLS: [&str; 14] = [
    "true", "false", "true", "false", "\"true\"", "\"F\"", "1", "0", "\"\"", "null", "\"yes\"", "2", "[]",
    "1.0",
];
const INTEGERS: [&str; 16] = [
    "0",
    "1",
    "5",
    "3",
    "\"7\"",
    "\"0x10\"",
    "\"010\"",
    "\"1_0\"",
    "-1",
    "null",
    "true",
    "1.5",
    "\"\"",
    "{}",
    "9223372036854775807",
    "99999999999999999999",
];
const DURATIONS: [&str; 34] = [
    "0",
    "60",
    "3600",
    "259200",
    "2764800",
    "2764801",
    "\"1h\"",
    "\"72h\"",
    "\"90m\"",
    "\"1h30m\"",
    "\"3d\"",
    "\"767h59m59s\"",
    "\"768h\"",
    "\"768h1s\"",
    "\"9999h\"",
    "\"10000h\"",
    "\"90s\"",
    "\"3605s\"",
    "\"500ms\"",
    "\"1500ms\"",
    "\"0\"",
    "\"\"",
    "null",
    "\"-5s\"",
    "-5",
    "\"1w\"",
    "\"x\"",
    "1.5",
    "\"1.5h\"",
    "true",
    "[]",
    "1e3",
    "99999999999",
    "\"-1d\"",
];
const TEXTS: [&str; 9] =
    ["\"x\"", "\"\"", "null", "\"a b/c!\"", "5", "1.0", "true", "[\"x\"]", "{\"a\": [1, null]}"];
const SUFFIXES: [&str; 16] = [
    "\"v1x\"",
    "\"v\"",
    "\"v1\"",
    "\"ab/cde\"",
    "\"a..b\"",
    "\"!!abc!!\"",
    "12345",
    "\"\"",
    "null",
    "\"a.b\"",
    "\"---\"",
    "\"_-_\"",
    "\"ab-cd\"",
    "\"é-é-é\"",
    "[]",
    "true",
];
const ROLE_TYPES: [&str; 14] = [
    "\"service\"",
    "\"batch\"",
    "\"default-service\"",
    "\"default-batch\"",
    "\"batch\"",
    "\"service\"",
    "\"default-batch\"",
    "\"default-service\"",
    "\"default\"",
    "\"\"",
    "\"Batch\"",
    "null",
    "[]",
    "\"a\\\"é\"",
];
const TYPES: [&str; 10] = [
    "\"service\"",
    "\"batch\"",
    "\"\"",
    "null",
    "\"service\"",
    "\"batch\"",
    "\"default-batch\"",
    "\"foo\"",
    "5",
    "[]",
];
const ADDRESSES: [&str; 20] = [
    "10.0.0.0/8",
    "127.0.0.1",
    "127.0.0.0/8",
    "10.1.2.3/8",
    "1.2.3.4/32",
    "::1",
    "2001:DB8::/32",
    "1.2.3.4:80",
    "/tmp/x",
    "300.0.0.0/8",
    "nope",
    "",
    "1.2.3.4/33",
    "::ffff:1.2.3.4",
    "1::/128",
    "::/0",
    "1.2.3.4/08",
    "fe80::1%lo",
    "10.0.0.0/ff000000",
    "[::1]:80",
];
const PAIRS: [&str; 8] = [
    "{\"a\": \"b\"}",
    "{\"a\": 1, \"b\": true}",
    "[\"a=b\", \"c=d=e\"]",
    "\"a=b\"",
    "\"x\"",
    "null",
    "{}",
    "[\"=x\"]",
];
const IDS: [&str; 6] = ["\"my-id\"", "\"s.abc\"", "\"a.b\"", "\"\"", "null", "\"hvs.abc\""];
const ALIASES: [&str; 6] = ["\"foo\"", "\"Foo\"", "\"bar1\"", "\"\"", "null", "\"x\""];

/// A value for a field of this kind.
pub(crate) fn value(kind: Kind, random: &mut Random) -> String {
    match kind {
        Kind::Bool => random.pick(&BOOLS).to_owned(),
        Kind::Integer => random.pick(&INTEGERS).to_owned(),
        Kind::Duration => random.pick(&DURATIONS).to_owned(),
        Kind::Names => names(random, &NAMES),
        Kind::Globs => names(random, &GLOBS),
        Kind::Text => random.pick(&TEXTS).to_owned(),
        Kind::Addresses => names(random, &ADDRESSES),
        Kind::Suffix => random.pick(&SUFFIXES).to_owned(),
        Kind::RoleType => random.pick(&ROLE_TYPES).to_owned(),
        Kind::Type => random.pick(&TYPES).to_owned(),
        Kind::Pairs => random.pick(&PAIRS).to_owned(),
        Kind::Id => random.pick(&IDS).to_owned(),
        Kind::Alias => random.pick(&ALIASES).to_owned(),
    }
}

/// A list of names, as JSON or as text with commas; seldom something else.
fn names(random: &mut Random, from: &[&str]) -> String {
    let count = random.below(4);
    let mut names: Vec<&str> = (0..count).map(|_| random.pick(from)).collect();
    if random.chance(3) {
        let odd = [
            "null",
            "5",
            "true",
            "{}",
            "{\"a\": 1}",
            "[[\"a\"], {\"b\": [1.50, \"x y\"]}, 5]",
            "[null, 1, \"web\"]",
        ];
        return random.pick(&odd).to_owned();
    }
    if random.chance(50) {
        return Value::from(names.join(if random.chance(30) { " , " } else { "," })).to_string();
    }
    names.sort_by_key(|_| random.next());
    Value::from(names).to_string()
}
