//! JSON that the server's sloppy reader does not look at.

use crate::model::{Model, ParsedDocument};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::syntax::Dialect;
use crate::text::Span;

declare_rule! {
    pub(super) static IGNORED_JSON_TEXT = {
        code: "POL031", name: "ignored-json-text", summary: "text behind the end of a JSON policy, which is ignored",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-policy-parse-facts: text after the first closing brace, and members behind a missing comma, are dropped; vault-policies-and-tokens §1.4",
        check: Document(check_rest),
    }
}

fn check_rest(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    let tree = &parsed.tree;
    if !matches!(parsed.model, Model::Policy(_)) || tree.dialect() != Dialect::LooseJson {
        return;
    }
    if !tree.problems().is_empty() {
        return;
    }
    let text = tree.text();
    let blank = [' ', '\t', '\r', '\n'];
    let start = match tree.root().items().last() {
        Some(item) => item.span().end as usize,
        None => text.find('{').map_or(text.len(), |brace| brace + 1),
    };
    let behind = text.get(start..).unwrap_or_default();
    let rest = behind.trim_start_matches(blank);
    let rest = rest.strip_prefix(',').unwrap_or(rest).trim_start_matches(blank);
    let is_closed = rest.starts_with('}');
    let rest = rest.strip_prefix('}').unwrap_or(rest).trim_start_matches(blank);
    let ignored = rest.trim_end_matches(blank);
    if ignored.is_empty() {
        return;
    }
    let from = (text.len() - rest.len()) as u32;
    let first_line = ignored.lines().next().map_or(0, |line| line.len() as u32);
    let message = if is_closed {
        "the policy ends before this: Vault ignores the rest of the text"
    } else {
        "a comma is missing before this: Vault ignores the rest of the text"
    };
    cx.report(Span::new(from, from + first_line), message)
        .help("put everything into one object, with a comma between its members");
}
