//! Lists of policies.

use crate::model::{Quoted, QuotedList, VaultDialect};

use super::refusal::CreationRefusal;
use super::role::StoredRole;
use super::token::Parent;
use crate::model::TokenRequest;
use crate::text::order;

/// Trimmed, in lower case, sorted, each once; empty names are left out.
pub(super) fn without_duplicates(names: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<String> {
    let names = names.into_iter().map(|name| name.as_ref().trim().to_lowercase());
    let mut names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
    order::sort(&mut names);
    names.dedup();
    names
}

/// As [`without_duplicates`]; `root` leaves nothing beside it. `default` is added where it is asked for.
pub(super) fn sanitized(names: impl IntoIterator<Item = impl AsRef<str>>, adds_default: bool) -> Vec<String> {
    let mut names = without_duplicates(names);
    if contains(&names, "root") {
        return vec!["root".to_owned()];
    }
    if adds_default && !contains(&names, "default") {
        names.push("default".to_owned());
        order::sort(&mut names);
    }
    names
}

/// Whether a role's pattern matches a policy's name: `*` stands for any text, at any place and more than once.
pub fn glob_matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(last) = parts.next_back() else { return pattern == name };
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    // An empty part matches in front, not behind: `split_once("")` gives the whole rest.
    rest.ends_with(last)
}

fn contains(names: &[String], name: &str) -> bool {
    names.binary_search_by(|known| known.as_str().cmp(name)).is_ok()
}

fn matches_any(patterns: &[String], name: &str) -> bool {
    patterns.iter().any(|pattern| glob_matches(pattern, name))
}

/// The policies of the token.
pub(super) fn token_policies(
    role: Option<&StoredRole>,
    request: &TokenRequest,
    parent: &Parent,
    dialect: VaultDialect,
) -> Result<Vec<String>, CreationRefusal> {
    let (policies, adds_default) = match role.filter(|role| role.limits_policies()) {
        Some(role) => (of_role(role, request, parent, dialect)?, false),
        None if request.policies.is_empty() => (sanitized(&parent.policies, false), false),
        None if parent.has_sudo => (request.policies.clone(), !request.no_default_policy),
        None => {
            let parents = sanitized(&parent.policies, false);
            if !sanitized(&request.policies, false).iter().all(|name| contains(&parents, name)) {
                return Err(CreationRefusal::NotOfParent);
            }
            let adds_default = !request.no_default_policy && parent.has_policy("default");
            (request.policies.clone(), adds_default)
        }
    };
    let mut policies = sanitized(policies, adds_default);
    if request.no_default_policy {
        policies.retain(|name| name != "default");
    }
    if let Some(internal) = policies.iter().find(|name| *name == "response-wrapping") {
        return Err(CreationRefusal::InternalPolicy(internal.clone()));
    }
    if contains(&policies, "root") && !parent.has_policy("root") {
        return Err(CreationRefusal::RootFromOther);
    }
    Ok(policies)
}

/// A role with a list of policies, allowed or not, has rules of its own.
fn of_role(
    role: &StoredRole,
    request: &TokenRequest,
    parent: &Parent,
    dialect: VaultDialect,
) -> Result<Vec<String>, CreationRefusal> {
    let adds_default = !request.no_default_policy
        && !role.token_no_default_policy
        && !contains(&role.disallowed_policies, "default")
        && !matches_any(&role.disallowed_policies_glob, "default");
    let asked =
        if request.policies.is_empty() { Vec::new() } else { sanitized(&request.policies, adds_default) };
    let chosen = if role.allowed_policies.is_empty() && role.allowed_policies_glob.is_empty() {
        let parents = sanitized(&parent.policies, adds_default);
        if dialect.is_denying_role_bound_to_parent() && !asked.iter().all(|name| contains(&parents, name)) {
            return Err(CreationRefusal::NotOfParentByRole);
        }
        if asked.is_empty() { parents } else { asked }
    } else {
        let allowed = sanitized(&role.allowed_policies, adds_default);
        let globs = sanitized(&role.allowed_policies_glob, false);
        let is_allowed = |name: &String| contains(&allowed, name) || matches_any(&globs, name);
        if !asked.iter().all(is_allowed) {
            return Err(CreationRefusal::NotAllowed(not_allowed(&asked, &allowed, &globs, dialect)));
        }
        if asked.is_empty() { allowed } else { asked }
    };
    let is_disallowed = |name: &&String| {
        contains(&role.disallowed_policies, name) || matches_any(&role.disallowed_policies_glob, name)
    };
    match chosen.iter().find(is_disallowed) {
        Some(name) => Err(CreationRefusal::Disallowed(Quoted(name).to_string())),
        None => Ok(chosen),
    }
}

fn not_allowed(asked: &[String], allowed: &[String], globs: &[String], dialect: VaultDialect) -> String {
    if dialect.has_policy_globs() {
        let (asked, allowed, globs) = (QuotedList(asked), QuotedList(allowed), QuotedList(globs));
        return format!(
            "token policies ({asked}) must be subset of the role's allowed policies ({allowed}) or glob policies ({globs})"
        );
    }
    let (asked, allowed) = (asked.join(" "), allowed.join(" "));
    format!("token policies ([{asked}]) must be subset of the role's allowed policies ([{allowed}])")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_on_the_server() {
        let table = [
            ("a*n", "admin", true),
            ("*m*", "admin", true),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("a", "a", true),
            ("a**b", "ab", true),
            ("a*b*c", "abc", true),
            ("a*b*c", "acb", false),
            ("ab*b", "ab", false),
            ("*a*a", "a", false),
            ("a*", "ba", false),
        ];
        for (pattern, name, expected) in table {
            assert_eq!(glob_matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn lists_are_sanitised() {
        assert_eq!(sanitized([" B ", "a", "", "A"], true), ["a", "b", "default"]);
        assert_eq!(sanitized(["x", " ROOT"], true), ["root"]);
        assert_eq!(sanitized(Vec::<String>::new(), true), ["default"]);
    }
}
