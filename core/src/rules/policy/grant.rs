//! Blocks that grant nothing, or not what they seem to.

use std::sync::Arc;

use super::help::{has_problem, shown};
use crate::acl::{Acl, PolicySource};
use crate::model::{Capability, CapabilitySet, PathKey, PathRules, PatternKind, Policy};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::text::{Applicability, Fix, Span};

declare_rule! {
    pub(super) static NO_CAPABILITIES = {
        code: "POL019", name: "no-capabilities", summary: "a block that grants nothing and hides wider ones",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: acl-facts, topic empty-caps; vault-policies-and-tokens §1.5",
        check: Policy(check_nothing_granted),
    }
}

declare_rule! {
    pub(super) static CAPABILITIES_BESIDE_DENY = {
        code: "POL020", name: "capabilities-beside-deny", summary: "capabilities that a `deny` in the same block cancels",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-policy-parse-facts, `[\"deny\",\"bogus\"]` is accepted; vault-policies-and-tokens §1.5",
        check: Policy(check_beside_deny),
    }
}

declare_rule! {
    pub(super) static CREATE_ON_TOKEN_ENDPOINT = {
        code: "POL021", name: "create-on-token-endpoint", summary: "`create` on a token endpoint, which asks for `update`",
        severity: Warning, enforced_by: Advisory, fix: Unsafe, applies: always(),
        evidence: "measured on OpenBao 2.7.2: a policy with only create on auth/token/create/<role> is answered with 403, one with only update with 200; vault-policies-and-tokens §2.5",
        check: Policy(check_create),
    }
}

declare_rule! {
    pub(super) static URL_FORM_ONLY = {
        code: "POL022", name: "url-form-only", summary: "a token endpoint only in the URL form, which this Vault lacks",
        severity: Warning, enforced_by: Advisory, fix: Unsafe, applies: always(),
        evidence: "measured on OpenBao 2.7.2: auth/token/lookup/<token> and revoke-accessor/<accessor> are 404, the forms with a body 403 under the seed's policy; vault-policies-and-tokens §4.1, §4.2",
        check: Policy(check_url_forms),
    }
}

fn check_nothing_granted(cx: &mut Context<'_>, policy: &Policy) {
    if policy.has_syntax_errors {
        return;
    }
    for (index, rules) in policy.paths.iter().enumerate() {
        if !rules.granted.is_empty() || rules.has_expired(None) || has_problem(policy, index) {
            continue;
        }
        let message = if rules.keys.contains(PathKey::Capabilities) {
            "this block has no capability: it grants nothing, and hides wider blocks"
        } else {
            "this block has no `capabilities`: it grants nothing, and hides wider blocks"
        };
        cx.report(rules.header, message)
            .help("list what may be done, or write `[\"deny\"]` where that is meant");
    }
}

fn check_beside_deny(cx: &mut Context<'_>, policy: &Policy) {
    if !policy.granted.denies() {
        return;
    }
    let text = cx.text();
    for rules in policy.paths.iter().filter(|rules| rules.granted.denies()) {
        let is_other = |written: Option<Capability>| written != Some(Capability::Deny);
        let mut others = rules.capabilities.iter().filter(|written| is_other(written.value)).peekable();
        if others.peek().is_none() {
            continue;
        }
        let deny = rules.capabilities.iter().find(|written| !is_other(written.value));
        let place = deny.map(|deny| deny.span).or(rules.policy.as_ref().map(|policy| policy.span));
        const MOST_SHOWN: usize = 12;
        let names: Vec<String> = others
            .clone()
            .take(MOST_SHOWN)
            .map(|written| format!("`{}`", shown(written.span.of(text)).trim_matches('"')))
            .collect();
        let unknown = others.find(|written| written.value.is_none());
        let message = format!("`deny` cancels {}", names.join(", "));
        let help = match unknown {
            Some(unknown) => format!(
                "leave the others out; Vault does not even say that {} is no capability",
                shown(unknown.span.of(text))
            ),
            None => "leave the others out, or the `deny`".to_owned(),
        };
        cx.report(place.unwrap_or(rules.header), message).help(help);
    }
}

/// Endpoints of tokens that have no existence check: a write there is always an update.
const ALWAYS_UPDATE: [&str; 4] =
    ["auth/token/create", "auth/token/lookup", "auth/token/renew", "auth/token/revoke"];

