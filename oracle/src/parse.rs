//! Whether a policy is taken, and what the server says to one that is not.

use std::io;

use nomad_vault_core::model::{Policy, VaultDialect};
use serde_json::{Value, json};

use crate::http::Client;
use crate::question::Question;
use crate::random::Random;

/// Is this policy taken?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseQuestion {
    /// Its text.
    pub text: String,
}

const NAME: &str = "oracle-parse";

/// Policies of the recorded corpus, to be damaged.
const RECORDED: &str = include_str!("../../tests/corpus/vault-policy-parse-facts.json");

/// Pieces that a policy is made of, right and wrong ones.
const PIECES: [&str; 64] = [
    "path",
    "\"a/*\"",
    "\"secret/+/x\"",
    "{",
    "}",
    "[",
    "]",
    "=",
    ",",
    "\n",
    " ",
    "capabilities",
    "\"read\"",
    "\"deny\"",
    "\"bogus\"",
    "policy",
    "\"write\"",
    "name",
    "\"n\"",
    "allowed_parameters",
    "denied_parameters",
    "required_parameters",
    "min_wrapping_ttl",
    "max_wrapping_ttl",
    "\"1m\"",
    "\"x\"",
    "60",
    "-5",
    "1.5",
    "true",
    "null",
    "pagination_limit",
    "expiration",
    "\"2020-01-01T00:00:00Z\"",
    "\"2999-01-01T00:00:00Z\"",
    "comment",
    "mfa_methods",
    "control_group",
    "factor",
    "list_scan_response_keys_filter_path",
    "\"{{ .path }}\"",
    "\"{{identity.entity.id}}/x\"",
    "\"{{\"",
    "subscribe_event_types",
    "# c\n",
    "// c\n",
    "/* c */",
    "<<EOF\nx\nEOF\n",
    "<<-EOF\n  x\n  EOF\n",
    "${x}",
    "\"${ \"a\" }\"",
    "\"\\n\"",
    "\"\\x41\"",
    "\"\\q\"",
    "'a'",
    ":",
    "\"a+*\"",
    "\"+\"",
    "\"\"",
    "\r\n",
    "\u{a0}",
    "path \"b\" {}",
    "0x10",
    "a-b.c",
];

/// Values of keys.
const VALUES: [&str; 26] = [
    "[\"read\"]",
    "[\"read\", \"deny\"]",
    "[\"deny\", \"bogus\"]",
    "[\"bogus\"]",
    "[]",
    "[1]",
    "[true]",
    "\"read\"",
    "\"write\"",
    "\"deny\"",
    "\"x\"",
    "\"\"",
    "60",
    "\"60\"",
    "\"1d\"",
    "-1",
    "1.5",
    "\"1h\"",
    "true",
    "{ a = [] }",
    "{ a = [\"b\", 5] }",
    "{ \"a b\" = [\"x\"] }",
    "[\"A\", \"b\"]",
    "{}",
    "\"2020-01-01T00:00:00Z\"",
    "\"2999-01-01T00:00:00Z\"",
];

const KEYS: [&str; 17] = [
    "capabilities",
    "capabilities",
    "capabilities",
    "policy",
    "allowed_parameters",
    "denied_parameters",
    "required_parameters",
    "min_wrapping_ttl",
    "max_wrapping_ttl",
    "pagination_limit",
    "expiration",
    "comment",
    "mfa_methods",
    "name",
    "Capabilities",
    "bogus",
    "list_scan_response_keys_filter_path",
];

const LABELS: [&str; 14] = [
    "a",
    "a/*",
    "+/b",
    "a+*",
    "",
    "/",
    "{{identity.entity.name}}/x",
    "{{",
    "a}}",
    "secret/data/*",
    "+*",
    "a/+/b",
    "**",
    "é",
];

impl ParseQuestion {
    fn policy(&self) -> Policy {
        Policy::parse(&self.text, VaultDialect::OPENBAO_2_7)
    }
}

impl Question for ParseQuestion {
    const KIND: &'static str = "parse";

    fn prepare(_client: &mut Client) -> io::Result<()> {
        Ok(())
    }

    fn random(random: &mut Random) -> Self {
        let mut text = match random.below(3) {
            0 => recorded(random),
            _ => composed(random),
        };
        if random.chance(50) {
            for _ in 0..=random.below(3) {
                text = damaged(&text, random);
            }
        }
        Self { text }
    }

