//! Writing token roles.

use std::io;

use nomad_vault_core::Target;
use nomad_vault_core::creation::{
    RoleRefusal, Server, StoredRole, body_error, role_name_is_valid, store_role,
};
use nomad_vault_core::model::{TokenRole, VaultDialect};
use nomad_vault_core::syntax::{Dialect, parse};
use serde_json::{Value, json};

use crate::body::Body;
use crate::http::Client;
use crate::question::Question;
use crate::random::Random;
use crate::values::{Kind, value};

#[path = "../../core/src/creation/tests/read_back.rs"]
mod read_back;
use read_back::read_back;

/// What does the server store when this is written as a new role?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleQuestion {
    /// The role's name in the URL.
    pub name: String,
    /// The body of the write.
    pub body: Body,
}

/// The fields of a role, and some that are none.
const FIELDS: [(&str, Kind); 28] = [
    ("allowed_policies", Kind::Names),
    ("allowed_policies", Kind::Names),
    ("allowed_policies_glob", Kind::Globs),
    ("disallowed_policies", Kind::Names),
    ("disallowed_policies_glob", Kind::Globs),
    ("allowed_entity_aliases", Kind::Names),
    ("orphan", Kind::Bool),
    ("renewable", Kind::Bool),
    ("period", Kind::Duration),
    ("period", Kind::Duration),
    ("token_period", Kind::Duration),
    ("explicit_max_ttl", Kind::Duration),
    ("token_explicit_max_ttl", Kind::Duration),
    ("path_suffix", Kind::Suffix),
    ("token_type", Kind::RoleType),
    ("token_num_uses", Kind::Integer),
    ("token_no_default_policy", Kind::Bool),
    ("bound_cidrs", Kind::Addresses),
    ("token_bound_cidrs", Kind::Addresses),
    ("name", Kind::Text),
    ("role_name", Kind::Text),
    ("token_strictly_bind_ip", Kind::Bool),
    ("token_ttl", Kind::Duration),
    ("Period", Kind::Duration),
    ("token_type", Kind::RoleType),
    ("orphan", Kind::Bool),
    ("renewable", Kind::Bool),
    ("zzz", Kind::Text),
];

const NAMES: [&str; 8] = ["NomadSrv", "a.b", "a", "ab-", "a_b", "-a", "a--b", "0"];

impl RoleQuestion {
    /// What the core stores, or why it refuses.
    ///
    /// # Errors
    /// With the server's reason to refuse it.
    pub fn stored(&self) -> Result<StoredRole, RoleRefusal> {
        stored(&self.body.text(), &self.name, &server())
    }
}

/// What a server stores of this body.
pub(crate) fn stored(body: &str, name: &str, server: &Server) -> Result<StoredRole, RoleRefusal> {
    if let Some(error) = body_error(body) {
        return Err(RoleRefusal::Body(error));
    }
    let role = TokenRole::from_tree(&parse(body.into(), Dialect::Json), Target::NEWEST_TOKEN_BASED);
    store_role(&role, name, server)
}

/// The server that is asked, with the policies that [`crate::token`] writes.
pub(crate) fn server() -> Server {
    let policies = ["admin", "creator", "creator-sudo", "db", "team-a", "team-b", "web"];
    let policies = policies.map(str::to_owned).to_vec();
    Server { policies: Some(policies), ..Server::new(VaultDialect::OPENBAO_2_7) }
}

/// A body of at most eight fields.
pub(crate) fn random_body(random: &mut Random, fields: &[(&str, Kind)], most: usize) -> Body {
    let count = random.below(most + 1);
    let members = (0..count).map(|_| {
        let (name, kind) = fields[random.below(fields.len())];
        (name.to_owned(), value(kind, random))
    });
    Body::Members(members.collect())
}

impl Question for RoleQuestion {
    const KIND: &'static str = "role";

    fn prepare(_client: &mut Client) -> io::Result<()> {
        Ok(())
    }

    fn random(random: &mut Random) -> Self {
        let name = if random.chance(5) { random.pick(&NAMES) } else { "rt" };
        let most = if random.chance(50) { 3 } else { 8 };
        let body = random_body(random, &FIELDS, most);
        let body = if random.chance(3) { body.damaged(random) } else { body };
        Self { name: name.to_owned(), body }
    }

    fn ask(&self, client: &mut Client) -> io::Result<Value> {
        let path = format!("auth/token/roles/{}", self.name);
        client.send("DELETE", &path, "")?;
        let written = client.send("POST", &path, &self.body.text())?;
        Ok(match written.status {
            200 | 204 => {
                let stored = client.send("GET", &path, "")?.body["data"].take();
                json!({ "status": written.status, "warnings": written.texts("warnings"), "stored": stored })
            }
            status => json!({ "status": status, "errors": written.texts("errors") }),
        })
    }

    fn judge(&self) -> Vec<Value> {
        if !role_name_is_valid(&self.name) {
            return vec![match body_error(&self.body.text()) {
                Some(error) => json!({ "status": 400, "errors": [error] }),
                None => json!({ "status": 404, "errors": ["1 error occurred:\n\t* unsupported path\n\n"] }),
            }];
        }
        match self.stored() {
            Ok(role) => {
                let status = if role.warnings.is_empty() { 204 } else { 200 };
                vec![json!({ "status": status, "warnings": role.warnings, "stored": read_back(&role) })]
            }
            Err(RoleRefusal::Crash) => vec![json!({ "status": 0, "errors": [] })],
            Err(refusal) => {
                let answer = |text| json!({ "status": refusal.status(), "errors": [text] });
                refusal.texts().into_iter().map(answer).collect()
            }
        }
    }

    fn simpler(&self) -> Vec<Self> {
        let bodies = self.body.simpler().into_iter();
        bodies.map(|body| Self { body, ..self.clone() }).collect()
    }

    fn to_json(&self) -> Value {
        json!({ "name": self.name, "body": self.body.to_json() })
    }

    fn from_json(value: &Value) -> Option<Self> {
        Some(Self { name: value["name"].as_str()?.to_owned(), body: Body::from_json(&value["body"])? })
    }
}
