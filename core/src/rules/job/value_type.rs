//! Types of the values in `vault` blocks, as each reader takes them.

use crate::model::{Attribute, AttributeValue, Job, JobForm, Level, Target, VaultBlock, Version};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::text::Applicability;

declare_rule! {
    pub(super) static WRONG_VAULT_VALUE_TYPE = {
        code: "JOB019", name: "wrong-job-vault-type", summary: "a value of a `vault` block has the wrong type",
        severity: Error, enforced_by: Nomad, fix: Safe, applies: always(),
        evidence: "nomad v0.5.0 jobspec/parse.go WeakDecode; `policies = \"a\"`: refused by 0.5.0 and 1.1.0, accepted by 0.12.0 (jobmatrix.json)",
        check: Job(check_types),
    }
}

fn check_types(cx: &mut Context<'_>, job: &Job) {
    for (level, block) in job.vault_blocks() {
        if job.form == JobForm::Hcl2 && level == Level::Group {
            continue;
        }
        for (attribute, wanted) in mismatch(block, job.form, cx.target()) {
            let name = &attribute.name.value;
            let kind = attribute.value.value.kind();
            let span = attribute.value_span();
            let is_scalar =
                wanted == Wanted::Texts.as_str() && attribute.text().is_some_and(|text| !text.contains(','));
            let fix = is_scalar.then(|| {
                let list = format!("[{}]", span.of(cx.text()));
                cx.replace("Write a list", Applicability::Safe, span, list)
            });
            let found = cx.report(span, format!("`{name}` is {kind}, but must be {wanted}"));
            if job.form == JobForm::Hcl2 {
                found.help("Nomad says: `Unsuitable value type`");
            }
            found.fix = fix;
        }
    }
}

/// The type that a key wants.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Bool,
    Text,
    Texts,
}

impl Wanted {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Bool => "a boolean",
            Self::Text => "a string",
            Self::Texts => "a list of strings",
        }
    }

    const fn of(name: &str) -> Self {
        match name.as_bytes() {
            b"policies" => Self::Texts,
            b"env" | b"disable_file" | b"allow_token_expiration" => Self::Bool,
            _ => Self::Text,
        }
    }
}

/// The first release whose decoder makes a list of a single value.
const FIRST_WEAK_LISTS: Version = Version::new(0, 12, 0);

/// The attributes of a wrong type, with the name of the right one.
pub(super) fn mismatch(
    block: &VaultBlock,
    form: JobForm,
    target: Target,
) -> impl Iterator<Item = (&Attribute, &'static str)> {
    VaultBlock::KEYS.iter().filter_map(move |key| {
        let attribute = block.attribute(key.name)?;
        let wanted = Wanted::of(key.name);
        let is_right = match form {
            JobForm::ApiJson => is_exactly(wanted, &attribute.value.value),
            JobForm::Hcl1 => is_weakly(wanted, attribute, target.nomad),
            JobForm::Hcl2 => is_convertible(wanted, attribute),
        };
        (!is_right).then_some((attribute, wanted.as_str()))
    })
}

/// What Go's `encoding/json` takes.
fn is_exactly(wanted: Wanted, value: &AttributeValue) -> bool {
    match (wanted, value) {
        (_, AttributeValue::Null | AttributeValue::Missing | AttributeValue::Unknown(_))
        | (Wanted::Bool, AttributeValue::Bool(_))
        | (Wanted::Text, AttributeValue::Text(_)) => true,
        (Wanted::Texts, AttributeValue::List(elements)) => {
            elements.iter().all(|it| is_exactly(Wanted::Text, &it.value))
        }
        _ => false,
    }
}

/// What mapstructure's weak decoder takes.
fn is_weakly(wanted: Wanted, attribute: &Attribute, nomad: Version) -> bool {
    match (wanted, &attribute.value.value) {
        (_, AttributeValue::Missing | AttributeValue::Unknown(_) | AttributeValue::Null) => true,
        (Wanted::Bool, AttributeValue::List(_) | AttributeValue::Object) => false,
        (Wanted::Bool, _) => attribute.boolean().is_some(),
        (Wanted::Text, value) => is_scalar(value),
        (Wanted::Texts, AttributeValue::List(elements)) => elements.iter().all(|it| is_scalar(&it.value)),
        (Wanted::Texts, AttributeValue::Object) => false,
        (Wanted::Texts, _) => nomad >= FIRST_WEAK_LISTS,
    }
}

/// What HCL 2 converts.
fn is_convertible(wanted: Wanted, attribute: &Attribute) -> bool {
    match (wanted, &attribute.value.value) {
        (_, AttributeValue::Missing | AttributeValue::Unknown(_) | AttributeValue::Null) => true,
        (Wanted::Bool, AttributeValue::Bool(_)) => true,
        (Wanted::Bool, AttributeValue::Text(text)) => matches!(text.as_str(), "true" | "false" | "1" | "0"),
        (Wanted::Bool, _) => false,
        (Wanted::Text, value) => is_scalar(value),
        (Wanted::Texts, AttributeValue::List(elements)) => elements.iter().all(|it| is_scalar(&it.value)),
        (Wanted::Texts, _) => false,
    }
}

fn is_scalar(value: &AttributeValue) -> bool {
    !matches!(value, AttributeValue::List(_) | AttributeValue::Object)
}
