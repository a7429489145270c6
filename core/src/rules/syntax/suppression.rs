//! Suppressing comments that suppress nothing.

use crate::model::ParsedDocument;
use crate::rules::rule::{always, declare_rule};
use crate::rules::{Context, rules, suppressions};

declare_rule! {
    pub(super) static UNKNOWN_SUPPRESSION = {
        code: "SYN029", name: "unknown-suppression", summary: "a comment that ignores a rule that does not exist",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "the table of rules",
        check: Document(check_unknown_suppression),
    }
}

fn check_unknown_suppression(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    for suppression in suppressions(parsed).into_iter().filter(|suppression| suppression.rule.is_none()) {
        let code = suppression.code.of(cx.text()).to_owned();
        let family =
            rules().find(|rule| code.len() > 3 && rule.code.starts_with(code.get(..3).unwrap_or("?")));
        let help = match family {
            Some(_) => format!("`nomad-vault rules` lists the codes; `{code}` is none of them"),
            None => "write a code such as `ROLE003`, or a name such as `orphan-role`".to_owned(),
        };
        cx.report(suppression.code, format!("there is no rule `{code}`")).help(help);
    }
}

declare_rule! {
    pub(crate) static UNUSED_SUPPRESSION = {
        code: "SYN030", name: "unused-suppression", summary: "a comment that ignores a finding that is not there",
        severity: Warning, enforced_by: Advisory, fix: Safe, applies: always(),
        evidence: "the findings of the same run",
        check: Document(known_after_the_run),
    }
}

/// What is unused is known only when all rules have run: `check::suppress` reports it.
fn known_after_the_run(_: &mut Context<'_>, _: &ParsedDocument<'_>) {}
