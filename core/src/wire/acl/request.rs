//! What is asked about policies.

use serde::{Deserialize, Serialize};

use super::unreadable;
use crate::acl::{Operation, OperationKind};
use crate::model::{self, ParameterValue, vault_duration};
use crate::wire::PositionEncoding;
use crate::wire::answer::AnswerError;

/// JSON of any shape by name.
pub type Members = serde_json::Map<String, serde_json::Value>;

/// A policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PolicyText {
    /// Its name. `root` is the built-in policy, whose text is not read.
    pub name: String,
    /// Its text.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<String>"))]
    pub text: String,
}

/// Asks which capabilities a token has on paths.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AclCapabilitiesRequest {
    /// The token's policies.
    pub policies: Vec<PolicyText>,
    /// The paths, without `/v1/`.
    pub paths: Vec<String>,
    /// The server: `openbao-2.7`, `vault-0.6.2`; the newest measured one when it is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub dialect: Option<String>,
    /// Who the token belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub identity: Option<Identity>,
}

/// Asks whether a request is allowed, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AclExplainRequest {
    /// The token's policies.
    pub policies: Vec<PolicyText>,
    /// What is asked of the server: `read`, `list`, `update`, …
    pub operation: String,
    /// The path, without `/v1/`.
    pub path: String,
    /// The parameters of the request.
    #[serde(default, skip_serializing_if = "Members::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, type = "Record<string, unknown>"))]
    pub parameters: Members,
    /// The TTL that the answer is to be wrapped for: `60`, `1m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub wrap_ttl: Option<String>,
    /// The server: `openbao-2.7`, `vault-0.6.2`; the newest measured one when it is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub dialect: Option<String>,
    /// Who the token belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub identity: Option<Identity>,
    /// How offsets are counted in the answer.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<PositionEncoding>"))]
    pub position_encoding: PositionEncoding,
}

/// Asks how two sets of policies differ.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AclDiffRequest {
    /// The policies before.
    pub old: Vec<PolicyText>,
    /// The policies after.
    pub new: Vec<PolicyText>,
    /// The server: `openbao-2.7`, `vault-0.6.2`; the newest measured one when it is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub dialect: Option<String>,
    /// Who the token belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub identity: Option<Identity>,
    /// How offsets are counted in the answer.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<PositionEncoding>"))]
    pub position_encoding: PositionEncoding,
}

/// Who a token belongs to, for paths with `{{…}}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Identity {
    /// The entity; a token made through a role has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<IdentityEntity>,
    /// The groups that the entity is a member of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(as = "Option<Vec<IdentityGroup>>"))]
    pub groups: Vec<IdentityGroup>,
    /// Seconds since 1970, for `time.now` and for what has expired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<i64>,
}

/// An entity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct IdentityEntity {
    /// Its id.
    #[cfg_attr(feature = "ts", ts(as = "Option<String>"))]
    pub id: String,
    /// Its name.
    #[cfg_attr(feature = "ts", ts(as = "Option<String>"))]
    pub name: String,
    /// Its metadata: texts by name.
    #[cfg_attr(feature = "ts", ts(type = "Record<string, string>", optional = nullable))]
    pub metadata: Members,
    /// Its names at auth methods.
    #[cfg_attr(feature = "ts", ts(as = "Option<Vec<IdentityAlias>>"))]
    pub aliases: Vec<IdentityAlias>,
}

/// An entity's name at an auth method.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct IdentityAlias {
    /// The accessor of the auth method's mount.
    #[cfg_attr(feature = "ts", ts(as = "Option<String>"))]
    pub mount_accessor: String,
    /// Its id.
    #[cfg_attr(feature = "ts", ts(as = "Option<String>"))]
    pub id: String,
    /// Its name.
    #[cfg_attr(feature = "ts", ts(as = "Option<String>"))]
    pub name: String,
    /// Its metadata: texts by name.
    #[cfg_attr(feature = "ts", ts(type = "Record<string, string>", optional = nullable))]
    pub metadata: Members,
    /// Its custom metadata: texts by name.
    #[cfg_attr(feature = "ts", ts(type = "Record<string, string>", optional = nullable))]
    pub custom_metadata: Members,
}

