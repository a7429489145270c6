//! What Vault accepts and what bites tasks later.

use super::requirements::SYSTEM_MAX_TTL;
use crate::model::{Field, PolicyList, ReadDuration, RoleForm, Seconds, TokenRole};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::text::Applicability;

declare_rule! {
    pub(super) static NO_DEFAULT_POLICY = {
        code: "ROLE022", name: "no-default-policy", summary: "tokens of the role lack `default`, by which they renew themselves",
        severity: Error, enforced_by: Advisory, fix: Unsafe, applies: always(),
        evidence: "D14: nomad v1.6.10 vault_hook.go:245-253; measured on OpenBao 2.7.2: renew-self of such a token is refused with 403",
        check: TokenRole(check_default_policy),
    }
}

declare_rule! {
    pub(super) static BAD_CIDR = {
        code: "ROLE023", name: "bad-cidr", summary: "a bound CIDR that is no address range",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-role-facts `bad cidr` (refused), `bad token cidr` (300.0.0.0/8 stored as the name of a socket)",
        check: TokenRole(check_cidrs),
    }
}

declare_rule! {
    pub(super) static BAD_PATH_SUFFIX = {
        code: "ROLE024", name: "bad-path-suffix", summary: "a path suffix that Vault refuses",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-role-facts `path_suffix 2 chars`, `path_suffix dots`",
        check: TokenRole(check_path_suffix),
    }
}

declare_rule! {
    pub(super) static CAPPED_PERIOD = {
        code: "ROLE027", name: "capped-period", summary: "a period longer than Vault's longest TTL",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: `period of \"…\" exceeded the effective max_ttl of \"768h\"` (vault-token-create-facts); Vault 0.6 does not cap",
        check: TokenRole(check_capped),
    }
}

declare_rule! {
    pub(super) static LIMITED_USES = {
        code: "ROLE028", name: "limited-uses", summary: "tokens of the role end after a number of requests",
        severity: Error, enforced_by: Advisory, fix: Unsafe, applies: always(),
        evidence: "vault-policies-and-tokens 3.4: num_uses is the lesser non-zero of role and request; every renewal counts",
        check: TokenRole(check_uses),
    }
}

fn check_default_policy(cx: &mut Context<'_>, role: &TokenRole) {
    let help = "let tokens have `default`: without it `renew-self` answers 403 and Nomad derives a new token in a tight loop";
    if let Some(field) = role.token_no_default_policy.as_ref().filter(|field| field.value() == Some(&true)) {
        if !cx.target().vault.has_token_fields() {
            return;
        }
        let fix = cx.replace("Set it to `false`", Applicability::Unsafe, field.value_span, "false");
        cx.report(
            field.value_span,
            "tokens of this role lack the policy `default`, so tasks cannot renew them",
        )
        .help(help)
        .fix(fix);
    }
    let disallowed = role.disallowed_policies.as_ref().and_then(Field::value);
    let default = disallowed.iter().flat_map(|list| &list.names).find(|policy| policy.name == "default");
    if let Some(default) = default {
        cx.report(default.span, "tokens of this role lack the policy `default`, so tasks cannot renew them")
            .help(help);
    }
}

fn check_cidrs(cx: &mut Context<'_>, role: &TokenRole) {
    for field in [&role.bound_cidrs, &role.token_bound_cidrs].into_iter().flatten() {
        let names = field.value().map(|list: &PolicyList| list.names.as_slice()).unwrap_or_default();
        for cidr in names.iter().filter(|cidr| !is_cidr(&cidr.name)) {
            let name = &cidr.name;
            let is_taken = name.contains('/');
            let help = if is_taken {
                "write a range such as `10.0.0.0/8`; Vault takes this for the name of a socket, and no request comes from there".to_owned()
            } else {
                format!(
                    "write a range such as `10.0.0.0/8`; Vault says: `error parsing address \"{name}\": Unable to convert \"{name}\" to an IPv4 or IPv6 address, or a UNIX Socket`"
                )
            };
            cx.report(cidr.span, format!("`{name}` is no address or range of addresses")).help(help);
        }
    }
}

/// Whether a text is an address with or without the length of its prefix.
fn is_cidr(text: &str) -> bool {
    let (address, length) =
        text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
    let Ok(address) = address.parse::<std::net::IpAddr>() else { return false };
    let longest = if address.is_ipv4() { 32 } else { 128 };
    length.is_none_or(|length| length.parse::<u8>().is_ok_and(|length| length <= longest))
}

fn check_path_suffix(cx: &mut Context<'_>, role: &TokenRole) {
    let Some(field) = role.path_suffix.as_ref().filter(|_| role.form == RoleForm::Written) else { return };
    let Some(suffix) = field.value().filter(|suffix| !suffix.is_empty()).cloned() else { return };
    let says = if suffix.contains("..") {
        "error registering path suffix: path cannot contain parent references"
    } else if !has_path_name(&suffix) {
        "given role path suffix contains invalid characters; must match \\w[\\w-.]+\\w"
    } else {
        return;
    };
    cx.report(field.value_span, format!("Vault refuses the path suffix `{suffix}`"))
        .help(format!("write at least three letters, digits or `_`; Vault says: `{says}`"));
}

/// Whether `\w[\w-.]+\w` is found anywhere in the text.
fn has_path_name(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_inner = |byte: u8| is_word(byte) || matches!(byte, b'-' | b'.');
    text.as_bytes().split(|byte| !is_inner(*byte)).any(|run| {
        let first = run.iter().position(|byte| is_word(*byte));
        let last = run.iter().rposition(|byte| is_word(*byte));
        first.zip(last).is_some_and(|(first, last)| last >= first + 2)
    })
}

fn check_capped(cx: &mut Context<'_>, role: &TokenRole) {
    let ReadDuration::Given(seconds, field) = role.read_period(cx.target()) else { return };
    // Vault 0.6 does not cap the period; which release began to is not pinned, 1.0 is the first sure one.
    if seconds <= SYSTEM_MAX_TTL || !cx.target().vault.has_batch_tokens() {
        return;
    }
    let period = Seconds(seconds);
    cx.report(
        field.value_span,
        format!("a period of {period} is cut to Vault's longest TTL, 768h unless configured"),
    )
    .help(
        "write `259200` (72h), as Nomad's documentation does; tokens live only as long as the server allows",
    );
}

fn check_uses(cx: &mut Context<'_>, role: &TokenRole) {
    let Some(field) = &role.token_num_uses else { return };
    let Some(count @ 1..) = field.value().copied() else { return };
    if !cx.target().vault.has_token_fields() {
        return;
    }
    let fix = cx.replace("Set it to `0`", Applicability::Unsafe, field.value_span, "0");
    cx.report(field.value_span, format!("tokens of this role end after {count} requests, renewals included"))
        .help("set `token_num_uses` to `0`, no limit: a task's token is used for every secret and every renewal")
        .fix(fix);
}
