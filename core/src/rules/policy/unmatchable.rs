//! Paths that are not what they look like.

use std::borrow::Cow;

use super::help::{has_problem, is_broken, shown};
use crate::model::{ParsedDocument, PathPattern, PathRules, PatternKind, Policy, holds};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::text::{Applicability, Fix};

declare_rule! {
    pub(super) static UNMATCHABLE_PATH = {
        code: "POL016", name: "unmatchable-path", summary: "a path that no request has, or a wildcard that is none",
        severity: Warning, enforced_by: Advisory, fix: Unsafe, applies: always(),
        evidence: "measured on OpenBao 2.7.2: acl-facts, topics exact, leading-slash, glob, plus, no-normalise; vault-policies-and-tokens §1.6",
        check: Policy(check_unmatchable),
    }
}

declare_rule! {
    pub(super) static PATH_WITHOUT_LABEL = {
        code: "POL017", name: "path-without-label", summary: "a `path` block that names no path",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-policy-parse-facts, `path { … }` is a rule for the path `path`; vault-policies-and-tokens §1.3",
        check: Policy(check_label),
    }
}

declare_rule! {
    pub(super) static IGNORED_LABEL = {
        code: "POL018", name: "ignored-label", summary: "a second label of a `path` block, which is ignored",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-policy-parse-facts, `path \"a\" \"b\" {}`; vault-policies-and-tokens §1.3",
        check: Document(check_second_label),
    }
}

fn check_unmatchable(cx: &mut Context<'_>, policy: &Policy) {
    for rules in policy.paths.iter().filter(|rules| rules.path.span != rules.header) {
        let Ok(pattern) = rules.pattern() else { continue };
        if let Some(why) = why_unmatchable(cx, policy, &rules.path.value, pattern) {
            let fix = why.instead.and_then(|path| relabelled(cx, policy, rules, &path));
            let help = match (&fix, why.help) {
                (_, Some(help)) => help,
                (Some(fix), None) => format!("write {}", fix.edits.first().map_or("", |edit| &edit.text)),
                (None, None) => "write the path as it stands behind `/v1/` in a request".to_owned(),
            };
            let finding = cx.report(rules.path.span, why.message);
            finding.help(help);
            finding.fix = fix;
        }
    }
}

/// Why a path matches nothing, or not what it looks like.
struct Why {
    message: String,
    help: Option<String>,
    /// The path that was most likely meant.
    instead: Option<String>,
}

fn why_unmatchable(cx: &Context<'_>, policy: &Policy, label: &str, pattern: PathPattern<'_>) -> Option<Why> {
    let vault = cx.target().vault;
    let text = pattern.text;
    let why =
        |message: String, help: Option<String>, instead: Option<String>| Some(Why { message, help, instead });
    if text.is_empty() && pattern.kind == PatternKind::Exact {
        let help = "write a path, or `*` for every path".to_owned();
        return why("no request has an empty path".to_owned(), Some(help), None);
    }
    if text.starts_with('/') {
        let message = format!("no request's path starts with `/`: {} never matches", shown(label));
        let message =
            if label.starts_with("//") { message + ", only one slash is taken away" } else { message };
        let instead = text.trim_start_matches('/');
        let star = if pattern.kind == PatternKind::Prefix { "*" } else { "" };
        return why(message, None, (!instead.is_empty()).then(|| format!("{instead}{star}")));
    }
    let inner =
        if pattern.kind == PatternKind::Segments { text.strip_suffix('*').unwrap_or(text) } else { text };
    if holds(inner, b'*') {
        let message = format!("a `*` that is not at the end of {} is a plain character", shown(label));
        let instead = with_segment_wildcards(label).filter(|_| policy.profile.segment_wildcards);
        let help = instead.is_none().then(|| "only a `*` at the very end stands for any text".to_owned());
        return why(message, help, instead);
    }
    let has_plus_segment = || text.split('/').any(|segment| segment == "+");
    if !policy.profile.segment_wildcards && text.contains('+') && has_plus_segment() {
        let message = format!("for {vault} the `+` of {} is a plain character", shown(label));
        let help = "`+` stands for any segment since Vault 1.1; write out the segments, or a `*` at the end";
        return why(message, Some(help.to_owned()), None);
    }
    if !policy.profile.templating && text.contains("{{") {
        let message = format!("{vault} does not fill in the `{{{{…}}}}` of {}", shown(label));
        return why(message, Some("paths are filled in since Vault 0.11".to_owned()), None);
    }
    if text.starts_with("v1/") {
        let message =
            format!("{} starts with `v1/`, which is part of the address, not of the path", shown(label));
        return why(message, None, Some(label.replacen("v1/", "", 1)));
    }
    None
}

/// The label with `+` for each whole segment `*` before the last, if that makes all inner stars wildcards.
fn with_segment_wildcards(label: &str) -> Option<String> {
    let (before, last) = label.rsplit_once('/')?;
    let segment = |segment: &str| match segment {
        "*" | "**" => Some(Cow::Borrowed("+")),
        _ if segment.contains('*') => None,
        _ => Some(Cow::Owned(segment.to_owned())),
    };
    let mut segments = before.split('/').map(segment).collect::<Option<Vec<_>>>()?;
    let last = if last == "**" { "*" } else { last };
    let inner = last.strip_suffix('*').unwrap_or(last);
    if inner.contains('*') || inner.ends_with('+') {
        return None;
    }
    segments.push(Cow::Borrowed(last));
    Some(segments.join("/"))
}

/// Gives a block another path, where that is a plain one that can be matched.
fn relabelled(cx: &Context<'_>, policy: &Policy, rules: &PathRules, path: &str) -> Option<Fix> {
    let is_plain = !path.contains(['"', '\\', '$']) && !path.chars().any(char::is_control);
    let pattern = PathPattern::new(path, policy.profile.segment_wildcards).ok()?;
    if policy.has_syntax_errors || !is_plain || why_unmatchable(cx, policy, path, pattern).is_some() {
        return None;
    }
    let title = format!("Write `{path}`");
    Some(cx.replace(title, Applicability::Unsafe, rules.path.span, format!("\"{path}\"")))
}

fn check_label(cx: &mut Context<'_>, policy: &Policy) {
    let Some(parsed) = cx.document() else { return };
    for (index, rules) in policy.paths.iter().enumerate() {
        if rules.path.span != rules.header || is_broken(&parsed.tree, rules.header) {
            continue;
        }
        // A value of the wrong type is a finding of its own.
        if has_problem(policy, index) {
            continue;
        }
        cx.report(rules.header, "this `path` block names no path: it is about the path `path`")
            .help("write `path \"secret/data/web\" { … }`");
    }
}

fn check_second_label(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    let crate::model::Model::Policy(_) = &parsed.model else { return };
    if parsed.tree.dialect() == crate::syntax::Dialect::LooseJson {
        return;
    }
    for item in parsed.tree.root().items() {
        let Some(label) = item.labels().nth(1) else { continue };
        if item.key().name() == "path" {
            cx.report(
                label.span(),
                format!("only the first label counts: {} is ignored", shown(label.raw())),
            )
            .help("write a block of its own for each path");
        }
    }
}
