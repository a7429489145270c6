//! Jobs written for Nomad before 1.0.

use crate::model::{ParsedDocument, Version};
use crate::rules::Context;
use crate::rules::rule::{declare_rule, nomad_since};
use crate::syntax::{HabitKind, Hcl1Habit, ProblemKind};
use crate::text::{Applicability, Fix, Span};

/// The first Nomad that has no flag for HCL 1 any more.
const FIRST_WITHOUT_HCL1: Version = Version::new(1, 9, 0);

declare_rule! {
    pub(super) static HCL1_SYNTAX = {
        code: "JOB026", name: "hcl1-syntax", summary: "the job is written in HCL 1, which Nomad no longer reads by itself",
        severity: Error, enforced_by: Nomad, fix: Safe, applies: nomad_since("1.0.0"),
        evidence: "verdicts of the parsers of Nomad 0.12.0 and 1.1.0 on 105 constructs (jobmatrix.json); 1.9.0 removed the flag -hcl1",
        check: Document(check_syntax),
    }
}

fn check_syntax(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    for problem in parsed.tree.problems() {
        if let ProblemKind::Hcl1Only(habit) = &problem.kind {
            report(cx, problem.span, habit);
        }
    }
}

fn report(cx: &mut Context<'_>, span: Span, habit: &Hcl1Habit) {
    let (message, help, title) = texts(habit.kind);
    let edits: Vec<_> = habit.repair.iter().map(|(span, text)| cx.edit(*span, text.as_str())).collect();
    let flag = if cx.target().nomad < FIRST_WITHOUT_HCL1 {
        "; or submit with `-hcl1`, which Nomad 1.9 no longer has"
    } else {
        ""
    };
    let document = cx.document_id();
    let written = span.of(cx.text());
    let shown = if written.len() > 40 || written.contains('\n') { "…" } else { written };
    let found = cx.report(span, message.replace("{}", shown));
    found.help(format!("{help}{flag}"));
    if let Some(first) = habit.first {
        found.related(document, first, "the first one");
    }
    if !edits.is_empty() {
        found.fix(Fix { title: title.to_owned(), applicability: Applicability::Safe, edits });
    }
}

/// Message, help and the title of the fix.
const fn texts(kind: HabitKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        HabitKind::BlockInObject => {
            ("HCL 2 has no blocks inside an object: `{}`", "write `name = { … }`", "Write an object")
        }
        HabitKind::Comma => {
            ("HCL 2 has no commas between the attributes of a block", "remove the comma", "Remove the comma")
        }
        HabitKind::DottedName => (
            "HCL 2 has no dots in the name of an attribute: `{}`",
            "write the block as an object, `name = { \"a.b\" = … }`",
            "",
        ),
        HabitKind::LineBreak => {
            ("HCL 2 wants `{}` on the line of the name before it", "join the lines", "Join the lines")
        }
        HabitKind::MissingComma => (
            "HCL 2 wants a comma before `{}`, as the members are on one line",
            "add the comma",
            "Add the comma",
        ),
        HabitKind::Number => (
            "`{}` is no number of HCL 2",
            "write it in digits, with a digit before the point",
            "Write it in digits",
        ),
        HabitKind::OneLineBlock => (
            "HCL 2 allows only one attribute, and no block, in a block on one line: `{}` must be on its own",
            "put each on a line of its own",
            "Write one on a line",
        ),
        HabitKind::QuotedName => (
            "HCL 2 has no quotes around the name of an attribute or a block: {}",
            "drop the quotes; a name that needs them goes into an object, `name = { \"a.b\" = … }`",
            "Drop the quotes",
        ),
        HabitKind::RepeatedAttribute => ("HCL 2 allows `{}` only once in a block", "keep one of them", ""),
        HabitKind::Template => (
            "HCL 2 reads `{}` as a template and cannot",
            "write the `$` or `%` twice to keep the text as it is",
            "Write it twice",
        ),
        HabitKind::TemplateInLabel => (
            "HCL 2 has no templates in a label: {}",
            "write the `$` or `%` twice to keep the text as it is",
            "Write it twice",
        ),
    }
}
