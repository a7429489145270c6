//! Where a template is rendered to.

use super::Text;
use crate::model::{Job, Version};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::text::order::NameMap;

declare_rule! {
    pub(super) static MISSING_DESTINATION = {
        code: "TPL003", name: "missing-template-destination", summary: "template without destination",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "nomad v0.5.0 nomad/structs/structs.go:2417: Must specify a destination for the template (TPL-03)",
        check: Job(check_missing),
    }
}

declare_rule! {
    pub(super) static ESCAPING_DESTINATION = {
        code: "TPL004", name: "escaping-template-destination", summary: "template destination outside of the allocation's folder",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "nomad v0.5.0 nomad/structs/structs.go:2425 and PathEscapesAllocDir: destination escapes allocation directory (TPL-04)",
        check: Job(check_escape),
    }
}

declare_rule! {
    pub(super) static SAME_DESTINATION = {
        code: "TPL008", name: "same-template-destination", summary: "two templates of a task with one destination",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "nomad v0.5.0 nomad/structs/structs.go:2273: Template 2 has same destination as 1 (TPL-08)",
        check: Job(check_same),
    }
}

fn check_missing(cx: &mut Context<'_>, job: &Job) {
    for template in job.tasks().flat_map(|it| &it.task.templates) {
        if let Some(at) = Text::of(template.destination.as_ref()).empty_at(template.header) {
            cx.report(at, "the template has no `destination`").help(
                "write a path in the task's folder, such as `local/app.conf`. Nomad says: `Must specify a \
                 destination for the template`",
            );
        }
    }
}

fn check_escape(cx: &mut Context<'_>, job: &Job) {
    let nomad = cx.target().nomad;
    for template in job.tasks().flat_map(|it| &it.task.templates) {
        let Some((destination, span)) = Text::of(template.destination.as_ref()).filled() else { continue };
        if escapes(destination, nomad) {
            cx.report(span, format!("`{destination}` leads out of the allocation's folder"))
                .help("write a path below the task's folder. Nomad says: `destination escapes allocation directory`");
        }
    }
}

fn check_same(cx: &mut Context<'_>, job: &Job) {
    let document = cx.document_id();
    for task in job.tasks() {
        let mut firsts = NameMap::default();
        for (number, template) in (1_usize..).zip(&task.task.templates) {
            let Some((destination, span)) = Text::of(template.destination.as_ref()).filled() else {
                continue;
            };
            let Some((first_number, first)) = firsts.get(destination).copied() else {
                firsts.insert(destination, (number, span));
                continue;
            };
            cx.report(span, format!("another template of the task is rendered to `{destination}`"))
                .help(format!(
                    "give each its own file. Nomad says: `Template {number} has same destination as {first_number}`"
                ))
                .related(document, first, "the first one is here");
        }
    }
}

/// The first release that starts from the task's folder instead of the allocation's.
const BELOW_TASK: Version = Version::new(0, 6, 0);

/// Nomad's `PathEscapesAllocDir`: the path is joined to a made-up folder two levels deep, cleaned, and taken
/// relative to that folder; a result that begins with two dots (`..a` too) escapes.
fn escapes(destination: &str, nomad: Version) -> bool {
    const ROOT: [&str; 2] = ["alloc-dir", "alloc-id"];
    const OLD_ROOT: [&str; 2] = ["foo", "bar"];
    let root = if nomad < BELOW_TASK { OLD_ROOT } else { ROOT };
    let mut path: Vec<&str> = root.to_vec();
    if nomad >= BELOW_TASK {
        path.push("task");
    }
    for part in destination.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            part => path.push(part),
        }
    }
    match path.strip_prefix(&root) {
        Some(below) => below.first().is_some_and(|first| first.starts_with("..")),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_are_cleaned_as_nomad_does() {
        for (destination, old, new) in [
            ("local/app.conf", false, false),
            ("/local/app.conf", false, false),
            ("../shared/app.conf", true, false),
            ("../../root", true, true),
            ("a/../../b", true, false),
            ("a/../b", false, false),
            ("..conf", true, false),
            ("../..conf", true, true),
            ("../../foo/bar/x", false, true),
            ("../../../../foo/bar/x", false, true),
            ("${NOMAD_SECRETS_DIR}/x", false, false),
            ("", false, false),
        ] {
            assert_eq!(escapes(destination, Version::new(0, 5, 0)), old, "{destination} in 0.5.0");
            assert_eq!(escapes(destination, Version::new(1, 6, 10)), new, "{destination} in 1.6.10");
        }
    }
}
