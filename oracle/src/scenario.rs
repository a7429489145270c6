//! The seed's own documents with a server of today: as they are, and after their safe fixes.

use std::io;
use std::path::Path;

use nomad_vault_core::{
    Applicability, Bundle, CheckOptions, DocumentKind, TargetRequest, apply_fixes, check,
};
use serde_json::{Value, json};

use crate::http::Client;

/// How often fixes are applied: one can make room for another.
const MAX_ROUNDS: usize = 10;

/// A request of the servers' token, and the status that it must have.
type Step<'s> = (&'static str, &'s str, Value, u16);

/// Writes the documents, makes a token for the servers, and does with it all that Nomad does. Gives the number of
/// answers that are not as they should be.
///
/// # Errors
/// When the documents cannot be read, or the server not be reached.
pub fn run(client: &mut Client) -> io::Result<usize> {
    let seed = documents()?;
    let mut failures = 0;
    // The page's own policy: tokens are made, but neither looked up nor revoked.
    failures += play(client, &seed, 403)?;
    let repaired = repaired(seed)?;
    failures += play(client, &repaired, 200)?;
    println!("scenario: the seed's documents, as they are and repaired; {failures} answers differ");
    Ok(failures)
}

fn documents() -> io::Result<Bundle> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/seed");
    let mut bundle = Bundle::new();
    for (name, kind) in [
        ("agent.hcl", DocumentKind::AgentConfig),
        ("nomad-server-policy.hcl", DocumentKind::Policy),
        ("nomad-server-role.json", DocumentKind::TokenRole),
    ] {
        let text = std::fs::read_to_string(folder.join(name))?;
        bundle.add(name, kind, &text.replace("<comma-seperated list of policies>", "web"));
    }
    Ok(bundle)
}

fn repaired(mut bundle: Bundle) -> io::Result<Bundle> {
    let target = TargetRequest::parse("nomad=1.6,vault=openbao-2.7").map_err(io::Error::other)?;
    let options = CheckOptions { target, ..CheckOptions::default() };
    for _ in 0..MAX_ROUNDS {
        let report = check(&bundle, &options);
        bundle = apply_fixes(&bundle, &report, Applicability::Safe).map_err(io::Error::other)?;
    }
    Ok(bundle)
}

/// `of_tokens` is the status of the requests about other tokens.
fn play(client: &mut Client, bundle: &Bundle, of_tokens: u16) -> io::Result<usize> {
    let text = |kind: DocumentKind| {
        bundle
            .documents()
            .iter()
            .find(|document| document.kind() == kind)
            .map_or("", |document| document.text())
    };
    let policy = json!({"policy": text(DocumentKind::Policy)}).to_string();
    client.send("PUT", "sys/policies/acl/nomad-server", &policy)?;
    client.send("PUT", "auth/token/roles/nomad-server", text(DocumentKind::TokenRole))?;
    let asked = json!({"policies": ["nomad-server"], "period": "72h"}).to_string();
    let server = made(client, None, "auth/token/create-orphan", &asked)?;
    let asked = json!({"policies": ["web"], "ttl": "72h", "meta": {"AllocationID": "a"}}).to_string();
    let task = made(client, Some(&server.0), "auth/token/create/nomad-server", &asked)?;
    let revoked = if of_tokens == 200 { 204 } else { of_tokens };
    let alive = if of_tokens == 200 { 403 } else { 200 };
    let steps: [Step<'_>; 8] = [
        ("GET", "auth/token/lookup-self", Value::Null, 200),
        ("GET", "auth/token/roles/nomad-server", Value::Null, 200),
        ("PUT", "auth/token/renew-self", json!({"increment": 30}), 200),
        ("PUT", "sys/capabilities-self", json!({"path": "auth/token/create/nomad-server"}), 200),
        ("PUT", "auth/token/lookup", json!({"token": task.0}), of_tokens),
        ("PUT", "auth/token/revoke-accessor", json!({"accessor": task.1}), revoked),
        ("PUT", "auth/token/create", json!({"policies": ["web"]}), 403),
        ("PUT", "auth/token/create/other", json!({"policies": ["web"]}), 403),
    ];
    let mut failures = 0;
    for (method, path, body, wanted) in steps {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let status = client.send_as(&server.0, method, path, &body)?.status;
        failures += differs(path, status, wanted);
    }
    let status = client.send_as(&task.0, "PUT", "auth/token/renew-self", "{}")?.status;
    failures += differs("the task's renew-self", status, alive);
    Ok(failures)
}

fn differs(what: &str, status: u16, wanted: u16) -> usize {
    if status != wanted {
        println!("{what}: {status} instead of {wanted}");
    }
    usize::from(status != wanted)
}

/// A new token and its accessor.
fn made(client: &mut Client, by: Option<&str>, path: &str, body: &str) -> io::Result<(String, String)> {
    let answer = match by {
        Some(token) => client.send_as(token, "PUT", path, body)?,
        None => client.send("PUT", path, body)?,
    };
    let text = |name: &str| answer.body["auth"][name].as_str().unwrap_or_default().to_owned();
    Ok((text("client_token"), text("accessor")))
}
