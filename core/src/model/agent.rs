//! The agent's configuration: its `vault` blocks, and whether the agent is a server or a client.

mod address;
mod keys;
mod merge;

use std::borrow::Cow;

pub use address::{AddressProblem, address_problem, has_http_scheme, with_https};
pub use keys::{DEFAULT_IDENTITY, KeyInfo, SettingKind, VAULT_KEYS, VaultKey, misnamed_key};
pub use merge::{Located, MergedIdentity, MergedVaultConfig, Reset};

use super::{Target, Version};
use crate::syntax::{Item, NodeKind, Object, Tree, Value};
use crate::text::{Span, Spanned};

/// The address of a `vault` block that names none.
pub const DEFAULT_VAULT_ADDRESS: &str = "https://vault.service.consul:8200";

/// The name of the cluster that a `vault` block without `name` is about (since 1.7.0).
pub const DEFAULT_VAULT_CLUSTER: &str = "default";

/// One configuration file of an agent.
#[derive(Clone, Debug, Default)]
pub struct AgentConfig {
    /// `server { enabled = … }`; the span is the value's.
    pub server: Option<Spanned<bool>>,
    /// `client { enabled = … }`.
    pub client: Option<Spanned<bool>>,
    /// The `vault` blocks, in the order of the file.
    pub vaults: Vec<VaultConfig>,
    /// Values of `vault` that are no block.
    pub wrong_types: Vec<WrongType>,
    /// Whether a comment says where the server's token comes from (`VAULT_TOKEN`, `-vault-token`).
    pub mentions_token_source: bool,
}

/// One `vault` block of an agent.
#[derive(Clone, Debug, Default)]
pub struct VaultConfig {
    /// The block's header, to underline for what is missing.
    pub header: Span,
    /// Keys that this Nomad does not know.
    pub unknown_keys: Vec<UnknownKey>,
    /// Values that this Nomad cannot decode.
    pub wrong_types: Vec<WrongType>,
    /// `default_identity { … }` (since 1.7.0).
    pub default_identity: Option<DefaultIdentity>,
    /// Whether a known key has no value that can be used, so that what looks absent may be meant.
    pub is_damaged: bool,
    settings: Vec<(VaultKey, Setting)>,
}

/// The value of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// What it is, decoded as the target's Nomad does.
    pub value: SettingValue,
    /// The key.
    pub key: Span,
    /// The value.
    pub span: Span,
    /// The header of the block.
    pub block: Span,
}

/// A decoded value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingValue {
    /// Of a switch.
    Bool(bool),
    /// Of anything else.
    Text(String),
}

/// A key that this Nomad does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownKey {
    /// As it is written, decoded.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// The release that brought it, when it is only too new.
    pub since: Option<Version>,
    /// Whether the key is written in quotes.
    pub quoted: bool,
}

/// A value that this Nomad cannot decode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongType {
    /// The key.
    pub name: String,
    /// What Nomad wants: "a boolean", "a string", "a block".
    pub wanted: &'static str,
    /// The value.
    pub span: Span,
}

/// The identity that a server gives to tasks without one of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DefaultIdentity {
    /// The block's header.
    pub header: Span,
    /// The audiences.
    pub aud: Vec<Spanned<String>>,
    /// How long the identity lives, as it is written.
    pub ttl: Option<Spanned<String>>,
    /// Whether a value could not be read, so that what looks absent may be there.
    pub damaged: bool,
}

impl AgentConfig {
    /// Reads the model from a tree, decoding values as the target's Nomad does.
    pub fn from_tree(tree: &Tree, target: Target) -> Self {
        let reader = Reader::new(target);
        let mut config = Self { mentions_token_source: mentions_token_source(tree), ..Self::default() };
        for item in tree.root().items() {
            let name = item.key().name();
            if reader.is(&name, "vault") {
                reader.read_vault_item(item, &mut config);
            } else if reader.is(&name, "server") {
                config.server = reader.enabled(item).or(config.server);
            } else if reader.is(&name, "client") {
                config.client = reader.enabled(item).or(config.client);
            }
        }
        config
    }
}

