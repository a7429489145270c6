//! Keys of `vault` blocks.

use super::value_type::mismatch;
use crate::model::{Attribute, AttributeValue, Job, JobForm, Level, Target, VaultBlock};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule, nomad_since};
use crate::rules::suggest::did_you_mean;
use crate::text::Applicability;

declare_rule! {
    pub(super) static UNKNOWN_VAULT_KEY = {
        code: "JOB002", name: "unknown-job-vault-key", summary: "a key that the `vault` block of this Nomad does not have",
        severity: Error, enforced_by: Nomad, fix: Unsafe, applies: always(),
        evidence: "JOB-02: nomad v0.5.0 jobspec/parse.go parseVault `invalid key`; from 1.0.0 HCL 2 `Unsupported argument`",
        check: Job(check_unknown),
    }
}

fn check_unknown(cx: &mut Context<'_>, job: &Job) {
    for (level, block) in job.vault_blocks() {
        if job.form == JobForm::Hcl2 && level == Level::Group {
            continue;
        }
        for unknown in unknown_keys(block, cx.target(), job.form) {
            let message = match unknown.since {
                Some(since) => format!("`{}` came with Nomad {since}", unknown.attribute.name.value),
                None => format!("a `vault` block has no key `{}`", unknown.attribute.name.value),
            };
            let name = &unknown.attribute.name;
            let said = match job.form {
                JobForm::ApiJson => "Nomad ignores it without a word".to_owned(),
                JobForm::Hcl1 => format!("Nomad says: `vault -> invalid key: {}`", name.value),
                JobForm::Hcl2 => {
                    format!("Nomad says: `An argument named \"{}\" is not expected here`", name.value)
                }
            };
            let help = match unknown.suggestion {
                Some(suggestion) => format!("did you mean `{suggestion}`? {said}"),
                None => said,
            };
            let is_quoted = name.span.len() as usize != name.value.len();
            let fix = unknown.suggestion.map(|suggestion| {
                let written = if is_quoted { format!("\"{suggestion}\"") } else { suggestion.to_owned() };
                cx.replace(format!("Write `{suggestion}`"), Applicability::Unsafe, name.span, written)
            });
            let found = cx.report(name.span, message);
            found.help(help);
            found.fix = fix;
            if job.form == JobForm::ApiJson {
                found.severity(crate::diagnostic::Severity::Warning);
            }
        }
    }
}

declare_rule! {
    pub(super) static SILENT_GROUP_VAULT_ERROR = {
        code: "JOB016", name: "silent-group-vault-error",
        summary: "a mistake in a group's `vault` block that Nomad passes over in silence",
        severity: Warning, enforced_by: Advisory, fix: None, applies: nomad_since("1.0.0"),
        evidence: "JOB-02b, D114: nomad v1.6.10 jobspec2/hcl_conversions.go:278 then :285, the diagnostics are overwritten",
        check: Job(check_silent),
    }
}

fn check_silent(cx: &mut Context<'_>, job: &Job) {
    if job.form != JobForm::Hcl2 {
        return;
    }
    const HELP: &str =
        "Nomad drops its own message for the `vault` block of a group; in a task it would refuse the job";
    for block in job.groups.iter().flat_map(|group| &group.vault) {
        for unknown in unknown_keys(block, cx.target(), job.form) {
            let name = &unknown.attribute.name;
            let hint = unknown.suggestion.map(|it| format!("did you mean `{it}`? ")).unwrap_or_default();
            cx.report(name.span, format!("`{}` has no effect in the group's `vault` block", name.value))
                .help(format!("{hint}{HELP}"));
        }
        for (attribute, wanted) in mismatch(block, job.form, cx.target()) {
            let message = format!("`{}` must be {wanted} and has no effect", attribute.name.value);
            cx.report(attribute.value_span(), message).help(HELP);
        }
        if let Some(label) = block.labels.first() {
            cx.report(label.span, format!("`vault` takes no label such as `{}`", label.value)).help(HELP);
        }
    }
}

/// A key that the block does not have for the target.
struct UnknownKey<'j> {
    attribute: &'j Attribute,
    /// The release that brought the key.
    since: Option<crate::model::Version>,
    suggestion: Option<&'static str>,
}

fn unknown_keys(block: &VaultBlock, target: Target, form: JobForm) -> impl Iterator<Item = UnknownKey<'_>> {
    let is_json = form == JobForm::ApiJson;
    let too_new = VaultBlock::KEYS.iter().filter(move |key| target.nomad < key.since);
    let too_new = too_new.filter_map(|key| {
        let attribute = block.attribute(key.name)?;
        Some(UnknownKey { attribute, since: Some(key.since), suggestion: None })
    });
    let known = VaultBlock::KEYS.iter().filter(move |key| key.since <= target.nomad);
    let names: Vec<&str> = known.map(|key| if is_json { key.json_name } else { key.name }).collect();
    let typed = |it: &&Attribute| it.value.value != AttributeValue::Missing;
    let unknown = block.unknown.iter().filter(typed).map(move |attribute| {
        let suggestion = did_you_mean(&attribute.name.value, names.iter().copied());
        // The key that it means must not be there already.
        let suggestion = suggestion.filter(|name| is_json || block.attribute(name).is_none());
        UnknownKey { attribute, since: None, suggestion }
    });
    too_new.chain(unknown)
}
