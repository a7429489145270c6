//! Bodies of requests: JSON objects whose text matters (repeated members, `1e3`), and broken ones.

use serde_json::Value;

use crate::random::Random;

/// A body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Members: names, and values as JSON text.
    Members(Vec<(String, String)>),
    /// A text that may be no JSON.
    Text(String),
}

impl Body {
    /// The text that is sent.
    pub fn text(&self) -> String {
        match self {
            Self::Members(members) => {
                let members: Vec<String> = members
                    .iter()
                    .map(|(name, value)| format!("{}: {value}", Value::from(name.as_str())))
                    .collect();
                format!("{{{}}}", members.join(", "))
            }
            Self::Text(text) => text.clone(),
        }
    }

    /// A member's value as JSON text; the last one counts.
    pub fn last(&self, name: &str) -> Option<&str> {
        match self {
            Self::Members(members) => {
                members.iter().rev().find(|member| member.0 == name).map(|member| member.1.as_str())
            }
            Self::Text(_) => None,
        }
    }

    /// The body with one character taken away, doubled or replaced.
    pub fn damaged(&self, random: &mut Random) -> Self {
        let mut text: Vec<char> = self.text().chars().collect();
        for _ in 0..=random.below(2) {
            let place = random.below(text.len().max(1));
            match random.below(4) {
                0 if !text.is_empty() => {
                    text.remove(place);
                }
                1 => text.truncate(place),
                _ => text.insert(
                    place,
                    random
                        .pick(&["{", "}", "[", "]", ",", ":", "\"", "x", "1", "-", "\\"])
                        .chars()
                        .next()
                        .unwrap_or(' '),
                ),
            }
        }
        Self::Text(text.into_iter().collect())
    }

    /// Bodies with one member less, or with a simpler value.
    pub fn simpler(&self) -> Vec<Self> {
        let mut simpler = Vec::new();
        match self {
            Self::Members(members) => {
                for index in 0..members.len() {
                    let mut fewer = members.clone();
                    fewer.remove(index);
                    simpler.push(Self::Members(fewer));
                }
                for (index, (_, value)) in members.iter().enumerate() {
                    for value in simpler_values(value) {
                        let mut changed = members.clone();
                        changed[index].1 = value;
                        simpler.push(Self::Members(changed));
                    }
                }
            }
            Self::Text(text) => {
                let places: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
                for place in places {
                    let mut shorter = text.clone();
                    shorter.remove(place);
                    simpler.push(Self::Text(shorter));
                }
            }
        }
        simpler
    }

    /// As it is stored.
    pub fn to_json(&self) -> Value {
        Value::from(self.text())
    }

    /// As it was stored.
    pub fn from_json(value: &Value) -> Option<Self> {
        Some(Self::Text(value.as_str()?.to_owned()))
    }
}

/// A list with one element less; a text of one name less.
fn simpler_values(value: &str) -> Vec<String> {
    match serde_json::from_str(value) {
        Ok(Value::Array(elements)) => {
            let without = |index: usize| {
                let mut fewer = elements.clone();
                fewer.remove(index);
                Value::from(fewer).to_string()
            };
            (0..elements.len()).map(without).collect()
        }
        Ok(Value::String(text)) if text.contains(',') => {
            let parts: Vec<&str> = text.split(',').collect();
            let without = |index: usize| {
                let mut fewer = parts.clone();
                fewer.remove(index);
                Value::from(fewer.join(",")).to_string()
            };
            (0..parts.len()).map(without).collect()
        }
        _ => Vec::new(),
    }
}
