//! Signals that tell a task of its new token.

use crate::model::{Job, JobForm, VaultBlock, Version};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule, nomad, nomad_since};
use crate::rules::suggest::did_you_mean;
use crate::text::Applicability;

/// The signals that a Nomad client offers (`attr.os.signals`), without their `SIG`.
const SIGNALS: [&str; 31] = [
    "ABRT", "ALRM", "BUS", "CHLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "PROF",
    "QUIT", "SEGV", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2", "WINCH",
    "XCPU", "XFSZ", "VTALRM", "PWR",
];

/// The drivers of Nomad up to 0.8 that cannot send signals.
const DRIVERS_WITHOUT_SIGNALS: [&str; 3] = ["lxc", "qemu", "rkt"];

/// The first Nomad whose API fills in `SIGHUP`.
const FIRST_DEFAULT_SIGNAL: Version = Version::new(0, 5, 5);

declare_rule! {
    pub(super) static MISSING_CHANGE_SIGNAL = {
        code: "JOB006", name: "missing-change-signal", summary: "the change mode `signal` without a signal",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "JOB-06: nomad v0.5.0 nomad/structs/structs.go Vault.Validate; from 0.5.5 the API fills in SIGHUP where the key is absent",
        check: Job(check_missing),
    }
}

fn check_missing(cx: &mut Context<'_>, job: &Job) {
    for block in signalling(job) {
        let span = match &block.change_signal {
            Some(signal) if signal.text() == Some("") => signal.value_span(),
            None if cx.target().nomad < FIRST_DEFAULT_SIGNAL => block.header,
            _ => continue,
        };
        cx.report(span, "the change mode is `signal`, but there is no signal").help(
            "write `change_signal = \"SIGHUP\"`. \
             Nomad says: `Signal must be specified when using change mode \"signal\"`",
        );
    }
}

declare_rule! {
    pub(super) static IMPLICIT_SIGHUP = {
        code: "JOB018", name: "implicit-sighup", summary: "the change mode `signal` without a signal means `SIGHUP`",
        severity: Info, enforced_by: Advisory, fix: None, applies: nomad_since("0.5.5"),
        evidence: "D120: nomad v0.5.5 api/tasks.go Vault.Canonicalize fills in SIGHUP, so that the check of JOB-06 never sees it",
        check: Job(check_implicit),
    }
}

fn check_implicit(cx: &mut Context<'_>, job: &Job) {
    for block in signalling(job).filter(|block| block.change_signal.is_none()) {
        let Some(mode) = &block.change_mode else { continue };
        cx.report(mode.value_span(), "no signal is named, so the task gets `SIGHUP`")
            .help("write `change_signal` if the task listens to another one");
    }
}

declare_rule! {
    pub(super) static DRIVER_WITHOUT_SIGNALS = {
        code: "JOB009", name: "driver-without-signals", summary: "the task's driver cannot send the signal",
        severity: Error, enforced_by: Nomad, fix: None, applies: nomad("0.5.0", "0.8.99"),
        evidence: "JOB-09, test fact 131: nomad v0.5.0 nomad/job_endpoint.go `driver \"qemu\" doesn't support sending signals`",
        check: Job(check_driver),
    }
}

fn check_driver(cx: &mut Context<'_>, job: &Job) {
    for task in job.tasks() {
        let Some(block) = task.vault().filter(|block| is_signalling(block)) else { continue };
        let (Some(mode), Some(driver)) = (&block.change_mode, &task.task.driver) else { continue };
        let Some(name) = driver.text().filter(|name| DRIVERS_WITHOUT_SIGNALS.contains(name)) else {
            continue;
        };
        let document = cx.document_id();
        cx.report(mode.value_span(), format!("the driver `{name}` cannot send signals"))
            .help(format!(
                "use `restart` or `noop`. Nomad says: `driver \"{name}\" doesn't support sending signals`"
            ))
            .related(document, driver.value_span(), "the task's driver");
    }
}

declare_rule! {
    pub(super) static UNKNOWN_SIGNAL = {
        code: "JOB010", name: "unknown-signal", summary: "a signal that no client offers, so that the task is never placed",
        severity: Error, enforced_by: Nomad, fix: Safe, applies: always(),
        evidence: "JOB-10: nomad v0.5.0 nomad/job_endpoint.go setImplicitConstraints: `${attr.os.signals} set_contains`, the name itself is not checked",
        check: Job(check_unknown),
    }
}

fn check_unknown(cx: &mut Context<'_>, job: &Job) {
    for block in signalling(job) {
        let Some(attribute) = &block.change_signal else { continue };
        let Some(signal) = attribute.text().filter(|signal| !signal.is_empty()) else { continue };
        let upper = signal.to_ascii_uppercase();
        let bare = upper.strip_prefix("SIG").unwrap_or(&upper);
        let is_known = SIGNALS.contains(&bare);
        if is_known && upper.starts_with("SIG") {
            continue;
        }
        let span = attribute.value_span();
        let is_plain = span.of(cx.text()) == format!("\"{signal}\"");
        let fix = (is_known && is_plain).then(|| {
            let written = format!("\"SIG{bare}\"");
            cx.replace(format!("Write `SIG{bare}`"), Applicability::Safe, span, written)
        });
        let meant = if is_known { Some(bare) } else { did_you_mean(bare, SIGNALS) };
        let hint = meant.map(|name| format!("did you mean `SIG{name}`? ")).unwrap_or_default();
        let found =
            cx.report(span, format!("no client offers a signal `{upper}`, so the group is never placed"));
        found.help(format!(
            "{hint}Nomad does not check the name: it adds the constraint `${{attr.os.signals}} set_contains {upper}`"
        ));
        found.fix = fix;
    }
}

declare_rule! {
    pub(super) static UNUSED_CHANGE_SIGNAL = {
        code: "JOB024", name: "unused-change-signal", summary: "a signal without the change mode `signal`",
        severity: Info, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "nomad v0.5.0 client/task_runner.go: the signal is read only in the change mode `signal`",
        check: Job(check_unused),
    }
}

fn check_unused(cx: &mut Context<'_>, job: &Job) {
    // Nomad fills the field in JSON that it gives out itself.
    if job.form == JobForm::ApiJson {
        return;
    }
    for (_, block) in job.vault_blocks() {
        let Some(mode) = block.change_mode_or_default().filter(|mode| matches!(*mode, "noop" | "restart"))
        else {
            continue;
        };
        let signal =
            block.change_signal.as_ref().filter(|signal| signal.text().is_some_and(|it| !it.is_empty()));
        if let Some(signal) = signal {
            cx.report(signal.span, format!("the signal is never sent: the change mode is `{mode}`"))
                .help("write `change_mode = \"signal\"`, or leave the signal out");
        }
    }
}

/// The blocks whose change mode is `signal`.
fn signalling(job: &Job) -> impl Iterator<Item = &VaultBlock> {
    job.vault_blocks().map(|(_, block)| block).filter(|block| is_signalling(block))
}

fn is_signalling(block: &VaultBlock) -> bool {
    block.change_mode_or_default() == Some("signal")
}
