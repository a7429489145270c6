//! The role's name, which Vault takes from the path and never from the body.

use crate::model::{Model, ParsedBundle, TokenRole, VaultKey};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::text::{Applicability, DocumentId, Span};

declare_rule! {
    pub(super) static MISNAMED_ROLE = {
        code: "ROLE001", name: "misnamed-role", summary: "the role's `name` is not the one that paths and commands use",
        severity: Warning, enforced_by: Advisory, fix: Safe, applies: always(),
        evidence: "S01: the page of nomad v0.5.0 says `nomad` in the JSON and `nomad-server` everywhere else; measured on OpenBao 2.7.2: `name` is ignored (vault-role-facts `name differs`)",
        check: TokenRole(check),
    }
}

/// A place that says which role Nomad uses.
struct Use {
    role: String,
    document: DocumentId,
    span: Span,
}

fn check(cx: &mut Context<'_>, role: &TokenRole) {
    let Some(field) = role.name.as_ref().filter(|_| role.has_fields()) else { return };
    let Some(name) = field.value().cloned() else { return };
    let uses = uses(cx.bundle());
    if uses.iter().any(|used| used.role == name) {
        return;
    }
    let Some(expected) = uses.first().map(|used| used.role.clone()).or_else(|| role_of_file(cx)) else {
        return;
    };
    // `01-nomad-server-role.json` is for `nomad-server` too.
    let is_end = expected.strip_suffix(&*name).is_some_and(|rest| !rest.ends_with(char::is_alphanumeric));
    if expected == name || (uses.is_empty() && is_end) {
        return;
    }
    let is_certain = uses.iter().all(|used| used.role == expected);
    let fix = cx.replace(
        format!("Name it `{expected}`"),
        Applicability::Safe,
        field.value_span,
        format!("\"{}\"", expected.escape_default()),
    );
    let message = if uses.is_empty() {
        format!("the role is named `{name}`, but its file says `{expected}`")
    } else {
        format!("the role is named `{name}`, but everything that uses it says `{expected}`")
    };
    let finding = cx.report(field.value_span, message);
    finding.help(format!(
        "write `{expected}`: Vault ignores `name` and takes the name from the path, `auth/token/roles/{expected}`, but people who follow the file write the role elsewhere"
    ));
    for used in uses.iter().take(2) {
        finding.related(used.document, used.span, format!("the role is `{}` here", used.role));
    }
    if is_certain {
        finding.fix(fix);
    }
}

/// Where the other documents name roles, policies first.
fn uses(bundle: &ParsedBundle<'_>) -> Vec<Use> {
    let mut uses = Vec::new();
    for (document, model) in bundle.models() {
        if let Model::Policy(policy) = model {
            for rules in &policy.paths {
                if let Some(role) = role_of_path(&rules.path.value) {
                    uses.push(Use { role: role.to_owned(), document, span: rules.path.span });
                }
            }
        }
    }
    for (document, model) in bundle.models() {
        match model {
            Model::AgentConfig(config) => {
                let settings =
                    config.vaults.iter().filter_map(|vault| vault.setting(VaultKey::CreateFromRole));
                for setting in settings {
                    let Some(role) = setting.text().filter(|role| !role.is_empty()) else { continue };
                    uses.push(Use { role: role.to_owned(), document, span: setting.span });
                }
            }
            Model::Token(token) => {
                if let Some(role) = token.role.as_ref().filter(|role| !role.value.is_empty()) {
                    uses.push(Use { role: role.value.clone(), document, span: role.span });
                }
            }
            _ => {}
        }
    }
    uses
}

/// The role that a policy's path is about.
fn role_of_path(path: &str) -> Option<&str> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let role = path.strip_prefix("auth/token/create/").or_else(|| path.strip_prefix("auth/token/roles/"))?;
    let is_one = !role.is_empty() && !role.contains(['*', '+', '/', '{']);
    is_one.then_some(role)
}

/// The role that a file such as `nomad-server-role.json` is for.
fn role_of_file(cx: &Context<'_>) -> Option<String> {
    let file = cx.document()?.document.name().rsplit(['/', '\\']).next()?;
    let stem = file.strip_suffix(".json")?;
    let role = stem.strip_suffix("-role").or_else(|| stem.strip_suffix("_role"))?;
    (!role.is_empty()).then(|| role.to_owned())
}
