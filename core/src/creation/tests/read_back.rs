//! A stored role as the server answers to a read; shared with the oracle.

use serde_json::{Value, json};

use super::StoredRole;

/// The answer's `data`.
pub(super) fn read_back(role: &StoredRole) -> Value {
    let mut fields = json!({
        "allowed_entity_aliases": role.allowed_entity_aliases,
        "allowed_policies": role.allowed_policies,
        "allowed_policies_glob": role.allowed_policies_glob,
        "disallowed_policies": role.disallowed_policies,
        "disallowed_policies_glob": role.disallowed_policies_glob,
        "explicit_max_ttl": role.explicit_max_ttl,
        "name": role.name,
        "orphan": role.orphan,
        "path_suffix": role.path_suffix,
        "period": role.period,
        "renewable": role.renewable,
        "token_explicit_max_ttl": role.token_explicit_max_ttl,
        "token_no_default_policy": role.token_no_default_policy,
        "token_period": role.token_period,
        "token_type": role.token_type,
    });
    if role.token_num_uses > 0 {
        fields["token_num_uses"] = json!(role.token_num_uses);
    }
    for (name, addresses) in
        [("bound_cidrs", &role.bound_cidrs), ("token_bound_cidrs", &role.token_bound_cidrs)]
    {
        if !addresses.is_empty() {
            fields[name] = json!(addresses);
        }
    }
    fields
}