    fn ask(&self, client: &mut Client) -> io::Result<Value> {
        let body = json!({ "policy": self.text }).to_string();
        let written = client.send("PUT", &format!("sys/policies/acl/{NAME}"), &body)?;
        if written.status == 204 {
            return Ok(json!({ "accepted": true }));
        }
        // The core does not have the words of the server's scanner, only its verdict.
        let has_words = !self.policy().has_syntax_errors;
        let error = has_words.then(|| written.texts("errors").join("\n"));
        Ok(json!({ "accepted": false, "error": error }))
    }

    fn judge(&self) -> Vec<Value> {
        let policy = self.policy();
        if policy.is_accepted() {
            return vec![json!({ "accepted": true })];
        }
        let error = if policy.has_syntax_errors { None } else { policy.server_error(&self.text) };
        vec![json!({ "accepted": false, "error": error })]
    }

    fn simpler(&self) -> Vec<Self> {
        let characters: Vec<char> = self.text.chars().collect();
        let mut simpler = Vec::new();
        let mut length = characters.len() / 2;
        while length > 0 {
            let mut start = 0;
            while start < characters.len() {
                let end = (start + length).min(characters.len());
                let rest = characters[..start].iter().chain(&characters[end..]);
                simpler.push(Self { text: rest.collect() });
                start = end;
            }
            length /= 2;
        }
        simpler
    }

    fn to_json(&self) -> Value {
        json!({ "text": self.text })
    }

    fn from_json(value: &Value) -> Option<Self> {
        Some(Self { text: value["text"].as_str()?.to_owned() })
    }
}

/// Is this policy taken, whatever the server says to one that is not?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerdictQuestion(ParseQuestion);

impl Question for VerdictQuestion {
    const KIND: &'static str = "verdict";

    fn prepare(client: &mut Client) -> io::Result<()> {
        ParseQuestion::prepare(client)
    }

    fn random(random: &mut Random) -> Self {
        Self(ParseQuestion::random(random))
    }

    fn ask(&self, client: &mut Client) -> io::Result<Value> {
        Ok(self.0.ask(client)?["accepted"].take())
    }

    fn judge(&self) -> Vec<Value> {
        self.0.judge().iter_mut().map(|answer| answer["accepted"].take()).collect()
    }

    fn simpler(&self) -> Vec<Self> {
        self.0.simpler().into_iter().map(Self).collect()
    }

    fn to_json(&self) -> Value {
        self.0.to_json()
    }

    fn from_json(value: &Value) -> Option<Self> {
        ParseQuestion::from_json(value).map(Self)
    }
}

fn recorded(random: &mut Random) -> String {
    let rows: Vec<Value> = serde_json::from_str(RECORDED).unwrap_or_default();
    let row = &rows[random.below(rows.len())];
    let text = row["policy"].as_str().or_else(|| row["text"].as_str()).unwrap_or_default();
    // This one closes the connection, and a nest of objects would take the server's memory.
    if text.contains("\\777") || text.len() > 20_000 { String::new() } else { text.to_owned() }
}

fn composed(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..=random.below(3) {
        if random.chance(10) {
            let (key, value) = (random.pick(&KEYS), random.pick(&VALUES));
            text.push_str(&format!("{key} = {value}\n"));
            continue;
        }
        let label = Value::from(random.pick(&LABELS)).to_string();
        text.push_str(&format!("path {label} {{\n"));
        for _ in 0..random.below(4) {
            let key = random.pick(&KEYS);
            let value = if key == "capabilities" && random.chance(60) {
                "[\"read\", \"list\"]"
            } else {
                random.pick(&VALUES)
            };
            let equals = if value.starts_with('{') && random.chance(50) { " " } else { " = " };
            text.push_str(&format!("  {key}{equals}{value}\n"));
        }
        text.push_str("}\n");
    }
    text
}

fn damaged(text: &str, random: &mut Random) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let place = random.below(characters.len() + 1);
    match random.below(4) {
        0 if place < characters.len() => {
            characters.remove(place);
        }
        1 => {
            let end = (place + 1 + random.below(8)).min(characters.len());
            let copied: Vec<char> = characters[place..end].to_vec();
            let at = random.below(characters.len() + 1);
            characters.splice(at..at, copied);
        }
        2 => {
            let end = (place + 1 + random.below(8)).min(characters.len());
            characters.drain(place..end);
        }
        _ => {
            let piece = random.pick(&PIECES);
            characters.splice(place..place, piece.chars());
        }
    }
    characters.into_iter().collect()
}