fn check_create(cx: &mut Context<'_>, policy: &Policy) {
    for rules in policy.paths.iter().filter(|rules| rules.granted.contains(Capability::Create)) {
        let Ok(pattern) = rules.pattern() else { continue };
        let is_token_path = pattern.text.starts_with("auth/token/")
            && ALWAYS_UPDATE.iter().any(|endpoint| pattern.text.starts_with(endpoint));
        if !is_token_path {
            continue;
        }
        let create = rules.capabilities.iter().find(|written| written.value == Some(Capability::Create));
        let Some(create) = create else { continue };
        // Beside `update` it does no harm, and Nomad's own policy has it.
        if rules.granted.contains(Capability::Update) {
            continue;
        }
        if cx.is_full() {
            cx.omit();
            continue;
        }
        let replaced = cx.replace("Write `update`", Applicability::Unsafe, create.span, "\"update\"");
        let fix = (!policy.has_syntax_errors).then_some(replaced);
        let finding = cx.report(
            create.span,
            "`create` allows nothing here: a write to a token endpoint asks for `update`",
        );
        finding.help("write `\"update\"`; Vault says: `permission denied`");
        finding.fix = fix;
    }
}

/// Endpoints that older Vaults also had with the token or accessor in the URL.
const URL_FORMS: [(&str, &str); 6] = [
    ("auth/token/lookup-accessor", "accessor"),
    ("auth/token/lookup", "token"),
    ("auth/token/renew", "token"),
    ("auth/token/revoke-accessor", "accessor"),
    ("auth/token/revoke-orphan", "token"),
    ("auth/token/revoke", "token"),
];

fn check_url_forms(cx: &mut Context<'_>, policy: &Policy) {
    let vault = cx.target().vault;
    if vault.has_url_token_paths() || !policy.is_accepted() {
        return;
    }
    let found = policy.paths.iter().filter_map(|rules| Some((rules, url_form(rules)?)));
    let found: Vec<_> = found.collect();
    if found.is_empty() {
        return;
    }
    let is_judged = |endpoint: &str| matches!(endpoint, "auth/token/lookup" | "auth/token/revoke-accessor");
    let of_server = crate::rules::xref::judges_paths_of_tokens(cx.setup(), cx.document_id());
    let source =
        PolicySource { name: String::new(), document: cx.document_id(), policy: Arc::new(policy.clone()) };
    let acl = Acl::new(vec![source], vault);
    for (rules, (endpoint, what)) in found {
        let allowed = acl.capabilities(endpoint).unwrap_or(CapabilitySet::EMPTY);
        if allowed.contains(Capability::Update) || of_server && is_judged(endpoint) {
            continue;
        }
        let fix = as_body_form(cx, rules, endpoint);
        let message = format!(
            "{vault} has no `{endpoint}/<{what}>`, and `{endpoint}`, which takes the {what} in the body, is not allowed"
        );
        let finding = cx.report(rules.path.span, message);
        finding.help(format!("allow `update` on `{endpoint}`; Vault says: `permission denied`"));
        finding.fix = fix;
    }
}

/// The endpoint that a block allows with the token or accessor in the URL.
fn url_form(rules: &PathRules) -> Option<(&'static str, &'static str)> {
    if rules.granted.denies() || rules.granted.is_empty() {
        return None;
    }
    let pattern = rules.pattern().ok()?;
    if !pattern.text.starts_with("auth/token/") {
        return None;
    }
    let rest = match pattern.kind {
        PatternKind::Prefix => "/",
        PatternKind::Segments => "/+",
        PatternKind::Exact => return None,
    };
    URL_FORMS.into_iter().find(|(endpoint, _)| pattern.text.strip_prefix(endpoint) == Some(rest))
}

/// Makes a block one for the form with a body.
fn as_body_form(cx: &Context<'_>, rules: &PathRules, endpoint: &str) -> Option<Fix> {
    let (first, last) = (rules.capabilities.first()?, rules.capabilities.last()?);
    let capabilities = Span::new(first.span.start, last.span.end);
    // With the key given twice there are two lists.
    if capabilities.of(cx.text()).contains(']') {
        return None;
    }
    let mut edits = vec![cx.edit(rules.path.span, format!("\"{endpoint}\""))];
    if capabilities.of(cx.text()) != "\"update\"" {
        edits.push(cx.edit(capabilities, "\"update\""));
    }
    Some(Fix { title: format!("Allow `{endpoint}` instead"), applicability: Applicability::Unsafe, edits })
}
