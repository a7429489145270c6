//! Durations of a template: `splay`, `vault_grace`, `wait`.

use crate::model::{Attribute, AttributeValue, Job, JobForm, Template, go_duration};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule, nomad, nomad_since};
use crate::text::{Applicability, Span};

declare_rule! {
    pub(super) static NEGATIVE_SPLAY = {
        code: "TPL007", name: "negative-splay", summary: "negative splay",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "nomad v0.5.0 nomad/structs/structs.go:2441: Must specify positive splay value (TPL-07)",
        check: Job(check_splay),
    }
}

declare_rule! {
    pub(super) static NEGATIVE_GRACE = {
        code: "TPL013", name: "negative-vault-grace", summary: "negative vault_grace",
        severity: Error, enforced_by: Nomad, fix: None, applies: nomad("0.6.1", "0.10.9"),
        evidence: "nomad v0.6.1 nomad/structs/structs.go Template.Validate: Vault grace must be greater than zero (TPL-13)",
        check: Job(check_negative_grace),
    }
}

declare_rule! {
    pub(super) static DEPRECATED_GRACE = {
        code: "TPL014", name: "deprecated-vault-grace", summary: "vault_grace has no effect any more",
        severity: Warning, enforced_by: Nomad, fix: Safe, applies: nomad_since("0.11.0"),
        evidence: "nomad v0.11.0 nomad/structs/structs.go: VaultGrace has been deprecated (TPL-14)",
        check: Job(check_deprecated_grace),
    }
}

declare_rule! {
    pub(super) static WAIT_ORDER = {
        code: "TPL015", name: "template-wait-order", summary: "wait.min is longer than wait.max",
        severity: Error, enforced_by: Nomad, fix: None, applies: nomad_since("1.2.4"),
        evidence: "nomad v1.2.4 nomad/structs WaitConfig.Validate: greater than (TPL-15)",
        check: Job(check_wait),
    }
}

declare_rule! {
    pub(super) static BARE_NUMBER = {
        code: "TPL020", name: "duration-in-nanoseconds", summary: "duration without unit counts nanoseconds",
        severity: Warning, enforced_by: Advisory, fix: Unsafe, applies: always(),
        evidence: "nomad v0.5.0 jobspec/parse.go: WeakDecode takes a number as a time.Duration (inferred); v1.6.10 jobspec2 decodeDuration does the same",
        check: Job(check_bare_number),
    }
}

declare_rule! {
    pub(super) static BAD_DURATION = {
        code: "TPL022", name: "bad-template-duration", summary: "duration that Go cannot read",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "nomad v0.5.0 jobspec/parse.go StringToTimeDurationHookFunc; v1.6.10 jobspec2 decodeDuration: Unsuitable duration value",
        check: Job(check_readable),
    }
}

/// The duration in nanoseconds.
fn nanoseconds(attribute: &Attribute) -> Option<i64> {
    match &attribute.value.value {
        AttributeValue::Integer(number) => Some(*number),
        AttributeValue::Text(text) => go_duration(text).ok(),
        _ => None,
    }
}

fn durations(template: &Template) -> impl Iterator<Item = &Attribute> {
    let wait = template.wait.iter().flat_map(|wait| [&wait.min, &wait.max]);
    [&template.splay, &template.vault_grace].into_iter().chain(wait).flatten()
}

fn check_splay(cx: &mut Context<'_>, job: &Job) {
    for splay in job.tasks().flat_map(|it| &it.task.templates).filter_map(|it| it.splay.as_ref()) {
        if nanoseconds(splay).is_some_and(|splay| splay < 0) {
            cx.report(splay.value_span(), "`splay` is negative")
                .help("write `0s` or more. Nomad says: `Must specify positive splay value`");
        }
    }
}

