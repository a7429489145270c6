//! Policies inside something else: base64, which the server decodes before it reads a policy, and the JSON of
//! its API (`sys/policies/acl/<name>` has the text in `policy`, `sys/policy/<name>` in `rules`).
//!
//! The text inside is what is judged. Its places are no places of the document, so that findings point at the
//! whole and name the line inside.

use super::Report;
use crate::model::{Model, ParsedBundle, ParsedDocument, base64_bytes};
use crate::syntax::{Dialect, Object, parse};
use crate::text::{Document, DocumentId, DocumentKind, Span};

/// A policy inside a document.
pub(super) struct Carried {
    id: DocumentId,
    /// What carries it.
    span: Span,
    document: Document,
}

/// The policies of the bundle that are inside something else.
pub(super) fn carried(parsed: &ParsedBundle<'_>) -> Vec<Carried> {
    let policies = parsed.documents.iter().filter(|document| matches!(document.model, Model::Policy(_)));
    policies.filter_map(carried_in).collect()
}

fn carried_in(parsed: &ParsedDocument<'_>) -> Option<Carried> {
    let text = parsed.document.text();
    let document = |bytes: &[u8]| Document::from_bytes(parsed.document.name(), DocumentKind::Policy, bytes);
    if let Some(bytes) = base64_bytes(text) {
        let span = Span::new(0, text.trim_end().len() as u32);
        return Some(Carried { id: parsed.id, span, document: document(&bytes) });
    }
    if parsed.tree.dialect() != Dialect::LooseJson || parsed.tree.root().items_named("path").next().is_some()
    {
        return None;
    }
    let tree = parse(parsed.document.shared_text(), Dialect::Json);
    if !tree.problems().is_empty() {
        return None;
    }
    let data = tree.root().items_named("data").last().and_then(|item| item.value().object());
    let (span, inside) = [Some(tree.root()), data].into_iter().flatten().find_map(text_in)?;
    let decoded = base64_bytes(&inside);
    Some(Carried { id: parsed.id, span, document: document(decoded.as_deref().unwrap_or(inside.as_bytes())) })
}

fn text_in(object: Object<'_>) -> Option<(Span, String)> {
    let member = ["policy", "rules"].into_iter().find_map(|name| object.items_named(name).last())?;
    Some((member.value().span(), member.value().string()?.into_owned()))
}

/// The bundle with the texts inside in place of what carries them.
pub(super) fn opened<'o>(parsed: &'o ParsedBundle<'_>, carried: &'o [Carried]) -> ParsedBundle<'o> {
    let open = |document: &'o ParsedDocument<'_>| match carried.iter().find(|one| one.id == document.id) {
        Some(inside) => ParsedDocument::new(document.id, &inside.document, parsed.target),
        None => document.clone(),
    };
    ParsedBundle { target: parsed.target, documents: parsed.documents.iter().map(open).collect() }
}

/// Makes findings in the texts inside findings in what carries them.
pub(super) fn close(report: &mut Report, carried: &[Carried]) {
    let of = |id: DocumentId| carried.iter().find(|one| one.id == id);
    let line = |inside: &Carried, span: Span| inside.document.line_column(span.start).line;
    for finding in &mut report.diagnostics {
        if let Some(inside) = of(finding.document) {
            finding.message.push_str(&format!(" (line {} of the policy inside)", line(inside, finding.span)));
            finding.span = inside.span;
        }
        for related in &mut finding.related {
            if let Some(inside) = of(related.document) {
                let line = line(inside, related.span);
                related.message.push_str(&format!(" (line {line} of the policy inside)"));
                related.span = inside.span;
            }
        }
        let is_inside = |fix: &crate::text::Fix| fix.edits.iter().any(|edit| of(edit.document).is_some());
        finding.fix = finding.fix.take().filter(|fix| !is_inside(fix));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CheckOptions, check};
    use crate::model::Bundle;
    use crate::text::DocumentKind;

    fn findings(text: &str) -> Vec<String> {
        let mut bundle = Bundle::new();
        bundle.add("web.hcl", DocumentKind::Policy, text);
        let report = check(&bundle, &CheckOptions::default());
        let shown = |found: &crate::diagnostic::Diagnostic| {
            assert!(found.fix.is_none());
            format!("{} {}: {}", found.code, found.span.of(text), found.message)
        };
        report.diagnostics.iter().map(shown).collect()
    }

    #[test]
    fn a_policy_inside_is_judged() {
        let good = "cGF0aCAiYSIgeyBjYXBhYmlsaXRpZXMgPSBbInJlYWQiXSB9\n";
        assert!(findings(good).is_empty());
        let bad = "cGF0aCAiYSIgewogIGNhcGFiaWxpdGllcyA9IFsicmVlZCJdCn0=";
        let why = "there is no capability `reed`; did you mean `read`? (line 2 of the policy inside)";
        assert_eq!(findings(bad), [format!("POL002 {bad}: {why}")]);
        let body = r#"{"policy": "path \"a\" {\n  capabilities = [\"reed\"]\n}"}"#;
        let string = r#""path \"a\" {\n  capabilities = [\"reed\"]\n}""#;
        assert_eq!(findings(body), [format!("POL002 {string}: {why}")]);
        let answer = r#"{"data": {"name": "a", "rules": "path \"a\" {\n  capabilities = [\"reed\"]\n}"}}"#;
        assert_eq!(findings(answer), [format!("POL002 {string}: {why}")]);
        let encoded = format!(r#"{{"rules": "{bad}"}}"#);
        assert_eq!(findings(&encoded), [format!("POL002 \"{bad}\": {why}")]);
        assert_eq!(findings(r#"{"policy": 5}"#).len(), 1);
        assert!(findings("////").iter().all(|found| found.starts_with("SYN")));
    }
}