impl VaultConfig {
    /// The setting of a key.
    pub fn setting(&self, key: VaultKey) -> Option<&Setting> {
        self.settings.iter().find(|(of, _)| *of == key).map(|(_, setting)| setting)
    }

    /// All settings, in the order of their keys' names.
    pub fn settings(&self) -> impl Iterator<Item = (VaultKey, &Setting)> {
        self.settings.iter().map(|(key, setting)| (*key, setting))
    }

    /// The cluster that the block is about.
    pub fn cluster(&self) -> &str {
        match self.setting(VaultKey::Name).and_then(Setting::text) {
            Some("") | None => DEFAULT_VAULT_CLUSTER,
            Some(name) => name,
        }
    }
}

impl Setting {
    /// The value of a switch.
    pub fn boolean(&self) -> Option<bool> {
        match self.value {
            SettingValue::Bool(value) => Some(value),
            SettingValue::Text(_) => None,
        }
    }

    /// The value of anything else.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            SettingValue::Text(value) => Some(value),
            SettingValue::Bool(_) => None,
        }
    }
}

fn mentions_token_source(tree: &Tree) -> bool {
    tree.comments().iter().any(|comment| {
        let text = comment.of(tree.text());
        text.contains("VAULT_TOKEN") || text.contains("-vault-token")
    })
}

/// The last release that decodes through a map (`WeakDecode`), until 1.7.0 does so again.
const LAST_WEAK: Version = Version::new(0, 9, 1);
const WEAK_AGAIN: Version = Version::new(1, 7, 0);

/// Reads values as one Nomad does.
struct Reader {
    nomad: Version,
    weak: bool,
    /// Up to 0.9.1 keys are compared exactly before decoding; the decoders themselves fold case.
    exact_keys: bool,
}

impl Reader {
    fn new(target: Target) -> Self {
        let nomad = target.nomad;
        Self { nomad, weak: nomad <= LAST_WEAK || nomad >= WEAK_AGAIN, exact_keys: nomad <= LAST_WEAK }
    }

    fn is(&self, written: &str, name: &str) -> bool {
        written == name || (!self.exact_keys && written.eq_ignore_ascii_case(name))
    }

    fn read_vault_item(&self, item: Item<'_>, config: &mut AgentConfig) {
        let value = item.value();
        if let Some(object) = value.object() {
            config.vaults.push(self.vault(object, item.header_span()));
            return;
        }
        if let Some(elements) = value.list() {
            let blocks = elements.filter_map(Value::object);
            config.vaults.extend(blocks.map(|object| self.vault(object, opening_brace(object))));
        } else if is_readable(value) {
            config.wrong_types.push(wrong_type("vault", "a block", value));
        }
    }

    fn vault(&self, object: Object<'_>, header: Span) -> VaultConfig {
        let mut vault = VaultConfig { header, ..VaultConfig::default() };
        for item in object.items() {
            let name = item.key().name();
            if name.is_empty() {
                continue;
            }
            match VAULT_KEYS.iter().find(|info| self.is(&name, info.name)) {
                Some(info) if info.is_known_to(self.nomad) => self.read_setting(info, item, &mut vault),
                found => vault.unknown_keys.push(UnknownKey {
                    span: item.key().span(),
                    since: found.map(|info| info.since),
                    quoted: item.key().is_quoted(),
                    name: name.into_owned(),
                }),
            }
        }
        vault
    }

    fn read_setting(&self, info: &KeyInfo, item: Item<'_>, vault: &mut VaultConfig) {
        let value = item.value();
        if !is_readable(value) {
            vault.is_damaged = true;
            return;
        }
        let (decoded, wanted) = match info.kind {
            SettingKind::Bool => (self.boolean(value).map(SettingValue::Bool), "a boolean"),
            SettingKind::Text => (self.text(value).map(SettingValue::Text), "a string"),
            SettingKind::Identity => return self.read_identity(item, vault),
        };
        match decoded {
            Some(decoded) => {
                let setting = Setting {
                    value: decoded,
                    key: item.key().span(),
                    span: value.span(),
                    block: vault.header,
                };
                match vault.settings.binary_search_by_key(&info.key, |(key, _)| *key) {
                    Ok(index) => drop(vault.settings.get_mut(index).map(|(_, before)| *before = setting)),
                    Err(index) => vault.settings.insert(index, (info.key, setting)),
                }
            }
            None => {
                vault.is_damaged = true;
                vault.wrong_types.push(wrong_type(info.name, wanted, value));
            }
        }
    }

