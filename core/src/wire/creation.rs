//! Roles and tokens: what a server would store and create.

use serde::{Deserialize, Serialize};

use super::VERSION;
use super::answer::{AnswerError, AnswerErrorKind};
use crate::creation::{self, DEFAULT_LEASE_TTL, Parent, Server, body_error, role_name_is_valid};
use crate::model::{self, RoleForm, TokenLookup, TokenRole, VaultDialect};
use crate::syntax::{Dialect, Tree, parse};

/// Asks which token a server would create.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RoleTokenRequest {
    /// The text of the role, as it is written or read back; without it `auth/token/create` is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub role: Option<String>,
    /// The role's name in the URL; without it the name in its text, else `role`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub role_name: Option<String>,
    /// The text of the request's body.
    pub request: String,
    /// The text of the lookup of the token that asks; without it a root token does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub parent: Option<String>,
    /// Whether the policies of the token that asks grant `sudo` on the path.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub sudo: bool,
    /// The server: `openbao-2.7`, `vault-0.6.2`; the newest measured one when it is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub dialect: Option<String>,
    /// The server's usual and longest lease in seconds, where they are not 32 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub default_lease_ttl: Option<i64>,
    /// The server's longest lease in seconds, where it is not 32 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub max_lease_ttl: Option<i64>,
}

/// Which token a server would create, or why none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RoleToken {
    /// The version of the shape.
    pub version: u32,
    /// The server.
    pub dialect: String,
    /// The role as it is stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub role: Option<StoredRole>,
    /// The token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub token: Option<CreatedToken>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub refusal: Option<Refusal>,
}

/// Why a server refuses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Refusal {
    /// What it refuses.
    pub of: RefusalOf,
    /// The status of its answer; 0 when it closes the connection without one.
    pub status: u16,
    /// Its words; where there are several, it says one of them.
    pub errors: Vec<String>,
}

/// What a server refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum RefusalOf {
    /// To store the role.
    Role,
    /// To create the token.
    Token,
}

/// A role as it is stored. Fields are those of the API, durations in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[expect(missing_docs, reason = "the fields of the API, which `creation::StoredRole` describes")]
pub struct StoredRole {
    pub name: String,
    pub allowed_policies: Vec<String>,
    pub allowed_policies_glob: Vec<String>,
    pub disallowed_policies: Vec<String>,
    pub disallowed_policies_glob: Vec<String>,
    pub allowed_entity_aliases: Option<Vec<String>>,
    pub orphan: bool,
    pub renewable: bool,
    pub period: i64,
    pub token_period: i64,
    pub explicit_max_ttl: i64,
    pub token_explicit_max_ttl: i64,
    pub path_suffix: String,
    pub token_type: String,
    pub token_num_uses: i64,
    pub token_no_default_policy: bool,
    pub bound_cidrs: Vec<String>,
    pub token_bound_cidrs: Vec<String>,
    /// What the server warns of when it is written.
    pub warnings: Vec<String>,
}

/// A new token. Durations are in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CreatedToken {
    /// Its policies.
    pub policies: Vec<String>,
    /// How long it lives; 0 is without end.
    pub ttl: i64,
    /// Whether it can be renewed.
    pub renewable: bool,
    /// `service` or `batch`.
    #[serde(rename = "type")]
    pub token_type: String,
    /// Whether it outlives the token that asked for it.
    pub orphan: bool,
    /// How often it may be used, as the answer says; 0 is without limit.
    pub num_uses: i64,
    /// Where it was made.
    pub path: String,
    /// The role it was made from.
    pub role: Option<String>,
    /// `display_name`.
    pub display_name: String,
    /// `meta`.
    #[serde(with = "members")]
    #[cfg_attr(feature = "ts", ts(type = "Record<string, string> | null"))]
    pub meta: Option<Vec<(String, String)>>,
    /// The addresses that it is bound to.
    pub bound_cidrs: Vec<String>,
    /// The period that it is renewed for; 0 without one.
    pub period: i64,
    /// The explicit max TTL that ends it; 0 without one.
    pub explicit_max_ttl: i64,
    /// What the server warns of.
    pub warnings: Vec<String>,
}

/// Judges a request for a token.
pub(super) fn role_token(request: &RoleTokenRequest) -> Result<RoleToken, AnswerError> {
    let server = server(request)?;
    let mut answer = RoleToken {
        version: VERSION,
        dialect: server.dialect.to_string(),
        role: None,
        token: None,
        refusal: None,
    };
    let role = match request.role.as_deref().map(|text| stored(text, request, &server)).transpose()? {
        Some(Ok(role)) => Some(role),
        Some(Err(refusal)) => {
            answer.refusal = Some(refusal);
            return Ok(answer);
        }
        None => None,
    };
    answer.role = role.clone().map(StoredRole::from);
    let parent = match &request.parent {
        Some(text) => Parent::from_lookup(&lookup(text, server.dialect)?, request.sudo),
        None => Parent::root(),
    };
    let refuse = |errors, status| Some(Refusal { of: RefusalOf::Token, status, errors });
    if let Some(error) = body_error(&request.request) {
        answer.refusal = refuse(vec![error], 400);
        return Ok(answer);
    }
    let body = model::TokenRequest::from_tree(&tree(&request.request));
    match creation::token_from_role(role.as_ref(), &body, &parent, &server) {
        Ok(token) => answer.token = Some(token.into()),
        Err(refusal) => answer.refusal = refuse(refusal.texts(), refusal.status()),
    }
    Ok(answer)
}