fn check_negative_grace(cx: &mut Context<'_>, job: &Job) {
    for grace in job.tasks().flat_map(|it| &it.task.templates).filter_map(|it| it.vault_grace.as_ref()) {
        if nanoseconds(grace).is_some_and(|grace| grace < 0) {
            cx.report(grace.value_span(), "`vault_grace` is negative")
                .help("write `0s` or more. Nomad says: `Vault grace must be greater than zero`");
        }
    }
}

fn check_deprecated_grace(cx: &mut Context<'_>, job: &Job) {
    for grace in job.tasks().flat_map(|it| &it.task.templates).filter_map(|it| it.vault_grace.as_ref()) {
        if nanoseconds(grace).is_none_or(|grace| grace == 0) {
            continue;
        }
        let lines = whole_lines(grace.span, cx.text()).filter(|_| job.form != JobForm::ApiJson);
        let removal = lines.map(|lines| cx.replace("Remove `vault_grace`", Applicability::Safe, lines, ""));
        let diagnostic = cx
            .report(grace.name.span, "`vault_grace` has no effect since Nomad 0.11.0")
            .help("remove it. Nomad warns: `VaultGrace has been deprecated`");
        if let Some(removal) = removal {
            diagnostic.fix(removal);
        }
    }
}

/// The whole lines of a span, line end included, when nothing else stands on them.
fn whole_lines(span: Span, text: &str) -> Option<Span> {
    let before = text.get(..span.start as usize)?;
    let after = text.get(span.end as usize..)?;
    let indentation = before.rsplit('\n').next().unwrap_or_default();
    let rest = after.split_inclusive('\n').next().unwrap_or_default();
    let is_alone = indentation.trim().is_empty() && rest.trim().is_empty();
    is_alone.then(|| Span::new(span.start - indentation.len() as u32, span.end + rest.len() as u32))
}

fn check_wait(cx: &mut Context<'_>, job: &Job) {
    let document = cx.document_id();
    for wait in job.tasks().flat_map(|it| &it.task.templates).filter_map(|it| it.wait.as_ref()) {
        let (Some(min), Some(max)) = (&wait.min, &wait.max) else { continue };
        if let (Some(shortest), Some(longest)) = (nanoseconds(min), nanoseconds(max))
            && shortest > longest
        {
            let message =
                format!("`min` is `{}`, longer than `max`", min.value_span().of(cx.text()).trim_matches('"'));
            cx.report(min.value_span(), message)
                .help("make `max` the longer one. Nomad says that `min` is `greater than` it")
                .related(document, max.value_span(), "`max` is here");
        }
    }
}

const MILLISECOND: i64 = 1_000_000;

fn check_bare_number(cx: &mut Context<'_>, job: &Job) {
    if job.form == JobForm::ApiJson {
        return;
    }
    for attribute in job.tasks().flat_map(|it| &it.task.templates).flat_map(durations) {
        let AttributeValue::Integer(number) = attribute.value.value else { continue };
        // Whole milliseconds written out in nanoseconds are meant.
        if number <= 0 || number % MILLISECOND == 0 {
            continue;
        }
        let seconds = cx.replace(
            "Write it in seconds",
            Applicability::Unsafe,
            attribute.value_span(),
            format!("\"{number}s\""),
        );
        let name = &attribute.name.value;
        cx.report(attribute.value_span(), format!("`{name} = {number}` is {number} nanoseconds"))
            .help(format!("write the unit: `{name} = \"{number}s\"`"))
            .fix(seconds);
    }
}

fn check_readable(cx: &mut Context<'_>, job: &Job) {
    if job.form == JobForm::ApiJson {
        return;
    }
    for attribute in job.tasks().flat_map(|it| &it.task.templates).flat_map(durations) {
        let Some(text) = attribute.text().filter(|text| go_duration(text).is_err()) else { continue };
        cx.report(
            attribute.value_span(),
            format!("`{}` cannot be read: `{text}` is no duration of Go", attribute.name.value),
        )
        .help("write a number with its unit, such as `15s` or `5m`");
    }
}
