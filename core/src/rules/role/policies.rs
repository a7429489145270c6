//! The lists of policies that tokens of a role may have.

use crate::model::{Field, PolicyList, PolicyName, RoleForm, TokenRole};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::text::{Applicability, Span, order};

declare_rule! {
    pub(super) static PLACEHOLDER_POLICIES = {
        code: "ROLE010", name: "placeholder-policies", summary: "the list of policies is still the documentation's placeholder",
        severity: Error, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-role-facts `seed placeholder`: stored as one policy of that name",
        check: TokenRole(check_placeholder),
    }
}

declare_rule! {
    pub(super) static COMMA_IN_LIST_ELEMENT = {
        code: "ROLE011", name: "comma-in-list-element", summary: "an element of a policy list holds several names",
        severity: Error, enforced_by: Advisory, fix: Safe, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-role-facts `allowed list w/ comma elem`: \"a,b\" is stored as one policy",
        check: TokenRole(check_comma),
    }
}

declare_rule! {
    pub(super) static ROOT_IN_ALLOWED_POLICIES = {
        code: "ROLE018", name: "root-in-allowed-policies", summary: "`root` among the allowed policies replaces all others",
        severity: Error, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-role-facts `allowed with root`: stored as [root]; tokens then need a root parent",
        check: TokenRole(check_root),
    }
}

declare_rule! {
    pub(super) static GLOB_ONLY_ROLE = {
        code: "ROLE025", name: "glob-only-role", summary: "a role of patterns only gives a token without request just `default`",
        severity: Info, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-token-create-facts; vault-policies-and-tokens 3.3",
        check: TokenRole(check_globs),
    }
}

declare_rule! {
    pub(super) static OPEN_ROLE = {
        code: "ROLE026", name: "open-role", summary: "tasks may have any policy that is not listed",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: a role with only disallowed policies allows any other (vault-token-create-facts)",
        check: TokenRole(check_open),
    }
}

declare_rule! {
    pub(super) static NO_ALLOWED_POLICIES = {
        code: "ROLE029", name: "no-allowed-policies", summary: "the role lists no policy, so tasks get only those of the server's token",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: a role without lists behaves like no role (vault-token-create-facts)",
        check: TokenRole(check_none),
    }
}

declare_rule! {
    pub(super) static WILDCARD_IN_ALLOWED_POLICIES = {
        code: "ROLE030", name: "wildcard-in-policies", summary: "`*` in a list of names is no pattern",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-role-facts `allowed star`; `allowed_policies \"*\"` is a literal name",
        check: TokenRole(check_wildcard),
    }
}

declare_rule! {
    pub(super) static ALLOWED_AND_DISALLOWED = {
        code: "ROLE031", name: "allowed-and-disallowed", summary: "a policy is allowed and disallowed",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: overlap makes the request without policies fail (vault-token-create-facts); vault-policies-and-tokens 3.3",
        check: TokenRole(check_overlap),
    }
}

fn names(field: Option<&Field<PolicyList>>) -> &[PolicyName] {
    field.and_then(Field::value).map_or(&[], |list| &list.names)
}

fn is_placeholder(text: &str) -> bool {
    let text = text.trim().trim_matches('"').trim();
    text == "..." || (text.starts_with('<') && text.ends_with('>') && text.len() > 2)
}

fn check_placeholder(cx: &mut Context<'_>, role: &TokenRole) {
    let lists = [&role.allowed_policies, &role.allowed_policies_glob, &role.disallowed_policies];
    for field in lists.into_iter().flatten() {
        // The placeholder itself may hold commas.
        let whole = field.value_span.of(cx.text());
        let spans: Vec<Span> = if is_placeholder(whole) {
            vec![field.value_span]
        } else {
            let names = names(Some(field)).iter();
            names.filter(|policy| is_placeholder(&policy.name)).map(|policy| policy.span).collect()
        };
        for span in spans {
            let text = span.of(cx.text()).trim_matches('"').to_owned();
            cx.report(span, format!("`{text}` is the documentation's placeholder, not a policy")).help(
                "list the policies that jobs may have, such as `\"web,db\"`; Vault stores the placeholder as a policy of that name",
            );
        }
    }
}

fn check_comma(cx: &mut Context<'_>, role: &TokenRole) {
    let lists = [
        &role.allowed_policies,
        &role.allowed_policies_glob,
        &role.disallowed_policies,
        &role.disallowed_policies_glob,
    ];
    for field in lists.into_iter().flatten() {
        let Some(list) = field.value().filter(|list| list.is_list) else { continue };
        for policy in
            list.names.iter().filter(|policy| policy.name.contains(',') && !is_placeholder(&policy.name))
        {
            let written = policy.span.of(cx.text()).trim_matches('"');
            let parts: Vec<String> = written
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(|part| format!("\"{part}\""))
                .collect();
            let separate = parts.join(", ");
            let message =
                format!("Vault takes `{written}` for one policy: in a list, commas do not separate");
            let fix = cx.replace(
                "Make them elements of their own",
                Applicability::Safe,
                policy.span,
                separate.clone(),
            );
            cx.report(policy.span, message).help(format!("write {separate}")).fix(fix);
        }
    }
}