fn server(request: &RoleTokenRequest) -> Result<Server, AnswerError> {
    let dialect = super::acl::dialect(request.dialect.as_deref())?;
    let lease = |ttl: Option<i64>| ttl.filter(|ttl| *ttl > 0).unwrap_or(DEFAULT_LEASE_TTL);
    Ok(Server {
        default_lease_ttl: lease(request.default_lease_ttl),
        max_lease_ttl: lease(request.max_lease_ttl),
        ..Server::new(dialect)
    })
}

fn stored(
    text: &str,
    request: &RoleTokenRequest,
    server: &Server,
) -> Result<Result<creation::StoredRole, Refusal>, AnswerError> {
    let refuse = |errors, status| Ok(Err(Refusal { of: RefusalOf::Role, status, errors }));
    if let Some(error) = body_error(text) {
        return refuse(vec![error], 400);
    }
    let target = model::Target { vault: server.dialect, ..model::Target::NEWEST_TOKEN_BASED };
    let role = TokenRole::from_tree(&tree(text), target);
    if role.form == RoleForm::ErrorAnswer {
        return Err(unreadable("the role is a refusal of the server, not a role"));
    }
    let own_name = role.name.as_ref().and_then(|name| name.value()).map(String::as_str);
    let name = request.role_name.as_deref().or(own_name).unwrap_or("role");
    if !role_name_is_valid(name) {
        return refuse(vec!["1 error occurred:\n\t* unsupported path\n\n".to_owned()], 404);
    }
    match creation::store_role(&role, name, server) {
        Ok(role) => Ok(Ok(role)),
        Err(refusal) => refuse(refusal.texts(), refusal.status()),
    }
}

fn lookup(text: &str, dialect: VaultDialect) -> Result<TokenLookup, AnswerError> {
    let target = model::Target { vault: dialect, ..model::Target::NEWEST_TOKEN_BASED };
    let lookup = TokenLookup::from_tree(&tree(text), target);
    if lookup.is_known() { Ok(lookup) } else { Err(unreadable("the parent is no lookup of a token")) }
}

fn unreadable(message: &str) -> AnswerError {
    AnswerError { kind: AnswerErrorKind::Request, message: message.to_owned() }
}

fn tree(text: &str) -> Tree {
    parse(text.into(), Dialect::Json)
}

impl From<creation::StoredRole> for StoredRole {
    fn from(role: creation::StoredRole) -> Self {
        Self {
            name: role.name,
            allowed_policies: role.allowed_policies,
            allowed_policies_glob: role.allowed_policies_glob,
            disallowed_policies: role.disallowed_policies,
            disallowed_policies_glob: role.disallowed_policies_glob,
            allowed_entity_aliases: role.allowed_entity_aliases,
            orphan: role.orphan,
            renewable: role.renewable,
            period: role.period,
            token_period: role.token_period,
            explicit_max_ttl: role.explicit_max_ttl,
            token_explicit_max_ttl: role.token_explicit_max_ttl,
            path_suffix: role.path_suffix,
            token_type: role.token_type,
            token_num_uses: role.token_num_uses,
            token_no_default_policy: role.token_no_default_policy,
            bound_cidrs: role.bound_cidrs,
            token_bound_cidrs: role.token_bound_cidrs,
            warnings: role.warnings,
        }
    }
}

impl From<creation::CreatedToken> for CreatedToken {
    fn from(token: creation::CreatedToken) -> Self {
        Self {
            policies: token.policies,
            ttl: token.ttl,
            renewable: token.renewable,
            token_type: token.token_type.as_str().to_owned(),
            orphan: token.orphan,
            num_uses: token.num_uses,
            path: token.path,
            role: token.role,
            display_name: token.display_name,
            meta: token.meta,
            bound_cidrs: token.bound_cidrs,
            period: token.period,
            explicit_max_ttl: token.explicit_max_ttl,
            warnings: token.warnings,
        }
    }
}

/// Names and values as the members of an object.
mod members {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(
        members: &Option<Vec<(String, String)>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        struct Members<'m>(&'m [(String, String)]);
        impl Serialize for Members<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
            }
        }
        members.as_deref().map(Members).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Vec<(String, String)>>, D::Error> {
        let members = Option::<BTreeMap<String, String>>::deserialize(deserializer)?;
        Ok(members.map(|members| members.into_iter().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::role_token as answer;

    fn check(request: &serde_json::Value, expected: &str) {
        let answer = answer(&request.to_string());
        assert!(answer.contains(expected), "{answer} lacks {expected}");
    }

    #[test]
    fn a_token_or_the_reason_is_answered() {
        use serde_json::json;

        let role = r#"{"name": "nomad-server", "allowed_policies": "web,db", "period": 259200}"#;
        let parent = r#"{"data": {"policies": ["nomad-server"], "ttl": 100, "creation_ttl": 259200}}"#;
        check(
            &json!({ "role": role, "request": r#"{"policies": ["web"]}"#, "parent": parent }),
            r#""policies":["default","web"],"ttl":259200,"renewable":true,"type":"service","orphan":false,"num_uses":0,"path":"auth/token/create/nomad-server""#,
        );
        check(
            &json!({ "role": role, "request": r#"{"policies": ["admin"]}"# }),
            r#""refusal":{"of":"token","status":400,"errors":["token policies"#,
        );
        check(&json!({ "role": r#"{"period": "1w"}"#, "request": "{}" }), r#""refusal":{"of":"role""#);
        check(&json!({ "role": "{", "request": "{}" }), "unexpected EOF");
        check(&json!({ "request": "{}" }), r#""policies":["root"],"ttl":0"#);
        check(&json!({ "request": "{}", "dialect": "consul-1" }), r#""kind":"target""#);
        check(&json!({ "request": "{}", "parent": "{}" }), "the parent is no lookup of a token");
        check(
            &json!({ "request": "{}", "max_lease_ttl": 60, "role": role }),
            "exceeded the effective max_ttl of",
        );
    }
}
