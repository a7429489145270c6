//! Policies that take the server's memory.

use crate::model::{Model, ParsedDocument};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::syntax::{MAX_DEPTH, ProblemKind};

declare_rule! {
    pub(super) static TOO_DEEP_POLICY = {
        code: "POL038", name: "too-deep-policy", summary: "nesting that takes the server's memory",
        severity: Error, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: 100,000 nested objects are never answered and drive the server out of memory (24 GB); 10,000 in `allowed_parameters` take about 330 MB, 1,000 about 1 MB",
        check: Document(check),
    }
}

fn check(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    let Model::Policy(_) = &parsed.model else { return };
    let problem = parsed.tree.problems().iter().find(|problem| problem.kind == ProblemKind::TooDeep);
    if let Some(problem) = problem {
        cx.report(problem.span, format!("more than {MAX_DEPTH} brackets are open here: Vault's memory grows with the square of their number"))
            .help("no policy needs this, and 100,000 of them end the server; nothing from here on was checked");
    }
}
