//! Judging several sets of documents, and one report of them all.

use super::{CheckOptions, Report, check_parsed};
use crate::diagnostic::Diagnostic;
use crate::model::{Bundle, DocumentSet, ParsedBundle, ParsedDocument, Target, is_in};
use crate::text::{DocumentId, order};

/// A set that was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedSet {
    /// What it is called.
    pub name: String,
    /// Its documents.
    pub documents: Vec<DocumentId>,
    /// What they were judged for.
    pub target: Target,
}

/// Judges each set of a bundle by itself. The report is about the whole bundle.
pub fn check_sets(bundle: &Bundle, sets: &[DocumentSet], options: &CheckOptions) -> Report {
    let parsed = sets.iter().map(|set| {
        let target = set.target(bundle, options.target);
        let documents = set.documents.iter().filter_map(|id| bundle.document(*id)).enumerate();
        let read = |(index, document)| ParsedDocument::new(DocumentId(index as u32), document, target);
        ParsedBundle { target, documents: documents.map(read).collect() }
    });
    check_parsed_sets(sets, parsed, options)
}

/// Judges sets that are read already: in each, the ids of the documents are their places in the set.
pub fn check_parsed_sets<'b>(
    sets: &[DocumentSet],
    parsed: impl Iterator<Item = ParsedBundle<'b>>,
    options: &CheckOptions,
) -> Report {
    let mut all =
        Report { target: Target::NEWEST, diagnostics: Vec::new(), omitted: Vec::new(), sets: Vec::new() };
    for (index, (set, parsed)) in sets.iter().zip(parsed).enumerate() {
        let report = check_parsed(&parsed, options);
        if index == 0 {
            all.target = report.target;
        }
        let id = |of_set: DocumentId| set.documents.get(of_set.0 as usize).copied().unwrap_or(of_set);
        all.diagnostics.extend(report.diagnostics.into_iter().map(|found| moved(found, &id)));
        for (document, count) in report.omitted {
            all.omitted.push((id(document), count));
        }
        let (name, documents) = (set.name.clone(), set.documents.clone());
        all.sets.push(JudgedSet { name, documents, target: report.target });
    }
    order::sort_by(&mut all.diagnostics, &|a, b| {
        (a.document, a.span, a.code).cmp(&(b.document, b.span, b.code))
    });
    // A document of several sets has most of its findings in each.
    all.diagnostics.dedup();
    order::sort_by(&mut all.omitted, &|a, b| {
        (a.0, std::cmp::Reverse(a.1)).cmp(&(b.0, std::cmp::Reverse(b.1)))
    });
    all.omitted.dedup_by_key(|(document, _)| *document);
    all
}

/// A finding that is meant, where no comment can say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSuppression {
    /// The rule's code or name.
    pub rule: String,
    /// The file or folder; everything without it.
    pub path: Option<String>,
}

/// Drops the findings that are meant, and says which suppressions found none. `places` are the documents' paths as
/// the suppressions count them.
pub fn suppress_in_files(
    report: &mut Report,
    places: &[&str],
    suppressions: &[FileSuppression],
) -> Vec<usize> {
    let mut used = vec![false; suppressions.len()];
    report.diagnostics.retain(|found| {
        let place = places.get(found.document.0 as usize).copied().unwrap_or_default();
        let covers = |one: &FileSuppression| {
            (one.rule == found.code || one.rule == found.name)
                && one.path.as_ref().is_none_or(|path| is_in(path, place))
        };
        let covering = suppressions.iter().position(covers);
        if let Some(used) = covering.and_then(|index| used.get_mut(index)) {
            *used = true;
        }
        covering.is_none()
    });
    used.iter().enumerate().filter(|(_, used)| !**used).map(|(index, _)| index).collect()
}

/// A finding of a set as one of the bundle.
fn moved(mut found: Diagnostic, id: &dyn Fn(DocumentId) -> DocumentId) -> Diagnostic {
    found.document = id(found.document);
    for related in &mut found.related {
        related.document = id(related.document);
    }
    for edit in found.fix.iter_mut().flat_map(|fix| &mut fix.edits) {
        edit.document = id(edit.document);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Layout, TargetRequest};
    use crate::text::DocumentKind;

    const ROLE: &str = r#"{"name": "x", "allowed_policies": "web", "orphan": true, "token_period": 60}"#;
    const POLICY: &str = "path \"auth/token/create/y\" {\n  capabilities = [\"update\"]\n}\n";

    #[test]
    fn sets_are_judged_apart() {
        let mut bundle = Bundle::new();
        for (name, kind, text) in [
            ("a/role.json", DocumentKind::TokenRole, ROLE),
            ("b/policy.hcl", DocumentKind::Policy, POLICY),
            ("b/role.json", DocumentKind::TokenRole, ROLE),
        ] {
            bundle.add(name, kind, text);
        }
        let options = CheckOptions { select: vec!["XREF001".to_owned()], ..CheckOptions::default() };
        let names: Vec<&str> = bundle.documents().iter().map(|document| document.name()).collect();
        let sets = Layout::default().group(&names);
        let report = check_sets(&bundle, &sets, &options);
        let found: Vec<u32> = report.diagnostics.iter().map(|found| found.document.0).collect();
        assert_eq!(found, [2]);
        assert_eq!(report.diagnostics.first().map(|found| found.related.len()), Some(1));
        assert_eq!(report.sets.len(), 2);
        let together = [DocumentSet { target: TargetRequest::default(), ..DocumentSet::whole(&bundle) }];
        assert_eq!(check_sets(&bundle, &together, &options).diagnostics.len(), 0);
    }
}
