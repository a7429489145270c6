//! What happens when a template changes.

use super::Text;
use crate::model::{Attribute, AttributeValue, Job, JobForm, Template, Version};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule, nomad_since};

declare_rule! {
    pub(super) static MISSING_SIGNAL = {
        code: "TPL005", name: "missing-template-signal", summary: "change mode signal without a signal",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "nomad v0.5.0 nomad/structs/structs.go:2433: Must specify signal value when change mode is signal (TPL-05); since 0.5.5 the API fills in SIGHUP where the key is absent",
        check: Job(check_missing_signal),
    }
}

declare_rule! {
    pub(super) static UNKNOWN_MODE = {
        code: "TPL006", name: "unknown-template-change-mode", summary: "change mode that Nomad does not know",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "nomad v0.5.0 nomad/structs/structs.go Template.Validate: Invalid change mode (TPL-06); script since 1.3.4",
        check: Job(check_mode),
    }
}

declare_rule! {
    pub(super) static UNKNOWN_SIGNAL = {
        code: "TPL009", name: "unknown-template-signal", summary: "signal that consul-template does not know",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "nomad v0.5.0 client/consul_template.go:105: Failed to parse signal (TPL-09); table of consul-template's signals package",
        check: Job(check_signal),
    }
}

declare_rule! {
    pub(super) static ENV_WITH_SIGNAL = {
        code: "TPL011", name: "env-template-with-signal", summary: "template of environment variables with change mode signal",
        severity: Error, enforced_by: Nomad, fix: None, applies: nomad_since("0.6.0"),
        evidence: "nomad v1.6.10 nomad/structs/structs.go:8352: cannot use signals with env var templates (TPL-11)",
        check: Job(check_env),
    }
}

declare_rule! {
    pub(super) static SCRIPT_WITHOUT_COMMAND = {
        code: "TPL023", name: "template-script-missing", summary: "change mode script without change_script",
        severity: Error, enforced_by: Nomad, fix: None, applies: nomad_since("1.3.4"),
        evidence: "nomad v1.6.10 nomad/structs Template.Validate; upstream test row 140: mode script without a script is an error",
        check: Job(check_script),
    }
}

/// The first release whose API client fills in defaults.
const API_DEFAULTS: Version = Version::new(0, 5, 5);
/// The first release with the change mode `script`.
const SCRIPTS: Version = Version::new(1, 3, 4);

/// The signals of consul-template's table on Unix.
const SIGNALS: [&str; 28] = [
    "SIGABRT", "SIGALRM", "SIGBUS", "SIGCHLD", "SIGCONT", "SIGFPE", "SIGHUP", "SIGILL", "SIGINT", "SIGIO",
    "SIGIOT", "SIGKILL", "SIGPIPE", "SIGPROF", "SIGQUIT", "SIGSEGV", "SIGSTOP", "SIGSYS", "SIGTERM",
    "SIGTRAP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGUSR1", "SIGUSR2", "SIGXCPU", "SIGXFSZ",
];

fn has_mode(template: &Template, mode: &str) -> bool {
    Text::of(template.change_mode.as_ref()).filled().is_some_and(|(text, _)| text == mode)
}

fn check_missing_signal(cx: &mut Context<'_>, job: &Job) {
    let fills_in = cx.target().nomad >= API_DEFAULTS;
    for template in job.tasks().flat_map(|it| &it.task.templates).filter(|it| has_mode(it, "signal")) {
        let signal = Text::of(template.change_signal.as_ref());
        if signal == Text::Absent && fills_in {
            continue;
        }
        if let Some(at) = signal.empty_at(template.header) {
            cx.report(at, "the change mode is `signal`, but no signal is named").help(
                "write `change_signal = \"SIGHUP\"` or another one. Nomad says: `Must specify signal value when \
                 change mode is signal`",
            );
        }
    }
}

fn check_mode(cx: &mut Context<'_>, job: &Job) {
    let nomad = cx.target().nomad;
    let modes: &[&str] = if nomad < SCRIPTS {
        &["noop", "signal", "restart"]
    } else {
        &["noop", "signal", "restart", "script"]
    };
    let listed = modes.join(", ");
    let help = || format!("Nomad says: `Invalid change mode. Must be one of the following: {listed}`");
    for template in job.tasks().flat_map(|it| &it.task.templates) {
        match Text::of(template.change_mode.as_ref()) {
            Text::Known(mode, span) if !modes.contains(&mode) => {
                let message = match mode {
                    "script" => {
                        format!("Nomad {nomad} has no change mode `script`, which came with {SCRIPTS}")
                    }
                    mode => format!("unknown change mode `{mode}`"),
                };
                cx.report(span, message).help(help());
            }
            Text::Absent if job.form == JobForm::ApiJson && nomad < API_DEFAULTS => {
                cx.report(
                    template.header,
                    format!("the template has no `ChangeMode`, and the API of Nomad {nomad} has no default"),
                )
                .help(help());
            }
            _ => {}
        }
    }
}

fn check_signal(cx: &mut Context<'_>, job: &Job) {
    for template in job.tasks().flat_map(|it| &it.task.templates).filter(|it| has_mode(it, "signal")) {
        let Some((signal, span)) = Text::of(template.change_signal.as_ref()).filled() else { continue };
        let upper = signal.to_ascii_uppercase();
        if SIGNALS.contains(&upper.as_str()) {
            continue;
        }
        let with_prefix = format!("SIG{upper}");
        let help = if SIGNALS.contains(&with_prefix.as_str()) {
            format!("write `{with_prefix}`")
        } else {
            "write one such as `SIGHUP` or `SIGUSR1`".to_owned()
        };
        cx.report(span, format!("unknown signal `{signal}`")).help(format!(
            "{help}. No client can place the task; one that did would say: `Failed to parse signal`"
        ));
    }
}

fn check_env(cx: &mut Context<'_>, job: &Job) {
    let document = cx.document_id();
    for template in job.tasks().flat_map(|it| &it.task.templates) {
        let Some(env) = template.env.as_ref().filter(|env| env.boolean() == Some(true)) else { continue };
        let Some((mode, span)) = Text::of(template.change_mode.as_ref()).filled() else { continue };
        if mode == "signal" {
            cx.report(span, "a signal does not bring new environment variables to the task")
                .help("write `restart` or `noop`. Nomad says: `cannot use signals with env var templates`")
                .related(document, env.span, "the template sets environment variables");
        }
    }
}

fn check_script(cx: &mut Context<'_>, job: &Job) {
    for template in job.tasks().flat_map(|it| &it.task.templates).filter(|it| has_mode(it, "script")) {
        let is_absent = |script: &Attribute| matches!(script.value.value, AttributeValue::Null);
        if template.change_script.as_ref().is_none_or(is_absent) {
            cx.report(template.header, "the change mode is `script`, but there is no `change_script`")
                .help("add `change_script { command = \"…\" }`");
        }
    }
}
