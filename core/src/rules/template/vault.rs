//! Templates that read from Vault.

use super::Text;
use crate::model::{Attribute, Job, Template, VaultCall, vault_calls};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::text::Span;

declare_rule! {
    pub(super) static WITHOUT_VAULT = {
        code: "TPL016", name: "template-without-vault", summary: "template reads from Vault in a task without a vault block",
        severity: Error, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "nomad v0.5.0 client/consul_template.go:450-478 sets an empty token, so that every read is denied (TPL-16, D86)",
        check: Job(check_vault),
    }
}

fn check_vault(cx: &mut Context<'_>, job: &Job) {
    for it in job.tasks().filter(|it| it.vault().is_none()) {
        for template in &it.task.templates {
            let Some((call, span)) = first_call(template, cx.text()) else { continue };
            cx.report(
                span,
                format!("the template calls `{}`, but the task has no `vault` block", call.function),
            )
            .help(
                "add a `vault` block to the task, its group or the job. Nomad takes the job; without a token every \
                 read is denied and the task does not start",
            );
        }
    }
}

/// The first call of `data` that reads from Vault, and its place in the document.
fn first_call(template: &Template, text: &str) -> Option<(VaultCall, Span)> {
    let data = template.data.as_ref()?;
    let left = delimiter(template.left_delimiter.as_ref())?;
    let right = delimiter(template.right_delimiter.as_ref())?;
    let span = data.value_span();
    if let Some(verbatim) = verbatim(span, text) {
        // As it stands in the document: an offset here is an offset there, also under `<<-`.
        let call = vault_calls(verbatim.of(text), left, right).next()?;
        return Some((call, Span::new(verbatim.start + call.span.start, verbatim.start + call.span.end)));
    }
    let call = vault_calls(data.text()?, left, right).next()?;
    Some((call, span))
}

/// A delimiter; empty for the default one, `None` where it is not known.
fn delimiter(attribute: Option<&Attribute>) -> Option<&str> {
    match Text::of(attribute) {
        Text::Absent => Some(""),
        Text::Known(text, _) => Some(text),
        Text::Other => None,
    }
}

/// The part of a value's text that holds the template as it stands: the body of a heredoc, or a quoted
/// string without escapes.
fn verbatim(span: Span, text: &str) -> Option<Span> {
    let raw = span.of(text);
    if raw.starts_with("<<") {
        let first_line = raw.find('\n')? as u32 + 1;
        return Some(Span::new(span.start + first_line, span.end));
    }
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains('\\')).then(|| Span::new(span.start + 1, span.end - 1))
}
