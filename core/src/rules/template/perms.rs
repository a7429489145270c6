//! `perms`.

use crate::model::{Attribute, AttributeValue, Job, JobForm};
use crate::rules::Context;
use crate::rules::rule::{declare_rule, nomad_since};
use crate::text::Applicability;

declare_rule! {
    pub(super) static BAD_PERMS = {
        code: "TPL012", name: "bad-template-perms", summary: "file permissions that are no octal number",
        severity: Error, enforced_by: Nomad, fix: None, applies: nomad_since("0.5.5"),
        evidence: "nomad v0.5.5 nomad/structs/structs.go Template.Validate: strconv.ParseUint(perms, 8, 12), as octal (TPL-12)",
        check: Job(check_perms),
    }
}

declare_rule! {
    pub(super) static UNQUOTED_OCTAL = {
        code: "TPL021", name: "unquoted-template-perms", summary: "octal permissions without quotes are read twice",
        severity: Warning, enforced_by: Advisory, fix: Safe, applies: nomad_since("0.5.5"),
        evidence: "HCL 1 reads 0644 as octal 420, and nomad v0.5.5 jobspec/parse.go WeakDecode hands that on as the string 420 (inferred)",
        check: Job(check_unquoted),
    }
}

fn all_perms(job: &Job) -> impl Iterator<Item = &Attribute> {
    job.tasks().flat_map(|it| &it.task.templates).filter_map(|it| it.perms.as_ref())
}

fn check_perms(cx: &mut Context<'_>, job: &Job) {
    for perms in all_perms(job) {
        let text = match &perms.value.value {
            AttributeValue::Text(text) => text.clone(),
            AttributeValue::Integer(number) => number.to_string(),
            _ => continue,
        };
        if !text.is_empty() && !is_octal(&text) {
            cx.report(
                perms.value_span(),
                format!("`perms` is `{text}`, which is no octal number of at most 7777"),
            )
            .help("write octal digits, such as `\"0644\"`. Nomad says that it cannot be parsed `as octal`");
        }
    }
}

/// Go's `strconv.ParseUint(text, 8, 12)`.
fn is_octal(text: &str) -> bool {
    text.bytes().all(|digit| (b'0'..=b'7').contains(&digit)) && text.trim_start_matches('0').len() <= 4
}

fn check_unquoted(cx: &mut Context<'_>, job: &Job) {
    if job.form != JobForm::Hcl1 {
        return;
    }
    for perms in all_perms(job) {
        let AttributeValue::Integer(number) = perms.value.value else { continue };
        let span = perms.value_span();
        let written = span.of(cx.text()).to_owned();
        let is_octal_literal = written.len() > 1 && written.starts_with('0') && is_octal(&written);
        if !is_octal_literal || !is_octal(&number.to_string()) {
            continue;
        }
        let quoted = cx.replace("Put it in quotes", Applicability::Safe, span, format!("\"{written}\""));
        cx.report(
            span,
            format!("without quotes, `{written}` is the number {number}: the file gets `0{number}`"),
        )
        .help(format!("write `\"{written}\"`"))
        .fix(quoted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octal_is_judged_as_go_does() {
        for (text, expected) in [
            ("0644", true),
            ("644", true),
            ("7777", true),
            ("000644", true),
            ("0", true),
            ("17777", false),
            ("zza", false),
            ("0888", false),
            ("0o644", false),
            ("-644", false),
        ] {
            assert_eq!(is_octal(text), expected, "{text}");
        }
    }
}