    fn read_identity(&self, item: Item<'_>, vault: &mut VaultConfig) {
        let value = item.value();
        let first = value.list().and_then(|mut elements| elements.find_map(Value::object));
        let Some(object) = value.object().or(first) else {
            vault.wrong_types.push(wrong_type(DEFAULT_IDENTITY, "a block", value));
            return;
        };
        let mut identity = DefaultIdentity { header: item.header_span(), ..DefaultIdentity::default() };
        for item in object.items() {
            let (name, value) = (item.key().name(), item.value());
            if self.is(&name, "aud") {
                identity.damaged |= value.is_missing();
                identity.aud.extend(texts(value));
            } else if self.is(&name, "ttl") {
                identity.damaged |= value.is_missing();
                identity.ttl = self.text(value).map(|text| Spanned::new(text, value.span()));
            }
        }
        vault.default_identity = Some(identity);
    }

    /// `enabled` of a `server` or `client` block.
    fn enabled(&self, item: Item<'_>) -> Option<Spanned<bool>> {
        let value = item.value();
        let blocks = value.list().into_iter().flatten().filter_map(Value::object);
        let enabled = value
            .object()
            .into_iter()
            .chain(blocks)
            .flat_map(Object::items)
            .filter(|item| self.is(&item.key().name(), "enabled"))
            .last()?
            .value();
        self.boolean(enabled).map(|value| Spanned::new(value, enabled.span()))
    }

    fn boolean(&self, value: Value<'_>) -> Option<bool> {
        let text = self.text_or_literal(value)?;
        if !self.weak {
            return match text.to_ascii_lowercase().as_str() {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            };
        }
        match value.kind() {
            NodeKind::Number => Some(value.integer() != Some(0)),
            NodeKind::Float => Some(text.parse::<f64>().is_ok_and(|number| number != 0.0)),
            _ => parse_bool(&text),
        }
    }

    fn text(&self, value: Value<'_>) -> Option<String> {
        let text = self.text_or_literal(value)?;
        match value.kind() {
            NodeKind::Bool if self.weak => Some(if text == "true" { "1" } else { "0" }.to_owned()),
            NodeKind::Number if self.weak => {
                Some(value.integer().map_or_else(|| text.into_owned(), |number| number.to_string()))
            }
            _ => Some(text.into_owned()),
        }
    }

    /// The text of a scalar: decoded for strings, as it is written for numbers and booleans.
    fn text_or_literal<'t>(&self, value: Value<'t>) -> Option<Cow<'t, str>> {
        match value.kind() {
            NodeKind::String | NodeKind::Heredoc => value.string(),
            NodeKind::Bool | NodeKind::Number | NodeKind::Float => Some(Cow::Borrowed(value.raw())),
            _ => None,
        }
    }
}

/// Go's `strconv.ParseBool`; mapstructure takes the empty string for `false`.
fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "" | "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// A single string, or the strings of a list.
fn texts(value: Value<'_>) -> Vec<Spanned<String>> {
    let mut texts = Vec::new();
    let mut add = |value: Value<'_>| {
        texts.extend(value.string().map(|text| Spanned::new(text.into_owned(), value.span())))
    };
    match value.list() {
        Some(elements) => elements.for_each(add),
        None => add(value),
    }
    texts
}

/// Whether there is a value to judge: what is missing or no literal is the syntax rules' business, and
/// `null` is like an absent key.
fn is_readable(value: Value<'_>) -> bool {
    !matches!(value.kind(), NodeKind::Missing | NodeKind::Expression | NodeKind::Null)
}

fn wrong_type(name: &str, wanted: &'static str, value: Value<'_>) -> WrongType {
    let span = value.object().map_or_else(|| value.span(), opening_brace);
    WrongType { name: name.to_owned(), wanted, span }
}

fn opening_brace(object: Object<'_>) -> Span {
    let start = object.span().start;
    Span::new(start, object.inner_span().start.max(start))
}

#[cfg(test)]
mod tests;
