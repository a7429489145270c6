//! What a template renders: `source` and `data`.

use super::Text;
use crate::model::Job;
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};

declare_rule! {
    pub(super) static NOTHING_TO_RENDER = {
        code: "TPL001", name: "nothing-to-render", summary: "template without source and data",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "nomad v0.5.0 nomad/structs/structs.go:2412: Must specify a source path or have an embedded template (TPL-01)",
        check: Job(check_nothing),
    }
}

declare_rule! {
    pub(super) static SOURCE_AND_DATA = {
        code: "TPL002", name: "source-and-data", summary: "template with both source and data",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "nomad v0.5.0 accepts it, consul-template refuses at the task's start: Either specify template path or content, not both (TPL-02, D87)",
        check: Job(check_both),
    }
}

declare_rule! {
    pub(super) static ABSOLUTE_SOURCE = {
        code: "TPL010", name: "absolute-template-source", summary: "template source outside of the task's folder",
        severity: Warning, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "nomad v0.5.0 client/consul_template.go:375: Specifying absolute template paths disallowed (TPL-10)",
        check: Job(check_absolute),
    }
}

fn check_nothing(cx: &mut Context<'_>, job: &Job) {
    for template in job.tasks().flat_map(|it| &it.task.templates) {
        let data = Text::of(template.data.as_ref());
        let source = Text::of(template.source.as_ref());
        if let (Some(at), Some(_)) = (data.empty_at(template.header), source.empty_at(template.header)) {
            cx.report(at, "the template has neither `source` nor `data`").help(
                "name a file in `source`, or write the text into `data`. Nomad says: `Must specify a source path \
                 or have an embedded template`",
            );
        }
    }
}

fn check_both(cx: &mut Context<'_>, job: &Job) {
    let document = cx.document_id();
    for template in job.tasks().flat_map(|it| &it.task.templates) {
        let (Some(data), Some((_, source))) =
            (template.data.as_ref(), Text::of(template.source.as_ref()).filled())
        else {
            continue;
        };
        if Text::of(Some(data)).filled().is_some() {
            cx.report(source, "the template has `data` as well as this `source`")
                .help(
                    "keep one. Nomad takes the job, and the task is killed at its start: `Either specify template \
                     path or content, not both`",
                )
                .related(document, data.name.span, "`data` is here");
        }
    }
}

fn check_absolute(cx: &mut Context<'_>, job: &Job) {
    for template in job.tasks().flat_map(|it| &it.task.templates) {
        let Some((source, span)) = Text::of(template.source.as_ref()).filled() else { continue };
        if source.starts_with('/') {
            cx.report(span, format!("`{source}` is a file of the client's own machine"))
                .help(
                    "fetch it with an `artifact` block into `local/`. Clients may forbid such files, and then the \
                     task is killed: `Specifying absolute template paths disallowed`",
                );
        }
    }
}