/// A group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct IdentityGroup {
    /// Its id.
    #[cfg_attr(feature = "ts", ts(as = "Option<String>"))]
    pub id: String,
    /// Its name.
    #[cfg_attr(feature = "ts", ts(as = "Option<String>"))]
    pub name: String,
    /// Its metadata: texts by name.
    #[cfg_attr(feature = "ts", ts(type = "Record<string, string>", optional = nullable))]
    pub metadata: Members,
}

impl Identity {
    /// The core's twin.
    pub fn of(identity: Option<&Self>) -> model::TokenIdentity {
        let Some(identity) = identity else { return model::TokenIdentity::default() };
        let alias = |alias: &IdentityAlias| model::EntityAlias {
            mount_accessor: alias.mount_accessor.clone(),
            id: alias.id.clone(),
            name: alias.name.clone(),
            metadata: texts(&alias.metadata),
            custom_metadata: texts(&alias.custom_metadata),
        };
        let entity = |entity: &IdentityEntity| model::Entity {
            id: entity.id.clone(),
            name: entity.name.clone(),
            metadata: texts(&entity.metadata),
            aliases: entity.aliases.iter().map(alias).collect(),
        };
        let group = |group: &IdentityGroup| model::IdentityGroup {
            id: group.id.clone(),
            name: group.name.clone(),
            metadata: texts(&group.metadata),
        };
        model::TokenIdentity {
            entity: identity.entity.as_ref().map(entity),
            groups: identity.groups.iter().map(group).collect(),
            now: identity.now,
        }
    }
}

/// The texts among members: metadata holds nothing else.
fn texts(members: &Members) -> Vec<(String, String)> {
    let text =
        |(name, value): (&String, &serde_json::Value)| Some((name.clone(), value.as_str()?.to_owned()));
    members.iter().filter_map(text).collect()
}

/// A request's parts, read.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its kind.
    pub kind: OperationKind,
    /// Its parameters.
    pub parameters: Vec<(String, ParameterValue)>,
    /// The wrapping TTL in nanoseconds.
    pub wrap_ttl: Option<i64>,
}

impl Asked {
    /// Reads the parts of a request.
    ///
    /// # Errors
    /// When there is no such operation, or when the wrapping TTL is no duration.
    pub fn read(operation: &str, parameters: &Members, wrap_ttl: Option<&str>) -> Result<Self, AnswerError> {
        let kind = OperationKind::from_spelling(operation).ok_or_else(|| {
            let known = OperationKind::ALL.map(OperationKind::as_str).join(", ");
            unreadable(format!("no operation is called `{operation}`; there are {known}"))
        })?;
        let wrap_ttl = wrap_ttl.map(|text| vault_duration(text).map_err(|error| (text, error))).transpose();
        let wrap_ttl =
            wrap_ttl.map_err(|(text, error)| unreadable(format!("the wrapping TTL `{text}`: {error}")))?;
        let parameter = |(name, value): (&String, &serde_json::Value)| (name.clone(), parameter_value(value));
        Ok(Self {
            kind,
            parameters: parameters.iter().map(parameter).collect(),
            wrap_ttl: wrap_ttl.filter(|ttl| *ttl > 0),
        })
    }

    /// Calls `ask` with the request on a path.
    pub fn on<T>(&self, path: &str, ask: impl FnOnce(&Operation<'_>) -> T) -> T {
        let parameters: Vec<(&str, ParameterValue)> =
            self.parameters.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        ask(&Operation { kind: self.kind, path, parameters: &parameters, wrap_ttl: self.wrap_ttl })
    }
}

fn parameter_value(value: &serde_json::Value) -> ParameterValue {
    use serde_json::Value;
    match value {
        Value::Null => ParameterValue::Null,
        Value::Bool(value) => ParameterValue::Bool(*value),
        Value::Number(number) => ParameterValue::Number(number.to_string().into()),
        Value::String(text) => ParameterValue::String(text.as_str().into()),
        Value::Array(elements) => ParameterValue::List(elements.iter().map(parameter_value).collect()),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| (name.as_str().into(), parameter_value(value));
            ParameterValue::Object(members.iter().map(member).collect())
        }
    }
}
