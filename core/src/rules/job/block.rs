//! How `vault` blocks are written, and how often.

use crate::model::{Job, JobForm, Level, VaultBlock, VaultForm};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule, nomad_since};
use crate::text::{Applicability, Fix, Span};

declare_rule! {
    pub(super) static REPEATED_VAULT_BLOCK = {
        code: "JOB001", name: "repeated-vault-block", summary: "more than one `vault` block on one level",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "JOB-01, JOB-01b: nomad v0.5.0 jobspec/parse.go `only one 'vault' block allowed per task`, from 1.0.0 `Duplicate vault block`",
        check: Job(check_repeated),
    }
}

fn check_repeated(cx: &mut Context<'_>, job: &Job) {
    let is_silent = |level| job.form == JobForm::Hcl2 && level == Level::Group;
    for (level, blocks) in levels(job).filter(|(level, _)| !is_silent(*level)) {
        for (first, block) in repeated(blocks) {
            let message = format!("the {} has more than one `vault` block", level.as_str());
            let said = if job.form == JobForm::Hcl2 {
                "Duplicate vault block"
            } else {
                "only one 'vault' block allowed per task"
            };
            let document = cx.document_id();
            cx.report(block.header, message).help(format!("keep one of them. Nomad says: `{said}`")).related(
                document,
                first.header,
                "the first one",
            );
        }
    }
}

declare_rule! {
    pub(super) static REPEATED_GROUP_VAULT_BLOCK = {
        code: "JOB015", name: "repeated-group-vault-block",
        summary: "more than one `vault` block in a group, of which only the last counts",
        severity: Warning, enforced_by: Advisory, fix: None, applies: nomad_since("1.0.0"),
        evidence: "JOB-01c: nomad v1.6.10 jobspec2/hcl_conversions.go, no check for the block of a group",
        check: Job(check_repeated_in_group),
    }
}

fn check_repeated_in_group(cx: &mut Context<'_>, job: &Job) {
    if job.form != JobForm::Hcl2 {
        return;
    }
    for group in &job.groups {
        let Some(last) = group.vault.last() else { continue };
        for (_, block) in group.vault.iter().rev().skip(1).map(|block| (last, block)) {
            let document = cx.document_id();
            cx.report(block.header, "this `vault` block has no effect: the group has a later one")
                .help("keep one of them; in a job or a task, Nomad would refuse the second")
                .related(document, last.header, "the one that counts");
        }
    }
}

declare_rule! {
    pub(super) static VAULT_NOT_A_BLOCK = {
        code: "JOB003", name: "vault-not-a-block", summary: "`vault` is written otherwise than as a block without labels",
        severity: Error, enforced_by: Nomad, fix: Safe, applies: always(),
        evidence: "JOB-03: nomad v0.5.0 jobspec/parse.go `vault: should be an object`; v1.1.0 `Unsupported argument`, `Extraneous label for vault` (recorded in jobmatrix.json)",
        check: Job(check_form),
    }
}

fn check_form(cx: &mut Context<'_>, job: &Job) {
    for (level, block) in job.vault_blocks() {
        match block.form {
            VaultForm::Other(span) => {
                cx.report(span, "`vault` is no block")
                    .help("write `vault { … }`. Nomad says: `vault: should be an object`");
            }
            VaultForm::Object if job.form == JobForm::Hcl2 => {
                let fix = without_equals(cx, block);
                let found = cx.report(block.header, "`vault` is written as an argument, not as a block");
                found.help("write `vault { … }` without `=`. Nomad says: `An argument named \"vault\" is not expected here`");
                found.fix = fix;
            }
            VaultForm::Block if job.form == JobForm::Hcl2 && level != Level::Group => {
                check_labels(cx, block);
            }
            VaultForm::Block | VaultForm::Object => {}
        }
    }
}

fn check_labels(cx: &mut Context<'_>, block: &VaultBlock) {
    let (Some(first), Some(last)) = (block.labels.first(), block.labels.last()) else { return };
    let labels = first.span.to(last.span);
    let gap = Span::new(block.header.start + "vault".len() as u32, labels.end);
    let fix = cx.replace("Remove the label", Applicability::Safe, gap, "");
    cx.report(labels, format!("`vault` has the label `{}`, but takes none", first.value))
        .help("remove the label. Nomad says: `No labels are expected for vault blocks`")
        .fix(fix);
}

/// Takes the `=` out of `vault = { … }`.
fn without_equals(cx: &Context<'_>, block: &VaultBlock) -> Option<Fix> {
    let rest = Span::new(block.header.end, block.span.end).of(cx.text());
    let brace = rest.find('{')? as u32;
    let gap = Span::new(block.header.end, block.header.end + brace);
    (gap.of(cx.text()).trim() == "=").then(|| cx.replace("Write a block", Applicability::Safe, gap, " "))
}

/// Each level's own blocks.
fn levels(job: &Job) -> impl Iterator<Item = (Level, &[VaultBlock])> {
    let of_job = std::iter::once((Level::Job, job.vault.as_slice()));
    of_job.chain(job.groups.iter().flat_map(|group| {
        let of_group = std::iter::once((Level::Group, group.vault.as_slice()));
        of_group.chain(group.tasks.iter().map(|task| (Level::Task, task.vault.as_slice())))
    }))
}

/// Each block after the first, with the first.
fn repeated(blocks: &[VaultBlock]) -> impl Iterator<Item = (&VaultBlock, &VaultBlock)> {
    blocks.first().into_iter().flat_map(|first| blocks.iter().skip(1).map(move |block| (first, block)))
}
