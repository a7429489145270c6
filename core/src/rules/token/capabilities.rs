//! What Vault itself says that the token may do.

use crate::acl::server_needs;
use crate::model::TokenLookup;
use crate::rules::Context;
use crate::rules::rule::{declare_rule, nomad};

declare_rule! {
    pub(super) static MISSING_CAPABILITY = {
        code: "TOK009", name: "missing-capability", summary: "the token may not do what Nomad needs, as Vault itself answers",
        severity: Error, enforced_by: Nomad, fix: None, applies: nomad("0.5.3", "1.9.99"),
        evidence: "TOK-09, POL-01 to POL-05: nomad v0.5.3 nomad/vault.go:664-719, v1.6.10 :832-886 wants `update` (of the role `read`) or `root` in the answer",
        check: Token(check),
    }
}

fn check(cx: &mut Context<'_>, token: &TokenLookup) {
    if token.capabilities.is_empty() {
        return;
    }
    let setup = cx.setup();
    let role = setup.role_name.as_ref().map(|role| role.name.as_str());
    let needs = server_needs(cx.target(), role, setup.asks_submitters() == Some(true));
    for answer in &token.capabilities {
        let need = needs.iter().find(|need| need.path == answer.path);
        let wanted = match need.map(|need| need.capability.as_str()) {
            Some(wanted) => wanted,
            // Without another document, the role of the answer is the one.
            None if role.is_none() && answer.path.starts_with("auth/token/create/") => "update",
            None if role.is_none() && answer.path.starts_with("auth/token/roles/") => "read",
            None => continue,
        };
        if answer.words.iter().any(|word| word == wanted || word == "root") {
            continue;
        }
        let path = &answer.path;
        cx.report(answer.span, format!("the token lacks `{wanted}` on `{path}`")).help(format!(
            "grant it in one of the token's policies; Nomad says: `token must have one of the following capabilities [\"{wanted}\" \"root\"] on \"{path}\"`",
        ));
    }
}
