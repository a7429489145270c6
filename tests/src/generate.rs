//! Documents of any size, and damaged ones: the same on every run.

/// A small generator of numbers (xorshift64*), so that every run makes the same documents.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The sequence that belongs to `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// The next number below `limit`; 0 when `limit` is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        number as usize % limit.max(1)
    }

    /// One of the values.
    pub fn pick<'a, T>(&mut self, values: &'a [T]) -> &'a T {
        &values[self.below(values.len())]
    }
}

/// What damages documents most: what opens, closes, quotes, ends lines, and odd characters.
pub const TOKENS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "'",
    "=",
    ":",
    ",",
    ";",
    ".",
    "\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    "#",
    "//",
    "/*",
    "*/",
    "<<EOF\n",
    "<<-EOF\n",
    "EOF\n",
    "<<",
    "${",
    "%{",
    "$${",
    "}\n",
    "\\",
    "\\u12",
    "\\ud83d",
    "\\ude00",
    "\\x41",
    "\\101",
    "\\\"",
    "\u{feff}",
    "\0",
    "\u{a0}",
    "é",
    "𝄞",
    "\u{2028}",
    "0",
    "010",
    "0x1f",
    "1e400",
    "-",
    "-1",
    ".5",
    "9223372036854775808",
    "true",
    "false",
    "null",
    "path",
    "path \"a\" {",
    "capabilities = [\"read\"]",
    "vault {",
    "policies = [",
    "job \"j\" {",
    "template {",
    "\"renewable\": true",
    "\"period\": 259200",
    "\"allowed_policies\": [",
    "\"data\": {",
    "# nomad-vault: ignore SYN001 -- because\n",
    "if x { y } else",
    "for k, v in",
    "? :",
    "a.b",
    "a[0]",
    "f(",
];

/// Changes a text in one to four places: cuts, repeats, exchanges and inserts.
pub fn mutate(text: &str, random: &mut Random) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=random.below(4) {
        let start = random.below(chars.len() + 1);
        let end = (start + random.below(12)).min(chars.len());
        match random.below(7) {
            0 => drop(chars.drain(start..end)),
            1 => drop(chars.splice(start..end, random.pick(TOKENS).chars())),
            2 | 3 => drop(chars.splice(start..start, random.pick(TOKENS).chars())),
            4 => drop(chars.splice(start..start, chars[start..end].to_vec())),
            5 => chars.truncate(start),
            _ => {
                if let Some(character) = chars.get_mut(start) {
                    *character =
                        *random.pick(&['"', '{', '}', '[', ']', '\\', '\n', ',', '=', ' ', '0', 'é']);
                }
            }
        }
    }
    chars.into_iter().collect()
}

/// A text made of `count` pieces of [`TOKENS`].
pub fn soup(count: usize, random: &mut Random) -> String {
    (0..count).map(|_| *random.pick(TOKENS)).collect()
}

/// Templates of `path` blocks; `{n}` is a running number.
const PATHS: &[&str] = &[
    "# Team {n} reads its own secrets\npath \"secret/data/team-{n}/*\" {\n  capabilities = [\"read\", \"list\"]\n}\n\n",
    "path \"auth/token/create/service-{n}\" {\n    capabilities = [\"create\", \"update\"]\n}\n\n",
    "path \"database/creds/app-{n}\"\n{\n  capabilities = [\"read\"]\n}\n\n",
    "/* signing keys\n   of service {n} */\npath \"transit/sign/service-{n}\" {\n  capabilities = [\"update\"]\n  allowed_parameters = {\n    \"hash_algorithm\" = [\"sha2-256\", \"sha2-512\"]\n    \"input\" = []\n  }\n}\n\n",
    "path \"pki_int/issue/web-{n}\" { capabilities = [\"create\", \"update\"] }\n\n",
    "path \"sys/mounts/team-{n}\" {\n  policy = \"write\"\n  min_wrapping_ttl = \"90s\"\n  max_wrapping_ttl = 3600\n}\n\n",
];

/// A policy of at least `bytes` bytes, as people write them.
pub fn policy(bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 512);
    let mut number = 0;
    while text.len() < bytes {
        let template = PATHS[number % PATHS.len()];
        text.push_str(&template.replace("{n}", &number.to_string()));
        number += 1;
    }
    text
}

const JOB_HEAD: &str = "# The web shop\njob \"shop\" {\n  datacenters = [\"dc1\", \"dc2\"]\n  type = \"service\"\n\n  constraint {\n    attribute = \"${attr.vault.version}\"\n    operator  = \"version\"\n    value     = \">= 0.6.1\"\n  }\n\n";

const GROUP: &str = "  group \"part-{n}\" {\n    count = 2\n\n    task \"server-{n}\" {\n      driver = \"docker\"\n\n      config {\n        image = \"registry.example.com/shop/part-{n}:1.4.2\"\n        args = [\"-config\", \"/local/server.json\", \"-verbose\"]\n      }\n\n      vault {\n        policies      = [\"part-{n}\", \"shop-common\"]\n        change_mode   = \"signal\"\n        change_signal = \"SIGHUP\"\n      }\n\n      template {\n        data = <<EOH\n{{ with secret \"database/creds/part-{n}\" }}\nDB_USER={{ .Data.username }}\nDB_PASSWORD={{ .Data.password }}\n{{ end }}\nEOH\n        destination = \"secrets/db.env\"\n        env         = true\n      }\n\n      resources {\n        cpu    = 500 # MHz\n        memory = 256 # MB\n      }\n    }\n  }\n\n";

/// A job of at least `bytes` bytes that every Nomad reads.
pub fn job(bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 2_048);
    text.push_str(JOB_HEAD);
    let mut number = 0;
    while text.len() + 2 < bytes || number == 0 {
        text.push_str(&GROUP.replace("{n}", &number.to_string()));
        number += 1;
    }
    text.push_str("}\n");
    text
}

/// A token role of at least `bytes` bytes: its list of policies is as long as that needs.
pub fn role(bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 128);
    text.push_str("{\n  \"allowed_policies\": [\n    \"nomad-server\"");
    let mut number = 0;
    while text.len() + 96 < bytes {
        text.push_str(&format!(",\n    \"team-{number}-deploy\""));
        number += 1;
    }
    text.push_str("\n  ],\n  \"explicit_max_ttl\": 0,\n  \"orphan\": false,\n  \"period\": 259200,\n");
    text.push_str("  \"renewable\": true\n}\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_have_the_size_asked_for() {
        for bytes in [1_000, 18_000] {
            for text in [policy(bytes), job(bytes), role(bytes)] {
                assert!((bytes - 200..bytes + 2_000).contains(&text.len()), "{} for {bytes}", text.len());
            }
        }
    }

    #[test]
    fn a_seed_gives_the_same_damage_every_time() {
        let damaged = |seed| mutate("path \"a\" {}", &mut Random::new(seed));
        assert_eq!(damaged(7), damaged(7));
        assert!((0..20).any(|seed| damaged(seed) != damaged(seed + 20)));
    }
}
