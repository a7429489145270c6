//! `control_group`: who has to approve a request. Only looked at for what the server refuses (measured on
//! OpenBao 2.7.2); the evaluation of a path does not depend on it.

use super::Capability;
use super::entries::{Entry, Form, each_entry};
use super::number::integer;
use super::problem::GoNode;
use crate::model::vault_duration;
use crate::syntax::{NodeKind, Value};

/// A refusal: the server's words, and the entry or value to point at.
pub(super) struct Refusal<'t> {
    pub(super) text: String,
    pub(super) at: Value<'t>,
}

/// What the server needs to say where something is.
pub(super) struct Places<'a> {
    pub(super) form: Form,
    /// The line of an entry's `=` or `:`, 0 for a block.
    pub(super) line_of: &'a dyn Fn(&Entry<'_>) -> usize,
    /// `At 1:2: ` for a value.
    pub(super) at: &'a dyn Fn(Value<'_>) -> String,
}

/// Looks for the first thing that the server refuses.
pub(super) fn refusal<'t>(group: Value<'t>, places: &Places<'_>) -> Option<Refusal<'t>> {
    let refuse = |text: String, at: Value<'t>| Some(Refusal { text, at });
    let Some(object) = group.object() else {
        return refuse(format!("cannot check HCL keys of type {}", node(group)), group);
    };
    let mut bad_key = None;
    let mut ttl = None;
    let mut factors = Vec::new();
    each_entry(object, places.form, &mut |entry| match entry.key.name().as_ref() {
        "ttl" => ttl = Some(entry.value),
        "factor" => factors.push(entry),
        name => {
            let text = || format!("invalid key \"{name}\" on line {}", (places.line_of)(&entry));
            bad_key = bad_key.take().or_else(|| refuse(text(), entry.value));
        }
    });
    if bad_key.is_some() {
        return bad_key;
    }
    if let Some(value) = ttl
        && let Some(error) = bad_ttl(value)
    {
        return refuse(format!("path control_group: invalid ttl: {error}"), value);
    }
    for factor in &factors {
        if let Some(error) = bad_factor(factor, places) {
            let text = format!(
                "error handling control_group factor: 1 error occurred:\n\t* path control_group factor: {error}\n\n"
            );
            return refuse(text, factor.value);
        }
    }
    if factors.is_empty() {
        return refuse("requires at least one factor but had none".to_owned(), group);
    }
    factors
        .iter()
        .enumerate()
        .find_map(|(index, factor)| Some(Refusal { text: missing(factor, index, places)?, at: factor.value }))
}

fn bad_ttl(value: Value<'_>) -> Option<String> {
    match value.kind() {
        NodeKind::String | NodeKind::Heredoc => {
            vault_duration(&value.string()?).err().map(|error| error.to_string())
        }
        NodeKind::Number => integer(value.raw()).err(),
        NodeKind::Float | NodeKind::Null => None,
        _ => Some("could not parse duration from input".to_owned()),
    }
}

fn bad_factor(factor: &Entry<'_>, places: &Places<'_>) -> Option<String> {
    let Some(object) = factor.value.object() else {
        return Some(format!("cannot check HCL keys of type {}", node(factor.value)));
    };
    if factor.label.is_none() {
        return Some("require name key".to_owned());
    }
    let mut error = None;
    each_entry(object, places.form, &mut |entry| {
        let found = match entry.key.name().as_ref() {
            "controlled_capabilities" => bad_list(entry.value, places),
            "identity" => bad_identity(entry.value, places),
            name => Some(format!("invalid key \"{name}\" on line {}", (places.line_of)(&entry))),
        };
        error = error.take().or(found);
    });
    error
}

fn bad_list(value: Value<'_>, places: &Places<'_>) -> Option<String> {
    value.list().is_none().then(|| format!("{}unknown slice type: {}", (places.at)(value), node(value)))
}

fn bad_identity(value: Value<'_>, places: &Places<'_>) -> Option<String> {
    let mut error = None;
    each_entry(value.object()?, places.form, &mut |entry| {
        let found = match entry.key.name().as_ref() {
            "group_names" => bad_list(entry.value, places),
            "approvals" => approvals(entry.value).err(),
            _ => None,
        };
        error = error.take().or(found);
    });
    error
}

fn approvals(value: Value<'_>) -> Result<i64, String> {
    match value.string() {
        Some(text) => integer(&text),
        None => integer(value.raw()),
    }
}

/// What a factor lacks.
fn missing(factor: &Entry<'_>, index: usize, places: &Places<'_>) -> Option<String> {
    let mut capabilities = Vec::new();
    let (mut approvals_required, mut has_groups) = (0, false);
    each_entry(factor.value.object()?, places.form, &mut |entry| match entry.key.name().as_ref() {
        "controlled_capabilities" => {
            capabilities.extend(entry.value.list().into_iter().flatten().filter_map(|value| value.string()));
        }
        "identity" => {
            let Some(identity) = entry.value.object() else { return };
            each_entry(identity, places.form, &mut |entry| match entry.key.name().as_ref() {
                "group_names" => {
                    has_groups |= entry.value.list().is_some_and(|mut list| list.next().is_some())
                }
                "approvals" => approvals_required = approvals(entry.value).unwrap_or_default(),
                _ => {}
            });
        }
        _ => {}
    });
    if capabilities.is_empty() {
        return Some(format!("factor {index}: missing controlled capabilities"));
    }
    let is_operation = |name: &str| {
        Capability::from_spelling(name).is_some_and(|capability| {
            use Capability::{Create, Delete, List, Patch, Read, Scan, Update};
            matches!(capability, Create | Delete | List | Patch | Read | Scan | Update)
        })
    };
    if let Some(name) = capabilities.iter().find(|name| !is_operation(name)) {
        return Some(format!("path control_group Operation(s) not valid: {name}"));
    }
    if approvals_required <= 0 {
        return Some(format!("factor {index}: missing required approvals"));
    }
    (!has_groups).then(|| format!("factor {index}: missing approving groups"))
}

/// The server's name for a value's node.
pub(super) fn node(value: Value<'_>) -> GoNode {
    match value.kind() {
        NodeKind::List => GoNode::List,
        NodeKind::Object => GoNode::Object,
        _ => GoNode::Literal,
    }
}
