//! What a token may do on paths: `sys/capabilities`.

use std::io;
use std::sync::Arc;

use nomad_vault_core::DocumentId;
use nomad_vault_core::acl::{Acl, PolicySource};
use nomad_vault_core::model::{Policy, VaultDialect};
use serde_json::{Map, Value, json};

use crate::http::Client;
use crate::question::Question;
use crate::random::Random;

/// What may a token with these policies do on these paths?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AclQuestion {
    /// The policies, at most [`MAX_POLICIES`], each a list of blocks.
    pub policies: Vec<Vec<String>>,
    /// The paths, each once, none empty; at most [`MAX_PATHS`].
    pub paths: Vec<String>,
}

/// For each number of policies there is one token, whose policies are written anew in place.
pub const MAX_POLICIES: usize = 4;

/// The server reads at most 1,000 strings of a body.
pub const MAX_PATHS: usize = 990;

/// A share of the paths is made of the rules, the rest of the same words.
const PATHS_PER_QUESTION: usize = 120;

const WORDS: [&str; 14] =
    ["a", "b", "ab", "abc", "x", "secret", "data", "b", "a", "é", "a.b", "-", "A", "aa"];

const CAPABILITIES: [&str; 8] = ["create", "read", "update", "delete", "list", "sudo", "patch", "scan"];

fn policy_name(index: usize) -> String {
    format!("oracle-acl-{index}")
}

fn token(policies: usize) -> String {
    format!("acl-{policies}")
}

impl AclQuestion {
    fn text(&self, policy: usize) -> String {
        self.policies.get(policy).map(|blocks| blocks.join("\n")).unwrap_or_default()
    }
}

impl Question for AclQuestion {
    const KIND: &'static str = "acl";

    fn prepare(client: &mut Client) -> io::Result<()> {
        for count in 1..=MAX_POLICIES {
            let policies: Vec<String> = (0..count).map(policy_name).collect();
            // Without `default`, whose templates make each answer slow.
            let body = json!({ "id": token(count), "policies": policies, "no_default_policy": true });
            client.send("POST", "auth/token/create-orphan", &body.to_string())?;
        }
        Ok(())
    }

    fn random(random: &mut Random) -> Self {
        let count = if random.chance(50) { 1 } else { 1 + random.below(MAX_POLICIES) };
        let mut rules: Vec<String> = Vec::new();
        let mut policies = Vec::new();
        for _ in 0..count {
            let most = if random.chance(20) { 24 } else { 6 };
            let blocks = (0..=random.below(most)).map(|_| {
                // A rule that is nearly another one tells more than a new one.
                let path = if !rules.is_empty() && random.chance(60) {
                    let near = rules[random.below(rules.len())].clone();
                    near_rule(&near, random)
                } else {
                    rule_path(random)
                };
                let path = path.replace("+*", "+/*");
                rules.push(path.clone());
                block(&path, random)
            });
            policies.push(blocks.collect());
        }
        let mut paths: Vec<String> = (0..PATHS_PER_QUESTION).map(|_| request_path(&rules, random)).collect();
        paths.sort();
        paths.dedup();
        Self { policies, paths }
    }

    fn checks(&self) -> usize {
        self.paths.len()
    }

    fn ask(&self, client: &mut Client) -> io::Result<Value> {
        for policy in 0..self.policies.len() {
            let body = json!({ "policy": self.text(policy) }).to_string();
            let written = client.send("PUT", &format!("sys/policies/acl/{}", policy_name(policy)), &body)?;
            if written.status != 204 {
                return Ok(json!({ "refused": policy }));
            }
        }
        let body = json!({ "token": token(self.policies.len()), "paths": self.paths }).to_string();
        let answer = client.send("POST", "sys/capabilities", &body)?;
        let data = &answer.body["data"];
        let answers = self.paths.iter().map(|path| (path.clone(), data[path.as_str()].clone()));
        Ok(Value::Object(answers.collect::<Map<_, _>>()))
    }

    fn judge(&self) -> Vec<Value> {
        let mut sources = Vec::new();
        for index in 0..self.policies.len() {
            let policy = Policy::parse(&self.text(index), VaultDialect::OPENBAO_2_7);
            if !policy.is_accepted() {
                return vec![json!({ "refused": index })];
            }
            let (name, document) = (policy_name(index), DocumentId(index as u32));
            sources.push(PolicySource { name, document, policy: Arc::new(policy) });
        }
        let acl = Acl::new(sources, VaultDialect::OPENBAO_2_7);
        let answers = self.paths.iter().map(|path| {
            let mut names: Vec<&str> = acl
                .capabilities(path)
                .iter()
                .flat_map(|set| set.iter())
                .map(|capability| capability.as_str())
                .collect();
            names.sort_unstable();
            (path.clone(), if names.is_empty() { json!(["deny"]) } else { json!(names) })
        });
        vec![Value::Object(answers.collect::<Map<_, _>>())]
    }

