//! Creating tokens.

use std::collections::BTreeMap;
use std::io;

use nomad_vault_core::creation::{
    CreatedToken, DEFAULT_LEASE_TTL, Parent, StoredRole, TokenType, body_error, token_from_role,
};
use nomad_vault_core::model::TokenRequest;
use nomad_vault_core::syntax::{Dialect, parse};
use serde_json::{Value, json};

use crate::body::Body;
use crate::http::Client;
use crate::question::Question;
use crate::random::Random;
use crate::role::{random_body, server, stored};
use crate::values::Kind;

/// Which token does this parent get, from this role or from none?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenQuestion {
    /// The body of the role; without one `auth/token/create` or `auth/token/create-orphan` is asked.
    pub role: Option<Body>,
    /// Whether `create-orphan` is asked, without a role.
    pub is_for_orphan_endpoint: bool,
    /// The parent, one of [`PARENTS`].
    pub parent: &'static str,
    /// The body of the request.
    pub body: Body,
}

/// The tokens that ask.
pub const PARENTS: [&str; 9] =
    ["plain", "plain-default", "sudo", "root", "expiring-root", "limited", "batch", "bound", "plain"];

const ROLE: &str = "r";

const POLICIES: [(&str, &str); 7] = [
    ("admin", ""),
    ("creator", r#"path "auth/token/*" { capabilities = ["create", "update"] }"#),
    ("creator-sudo", r#"path "auth/token/*" { capabilities = ["create", "update", "sudo"] }"#),
    ("db", ""),
    ("team-a", ""),
    ("team-b", ""),
    ("web", ""),
];

const ROLE_FIELDS: [(&str, Kind); 22] = [
    ("allowed_policies", Kind::Names),
    ("allowed_policies", Kind::Names),
    ("allowed_policies_glob", Kind::Globs),
    ("disallowed_policies", Kind::Names),
    ("disallowed_policies_glob", Kind::Globs),
    ("allowed_entity_aliases", Kind::Globs),
    ("allowed_entity_aliases", Kind::Names),
    ("orphan", Kind::Bool),
    ("orphan", Kind::Bool),
    ("renewable", Kind::Bool),
    ("renewable", Kind::Bool),
    ("period", Kind::Duration),
    ("token_period", Kind::Duration),
    ("period", Kind::Duration),
    ("explicit_max_ttl", Kind::Duration),
    ("token_explicit_max_ttl", Kind::Duration),
    ("path_suffix", Kind::Suffix),
    ("token_type", Kind::RoleType),
    ("token_type", Kind::RoleType),
    ("token_num_uses", Kind::Integer),
    ("token_no_default_policy", Kind::Bool),
    ("zzz", Kind::Text),
];

const FIELDS: [(&str, Kind); 25] = [
    ("policies", Kind::Names),
    ("policies", Kind::Names),
    ("policies", Kind::Names),
    ("policies", Kind::Names),
    ("no_default_policy", Kind::Bool),
    ("no_default_policy", Kind::Bool),
    ("ttl", Kind::Duration),
    ("ttl", Kind::Duration),
    ("lease", Kind::Duration),
    ("period", Kind::Duration),
    ("period", Kind::Duration),
    ("explicit_max_ttl", Kind::Duration),
    ("explicit_max_ttl", Kind::Duration),
    ("renewable", Kind::Bool),
    ("type", Kind::Type),
    ("type", Kind::Type),
    ("num_uses", Kind::Integer),
    ("no_parent", Kind::Bool),
    ("no_parent", Kind::Bool),
    ("id", Kind::Id),
    ("display_name", Kind::Text),
    ("meta", Kind::Pairs),
    ("entity_alias", Kind::Alias),
    ("role_name", Kind::Text),
    ("zzz", Kind::Text),
];

impl TokenQuestion {
    fn path(&self) -> String {
        match &self.role {
            Some(_) => format!("auth/token/create/{ROLE}"),
            None if self.is_for_orphan_endpoint => "auth/token/create-orphan".to_owned(),
            None => "auth/token/create".to_owned(),
        }
    }

    fn stored_role(&self) -> Option<StoredRole> {
        stored(&self.role.as_ref()?.text(), ROLE, &server()).ok()
    }

    fn parent_token(&self, client: &mut Client) -> io::Result<String> {
        if self.parent != "batch" {
            return Ok(format!("parent-{}", self.parent));
        }
        let body = r#"{"type": "batch", "policies": ["creator", "web"], "no_default_policy": true}"#;
        let created = client.send("POST", "auth/token/create", body)?;
        Ok(created.body["auth"]["client_token"].as_str().unwrap_or_default().to_owned())
    }
}

impl Question for TokenQuestion {
    const KIND: &'static str = "token";

    fn prepare(client: &mut Client) -> io::Result<()> {
        for (name, policy) in POLICIES {
            // A policy may not be empty; a comment is one without rules.
            let text = if policy.is_empty() { "# nothing" } else { policy };
            let body = json!({ "policy": text }).to_string();
            client.send("PUT", &format!("sys/policies/acl/{name}"), &body)?;
        }
        let bound = r#"{"allowed_policies": "creator,web", "token_bound_cidrs": "127.0.0.0/8,::1", "token_no_default_policy": true}"#;
        client.send("POST", "auth/token/roles/bound", bound)?;
        for parent in PARENTS {
            let (path, body) = match parent {
                "plain" => {
                    ("create-orphan", json!({ "policies": ["creator", "web"], "no_default_policy": true }))
                }
                "plain-default" => ("create-orphan", json!({ "policies": ["creator", "web"] })),
                "sudo" => ("create-orphan", json!({ "policies": ["creator-sudo", "web"] })),
                "root" => ("create-orphan", json!({})),
                "expiring-root" => ("create-orphan", json!({ "policies": ["root"], "ttl": "700h" })),
                "limited" => (
                    "create-orphan",
                    json!({ "policies": ["creator"], "num_uses": 100_000_000, "no_default_policy": true }),
                ),
                "bound" => ("create/bound", json!({ "no_default_policy": true })),
                _ => continue,
            };
            let mut body = body;
            body["id"] = json!(format!("parent-{parent}"));
            client.send("POST", &format!("auth/token/{path}"), &body.to_string())?;
        }
        Ok(())
    }

    fn random(random: &mut Random) -> Self {
        let role = random.chance(70).then(|| {
            loop {
                let body = random_body(random, &ROLE_FIELDS, 6);
                if stored(&body.text(), ROLE, &server()).is_ok() {
                    break body;
                }
            }
        });
        // The parents that never get a token are asked seldom.
        let parent = match random.pick(&PARENTS) {
            "limited" | "batch" if random.chance(80) => "sudo",
            parent => PARENTS.into_iter().find(|known| *known == parent).unwrap_or("plain"),
        };
        let most = if random.chance(60) { 3 } else { 7 };
        let body = random_body(random, &FIELDS, most);
        let body = if random.chance(1) { body.damaged(random) } else { body };
        Self { is_for_orphan_endpoint: role.is_none() && random.chance(30), role, parent, body }
    }

    fn ask(&self, client: &mut Client) -> io::Result<Value> {
        if let Some(role) = &self.role {
            let path = format!("auth/token/roles/{ROLE}");
            client.send("DELETE", &path, "")?;
            let written = client.send("POST", &path, &role.text())?;
            if written.status >= 400 {
                return Ok(json!({ "role": written.texts("errors") }));
            }
        }
        let parent = self.parent_token(client)?;
        let created = client.send_as(&parent, "POST", &self.path(), &self.body.text())?;
        if created.status != 200 {
            return Ok(json!({ "status": created.status, "errors": created.texts("errors") }));
        }
        let auth = &created.body["auth"];
        let token = auth["client_token"].as_str().unwrap_or_default();
        let mut answer = json!({
            "status": 200,
            "warnings": created.texts("warnings"),
            "policies": auth["policies"],
            "ttl": auth["lease_duration"],
            "renewable": auth["renewable"],
            "type": auth["token_type"],
            "orphan": auth["orphan"],
            "num_uses": auth["num_uses"],
            "meta": auth["metadata"],
        });
        // A shorter life may be over before it is looked up.
        if auth["lease_duration"]
            .as_i64()
            .is_none_or(|ttl| ttl == 0 && auth["policies"] == json!(["root"]) || ttl > 5)
        {
            let looked_up =
                client.send("POST", "auth/token/lookup", &json!({ "token": token }).to_string())?;
            answer["lookup"] = looked_up_fields(&looked_up.body["data"]);
        }
        if self.body.text().contains("\"id\"") {
            client.send("POST", "auth/token/revoke-orphan", &json!({ "token": token }).to_string())?;
        }
        Ok(answer)
    }

    fn judge(&self) -> Vec<Value> {
        let text = self.body.text();
        if let Some(error) = body_error(&text) {
            return vec![json!({ "status": 400, "errors": [error] })];
        }
        let role = self.stored_role();
        if self.role.is_some() && role.is_none() {
            return Vec::new();
        }
        let mut request = TokenRequest::from_tree(&parse(text.as_str().into(), Dialect::Json));
        request.is_for_orphan_endpoint = self.is_for_orphan_endpoint;
        match token_from_role(role.as_ref(), &request, &parent(self.parent), &server()) {
            Ok(token) => vec![answer(&token)],
            Err(refusal) => {
                let answer = |text| json!({ "status": refusal.status(), "errors": [text] });
                refusal.texts().into_iter().map(answer).collect()
            }
        }
    }

    fn simpler(&self) -> Vec<Self> {
        let mut simpler = Vec::new();
        let bodies = self.body.simpler().into_iter();
        simpler.extend(bodies.map(|body| Self { body, ..self.clone() }));
        if let Some(role) = &self.role {
            let roles = role.simpler().into_iter();
            simpler.extend(roles.map(|role| Self { role: Some(role), ..self.clone() }));
            simpler.push(Self { role: None, ..self.clone() });
        }
        if self.parent != "plain" {
            simpler.push(Self { parent: "plain", ..self.clone() });
        }
        if self.is_for_orphan_endpoint {
            simpler.push(Self { is_for_orphan_endpoint: false, ..self.clone() });
        }
        simpler
    }

    fn to_json(&self) -> Value {
        json!({
            "role": self.role.as_ref().map(Body::to_json),
            "is_for_orphan_endpoint": self.is_for_orphan_endpoint,
            "parent": self.parent,
            "body": self.body.to_json(),
        })
    }

    fn from_json(value: &Value) -> Option<Self> {
        let role = &value["role"];
        Some(Self {
            role: if role.is_null() { None } else { Some(Body::from_json(role)?) },
            is_for_orphan_endpoint: value["is_for_orphan_endpoint"].as_bool()?,
            parent: PARENTS.into_iter().find(|parent| value["parent"] == *parent)?,
            body: Body::from_json(&value["body"])?,
        })
    }
}

/// The parent of this name, as [`TokenQuestion::prepare`] makes it.
fn parent(name: &str) -> Parent {
    let policies = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let plain = Parent {
        policies: policies(&["creator", "web"]),
        creation_ttl: DEFAULT_LEASE_TTL,
        ..Parent::default()
    };
    match name {
        "plain-default" => Parent { policies: policies(&["creator", "default", "web"]), ..plain },
        "sudo" => Parent { policies: policies(&["creator-sudo", "default", "web"]), has_sudo: true, ..plain },
        "root" => Parent::root(),
        "expiring-root" => Parent { creation_ttl: 700 * 3_600, ..Parent::root() },
        "limited" => Parent { policies: policies(&["creator"]), num_uses: 100_000_000, ..plain },
        "batch" => Parent { token_type: TokenType::Batch, ..plain },
        "bound" => Parent { bound_cidrs: vec!["127.0.0.0/8".to_owned(), "::1".to_owned()], ..plain },
        _ => plain,
    }
}

fn answer(token: &CreatedToken) -> Value {
    let mut answer = json!({
        "status": 200,
        "warnings": token.warnings,
        "policies": token.policies,
        "ttl": token.ttl,
        "renewable": token.renewable,
        "type": token.token_type.as_str(),
        "orphan": token.orphan,
        "num_uses": token.num_uses,
        "meta": token.meta.clone().map(|members| members.into_iter().collect::<BTreeMap<_, _>>()),
    });
    let is_root = token.policies == ["root"];
    if token.ttl == 0 && is_root || token.ttl > 5 {
        let none = |list: &[String]| if list.is_empty() { Value::Null } else { json!(list) };
        answer["lookup"] = json!({
            "path": token.path,
            "creation_ttl": token.ttl,
            "explicit_max_ttl": token.own_explicit_max_ttl,
            "period": token.own_period,
            "role": token.role,
            "display_name": token.display_name,
            "bound_cidrs": none(&token.bound_cidrs),
            "orphan": token.orphan,
            "num_uses": token.own_num_uses,
        });
    }
    answer
}

fn looked_up_fields(data: &Value) -> Value {
    let names = [
        "path",
        "creation_ttl",
        "explicit_max_ttl",
        "period",
        "role",
        "display_name",
        "bound_cidrs",
        "orphan",
        "num_uses",
    ];
    names
        .into_iter()
        .map(|name| (name.to_owned(), data[name].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