fn check_root(cx: &mut Context<'_>, role: &TokenRole) {
    let Some(root) = names(role.allowed_policies.as_ref()).iter().find(|policy| policy.name == "root") else {
        return;
    };
    cx.report(root.span, "Vault stores a list with `root` as `root` alone").help(
        "take it out: every token from the role would be refused, Vault says: `root tokens may not be created without parent token being root`",
    );
}

fn check_globs(cx: &mut Context<'_>, role: &TokenRole) {
    let Some(globs) = &role.allowed_policies_glob else { return };
    if !names(role.allowed_policies.as_ref()).is_empty() || names(Some(globs)).is_empty() || is_open(globs) {
        return;
    }
    cx.report(globs.key, "a token that asks for no policy gets only `default` from this role").help(
        "patterns only admit what is asked for by name; add to `allowed_policies` what such a token shall have",
    );
}

/// Whether the patterns admit every policy.
fn is_open(globs: &Field<PolicyList>) -> bool {
    names(Some(globs)).iter().any(|glob| glob.name == "*")
}

fn check_open(cx: &mut Context<'_>, role: &TokenRole) {
    let help = "list in `allowed_policies` what jobs may have";
    if let Some(globs) = role.allowed_policies_glob.as_ref().filter(|globs| is_open(globs)) {
        cx.report(globs.value_span, "the pattern `*` lets a job have any policy but `root`").help(help);
        return;
    }
    let allows = [&role.allowed_policies, &role.allowed_policies_glob].into_iter().flatten();
    if allows.into_iter().any(|field| field.read.is_err() || !names(Some(field)).is_empty()) {
        return;
    }
    let disallows = [&role.disallowed_policies, &role.disallowed_policies_glob].into_iter().flatten();
    let Some(field) = disallows.into_iter().find(|field| !names(Some(field)).is_empty()) else { return };
    let field = field.clone();
    cx.report(field.key, "a job may have any policy that is not listed here").help(help);
}

fn check_none(cx: &mut Context<'_>, role: &TokenRole) {
    let lists = [
        &role.allowed_policies,
        &role.allowed_policies_glob,
        &role.disallowed_policies,
        &role.disallowed_policies_glob,
    ];
    let is_empty = |field: &Field<PolicyList>| field.value().is_some_and(PolicyList::is_empty);
    if !role.has_fields() || !role.is_whole || !lists.into_iter().flatten().all(is_empty) {
        return;
    }
    // Probably the list under a name that Vault ignores, which is a finding of its own.
    let has_other_name =
        role.members.iter().any(|member| member.name.contains("polic") && !is_list_name(&member.name));
    if has_other_name {
        return;
    }
    let span = role.allowed_policies.as_ref().map_or(role.header, |field| field.value_span);
    let who = if role.form == RoleForm::ReadBack { "allows" } else { "lists" };
    cx.report(
        span,
        format!("the role {who} no policy, so a task gets none but those of the server's own token"),
    )
    .help("list in `allowed_policies` what jobs may have, such as `\"web,db\"`");
}

fn is_list_name(name: &str) -> bool {
    ["allowed_policies", "allowed_policies_glob", "disallowed_policies", "disallowed_policies_glob"]
        .contains(&name)
}

fn check_wildcard(cx: &mut Context<'_>, role: &TokenRole) {
    for (field, glob) in [
        (&role.allowed_policies, "allowed_policies_glob"),
        (&role.disallowed_policies, "disallowed_policies_glob"),
    ] {
        for policy in names(field.as_ref()).iter().filter(|policy| policy.name.contains('*')) {
            cx.report(policy.span, format!("`{}` is no pattern here but a policy of that name", policy.name))
                .help(format!("write it in `{glob}`"));
        }
    }
}

fn check_overlap(cx: &mut Context<'_>, role: &TokenRole) {
    let mut disallowed: Vec<&PolicyName> = names(role.disallowed_policies.as_ref()).iter().collect();
    order::sort_by(&mut disallowed, &|one, other| one.name.cmp(&other.name));
    let id = cx.document_id();
    for policy in names(role.allowed_policies.as_ref()) {
        let Ok(index) = disallowed.binary_search_by(|other| other.name.cmp(&policy.name)) else { continue };
        let Some(other) = disallowed.get(index) else { continue };
        cx.report(policy.span, format!("`{}` is allowed and disallowed", policy.name))
            .help(format!(
                "remove it from one list; a token that asks for no policy is refused, Vault says: `token policy \"{}\" is disallowed by this role`",
                policy.name
            ))
            .related(id, other.span, "disallowed here");
    }
}
