//! `control_group`: who has to approve a request. Only looked at for what the server refuses (measured on
//! OpenBao 2.7.2); the evaluation of a path does not depend on it.

use super::Capability;
use super::entries::{Entry, Form, each_entry};
use super::number::{float, integer};
use super::problem::GoNode;
use crate::model::go::QuotedBytes;
use crate::model::vault_duration;
use crate::syntax::{NodeKind, Value};

/// A refusal: the server's list of errors, and the entry or value to point at.
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

/// What the server refuses in the groups of a block: its list of errors, and the first place.
pub(super) fn refusal<'t>(groups: &[Entry<'t>], places: &Places<'_>) -> Option<Refusal<'t>> {
    let mut errors = Errors::default();
    for group in groups {
        errors.bad_keys(group.value, &["factor", "ttl"], "", places);
    }
    if errors.count == 0 {
        for group in groups {
            errors.group(group.value, places);
        }
    }
    Some(Refusal { at: errors.first?, text: errors.list() })
}

/// The server's list of errors. Lines are counted for each of them, so that a hostile text gets only the first.
#[derive(Default)]
struct Errors<'t> {
    count: usize,
    shown: Vec<String>,
    first: Option<Value<'t>>,
}

impl<'t> Errors<'t> {
    const MOST_SHOWN: usize = 100;

    fn push(&mut self, at: Value<'t>, text: &dyn Fn() -> String) {
        self.count += 1;
        self.first = self.first.or(Some(at));
        if self.shown.len() < Self::MOST_SHOWN {
            self.shown.push(text());
        }
    }

    /// As the server's multierror prints it.
    fn list(&self) -> String {
        let plural = if self.count == 1 { "error" } else { "errors" };
        format!("{} {plural} occurred:\n\t* {}\n\n", self.count, self.shown.join("\n\t* "))
    }

    /// Notes the keys of an object that are not `known`.
    fn bad_keys(&mut self, object: Value<'t>, known: &[&str], prefix: &str, places: &Places<'_>) {
        let Some(items) = object.object() else {
            return self.push(object, &|| format!("{prefix}cannot check HCL keys of type {}", node(object)));
        };
        each_entry(items, places.form, &mut |entry| {
            let name = entry.key.name();
            if !known.contains(&&*name) {
                let quoted = || {
                    let name = entry.key.bytes();
                    format!("{prefix}invalid key {} on line {}", QuotedBytes(&name), (places.line_of)(&entry))
                };
                self.push(entry.value, &quoted);
            }
        });
    }

    /// Notes the first thing that is wrong with a group whose keys are known.
    fn group(&mut self, group: Value<'t>, places: &Places<'_>) {
        let Some(object) = group.object() else { return };
        let mut ttl = None;
        let mut factors = Vec::new();
        each_entry(object, places.form, &mut |entry| match entry.key.name().as_ref() {
            "ttl" => ttl = Some(entry.value),
            _ => factors.push(entry),
        });
        let number = ttl.and_then(|value| Some((value, bad_number(value)?)));
        if let Some((value, error)) = &number {
            return self.push(*value, &|| format!("path control_group: {error}"));
        }
        let bad = bad_factors(&factors, places);
        if let Some(first) = bad.first {
            return self.push(first, &|| format!("error handling control_group factor: {}", bad.list()));
        }
        if let Some(value) = ttl
            && let Some(error) = bad_ttl(value)
        {
            return self.push(value, &|| format!("path control_group: invalid ttl: {error}"));
        }
        if factors.is_empty() {
            return self.push(group, &|| "requires at least one factor but had none".to_owned());
        }
        let missing = factors
            .iter()
            .enumerate()
            .find_map(|(index, factor)| Some((factor.value, missing(factor, index, places)?)));
        if let Some((at, text)) = &missing {
            self.push(*at, &|| text.clone());
        }
    }
}

const FACTOR: &str = "path control_group factor: ";

fn bad_factors<'t>(factors: &[Entry<'t>], places: &Places<'_>) -> Errors<'t> {
    let mut errors = Errors::default();
    for factor in factors {
        errors.bad_keys(factor.value, &["controlled_capabilities", "identity"], FACTOR, places);
    }
    if errors.count == 0 {
        for factor in factors {
            if let Some(error) = bad_factor(factor, places) {
                errors.push(factor.value, &|| format!("{FACTOR}{error}"));
            }
        }
    }
    errors
}

/// A number that cannot even be decoded.
fn bad_number(value: Value<'_>) -> Option<String> {
    match value.kind() {
        NodeKind::Number => integer(value.raw()).err(),
        NodeKind::Float => float(value.raw()).err(),
        _ => None,
    }
}

fn bad_ttl(value: Value<'_>) -> Option<String> {
    match value.kind() {
        NodeKind::String | NodeKind::Heredoc => {
            vault_duration(&value.string()?).err().map(|error| error.to_string())
        }
        NodeKind::Number | NodeKind::Float | NodeKind::Null => None,
        _ => Some("could not parse duration from input".to_owned()),
    }
}

fn bad_factor(factor: &Entry<'_>, places: &Places<'_>) -> Option<String> {
    if factor.label.is_none() {
        return Some("require name key".to_owned());
    }
    let mut error = None;
    each_entry(factor.value.object()?, places.form, &mut |entry| {
        let found = match entry.key.name().as_ref() {
            "controlled_capabilities" => bad_list("root.controlled_capabilities", entry.value, places),
            _ => bad_identity(entry.value, places),
        };
        error = error.take().or(found);
    });
    error
}

fn bad_list(field: &str, value: Value<'_>, places: &Places<'_>) -> Option<String> {
    let Some(mut elements) = value.list() else {
        return Some(format!("{}unknown slice type: {}", (places.at)(value), node(value)));
    };
    let is_text = |element: Value<'_>| {
        use NodeKind::{Heredoc, Null, Number, String};
        matches!(element.kind(), Heredoc | Null | Number | String)
    };
    let index = elements.clone().position(|element| !is_text(element))?;
    let element = elements.nth(index)?;
    Some(format!("{}{field}[{index}]: unknown type for string {}", (places.at)(element), node(element)))
}

fn bad_identity(value: Value<'_>, places: &Places<'_>) -> Option<String> {
    let Some(object) = value.object() else {
        return Some(format!(
            "{}root.Identity: not an object type for struct ({})",
            (places.at)(value),
            node(value)
        ));
    };
    let mut error = None;
    each_entry(object, places.form, &mut |entry| {
        let found = match entry.key.name().as_ref() {
            "group_names" => bad_list("root.Identity.group_names", entry.value, places),
            "approvals" => bad_approvals(entry.value, places),
            _ => None,
        };
        error = error.take().or(found);
    });
    error
}

fn bad_approvals(value: Value<'_>, places: &Places<'_>) -> Option<String> {
    use NodeKind::{Null, Number, String};
    match value.kind() {
        Number | String => approvals(value).err(),
        Null => None,
        _ => Some(format!("{}root.Identity.Approvals: unknown type {}", (places.at)(value), node(value))),
    }
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
