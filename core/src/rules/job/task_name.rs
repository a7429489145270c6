//! Names of tasks, which become folders and parts of a token's name.

use crate::model::Job;
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};

declare_rule! {
    pub(super) static INVALID_TASK_NAME = {
        code: "JOB014", name: "invalid-task-name", summary: "a task's name is empty or holds a slash",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "JOB-14: nomad v0.5.0 nomad/structs/structs.go Task.Validate",
        check: Job(check_name),
    }
}

fn check_name(cx: &mut Context<'_>, job: &Job) {
    for name in job.tasks().filter_map(|task| task.task.name.as_ref()) {
        if name.value.is_empty() {
            cx.report(name.span, "the task has no name").help("name the task");
        } else if name.value.contains(['/', '\\']) {
            cx.report(name.span, format!("the task's name `{}` holds a slash", name.value))
                .help("leave slashes out: the name becomes a folder on the client");
        }
    }
}