    fn simpler(&self) -> Vec<Self> {
        let mut simpler = Vec::new();
        let half = self.paths.len() / 2;
        if half > 0 {
            for paths in [&self.paths[..half], &self.paths[half..]] {
                simpler.push(Self { paths: paths.to_vec(), ..self.clone() });
            }
        }
        for policy in 0..self.policies.len() {
            if self.policies.len() > 1 {
                let mut fewer = self.clone();
                fewer.policies.remove(policy);
                simpler.push(fewer);
            }
            for block in 0..self.policies[policy].len() {
                if self.policies[policy].len() > 1 {
                    let mut fewer = self.clone();
                    fewer.policies[policy].remove(block);
                    simpler.push(fewer);
                }
            }
        }
        simpler
    }

    fn to_json(&self) -> Value {
        json!({ "policies": self.policies, "paths": self.paths })
    }

    fn from_json(value: &Value) -> Option<Self> {
        let texts = |value: &Value| -> Option<Vec<String>> {
            value.as_array()?.iter().map(|text| Some(text.as_str()?.to_owned())).collect()
        };
        let policies: Option<Vec<_>> = value["policies"].as_array()?.iter().map(texts).collect();
        Some(Self { policies: policies?, paths: texts(&value["paths"])? })
    }
}

fn rule_path(random: &mut Random) -> String {
    let mut segments: Vec<String> = Vec::new();
    for _ in 0..=random.below(4) {
        let segment = match random.below(20) {
            0..8 => "+".to_owned(),
            8 => String::new(),
            9 => format!("+{}", random.pick(&WORDS)),
            10 => format!("{}+", random.pick(&WORDS)),
            11 => format!("{}*", random.pick(&WORDS)),
            _ => random.pick(&WORDS).to_owned(),
        };
        segments.push(segment);
    }
    let mut path = segments.join("/");
    match random.below(10) {
        0..3 => path.push('*'),
        3 => path.push('/'),
        4 => path.push_str("/*"),
        5 => path.insert(0, '/'),
        _ => {}
    }
    if random.chance(2) { random.pick(&["", "*", "+", "/", "+/*", "**"]).to_owned() } else { path }
}

/// The same path with one character more, less or changed.
fn near_rule(path: &str, random: &mut Random) -> String {
    let mut characters: Vec<char> = path.chars().collect();
    let place = random.below(characters.len() + 1);
    match random.below(5) {
        0 => {}
        1 if place < characters.len() => {
            characters.remove(place);
        }
        2 if place < characters.len() => characters[place] = pick_character(random),
        3 => characters.push(random.pick(&["*", "/"]).chars().next().unwrap_or('*')),
        _ => characters.insert(place, pick_character(random)),
    }
    characters.into_iter().collect()
}

fn pick_character(random: &mut Random) -> char {
    random.pick(&["+", "/", "*", "a", "b", "/", "+"]).chars().next().unwrap_or('+')
}

fn block(path: &str, random: &mut Random) -> String {
    let label = Value::from(path);
    let mut lines = Vec::new();
    if random.chance(10) {
        lines.push(format!("policy = \"{}\"", random.pick(&["read", "write", "sudo", "deny"])));
    }
    if lines.is_empty() || random.chance(50) {
        let mut names: Vec<&str> = CAPABILITIES.into_iter().filter(|_| random.chance(35)).collect();
        if random.chance(12) {
            names.push("deny");
        }
        lines.push(format!("capabilities = {}", json!(names)));
    }
    format!("path {label} {{ {} }}", lines.join("\n  "))
}

/// A path that a rule may match, or nearly; never empty.
fn request_path(rules: &[String], random: &mut Random) -> String {
    let mut path = if rules.is_empty() || random.chance(15) {
        let segments: Vec<&str> = (0..=random.below(4)).map(|_| random.pick(&WORDS)).collect();
        segments.join("/")
    } else {
        let rule = &rules[random.below(rules.len())];
        let segments: Vec<String> = rule.split('/').map(|segment| filled(segment, random)).collect();
        segments.join("/")
    };
    match random.below(12) {
        0..3 => path.push('/'),
        3 => path.push_str(&format!("/{}", random.pick(&WORDS))),
        4 => {
            path.pop();
        }
        5 => path = near_rule(&path, random),
        6 => path.insert(0, '/'),
        _ => {}
    }
    // The server trims elements, refuses empty ones, and has another meaning for this name.
    let path = path.trim();
    let is_empty = path.trim_start_matches('/').is_empty();
    if is_empty || path == "capabilities" { "a".to_owned() } else { path.to_owned() }
}

fn filled(segment: &str, random: &mut Random) -> String {
    match segment {
        "+" if random.chance(90) => {
            if random.chance(8) {
                String::new()
            } else {
                random.pick(&WORDS).to_owned()
            }
        }
        _ => match segment.strip_suffix('*') {
            Some(start) if random.chance(85) => {
                let more = ["", "a", "/a", "b/c", "/", "/a/b"];
                format!("{start}{}", random.pick(&more))
            }
            _ => segment.to_owned(),
        },
    }
}
