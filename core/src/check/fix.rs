//! Applying the fixes of a report.

use super::Report;
use crate::diagnostic::Diagnostic;
use crate::model::Bundle;
use crate::text::{
    Applicability, ApplyFixError, Document, DocumentId, Edit, Fix, MAX_DOCUMENT_BYTES, Span, apply_edits,
    order,
};

/// Applies the report's fixes that can be trusted at least so far.
///
/// Fixes are taken in the order of their places. One that overlaps an earlier one is left out as a whole,
/// in every document: checking the result finds it again. Equal edits of two fixes are made once. Bytes
/// that no edit names stay as they are.
///
/// # Errors
/// When a fix does not fit the bundle: the report belongs to another one.
pub fn apply_fixes(
    bundle: &Bundle,
    report: &Report,
    at_least: Applicability,
) -> Result<Bundle, ApplyFixError> {
    let mut accepted = AcceptedEdits::default();
    for fix in fixes_in_order(&report.diagnostics, at_least) {
        if accepted.has_room_for(fix) {
            accepted.take(fix)?;
        }
    }
    let mut repaired = Bundle::new();
    let mut rest = accepted.edits.as_slice();
    for (index, document) in bundle.documents().iter().enumerate() {
        let (own, others) = rest.split_at(rest.partition_point(|edit| edit.document.0 as usize <= index));
        repaired.add_document(edited(document, own)?);
        rest = others;
    }
    match rest.first() {
        Some(edit) => Err(ApplyFixError::UnknownDocument(edit.document)),
        None => Ok(repaired),
    }
}

fn fixes_in_order(diagnostics: &[Diagnostic], at_least: Applicability) -> Vec<&Fix> {
    let mut fixes: Vec<&Fix> = diagnostics
        .iter()
        .filter_map(|diagnostic| diagnostic.fix.as_ref())
        // What is only for display is never applied, whatever is asked for.
        .filter(|fix| fix.applicability >= at_least && fix.applicability > Applicability::DisplayOnly)
        .collect();
    let first_place = |fix: &Fix| fix.edits.iter().map(place).min();
    order::sort_by(&mut fixes, &|one, other| first_place(one).cmp(&first_place(other)));
    fixes
}

fn edited(document: &Document, edits: &[&Edit]) -> Result<Document, ApplyFixError> {
    if edits.is_empty() {
        return Ok(document.clone());
    }
    let text = apply_edits(document.text(), edits)?;
    if text.len() > MAX_DOCUMENT_BYTES {
        return Err(ApplyFixError::TooLarge(text.len()));
    }
    Ok(document.with_text(text))
}

/// Edits that do not overlap, by document and place.
#[derive(Default)]
struct AcceptedEdits<'r> {
    /// In the order of their places.
    edits: Vec<&'r Edit>,
}

impl<'r> AcceptedEdits<'r> {
    fn has_room_for(&self, fix: &Fix) -> bool {
        fix.edits.iter().all(|edit| self.conflict(edit).is_none())
    }

    /// Takes all edits of a fix for which there is room; they can then only overlap each other.
    fn take(&mut self, fix: &'r Fix) -> Result<(), ApplyFixError> {
        for edit in &fix.edits {
            if let Some(other) = self.conflict(edit) {
                return Err(ApplyFixError::Overlap(edit.span.start.max(other.span.start)));
            }
            if let Err(index) = self.index(edit) {
                self.edits.insert(index, edit);
            }
        }
        Ok(())
    }

    /// The accepted edit that `edit` overlaps without being equal to it.
    fn conflict(&self, edit: &Edit) -> Option<&'r Edit> {
        let of_document =
            |index: usize| self.edits.get(index).copied().filter(|it| it.document == edit.document);
        match self.index(edit) {
            Ok(index) => of_document(index).filter(|same_place| same_place.text != edit.text),
            Err(index) => {
                let before = index.checked_sub(1).and_then(of_document);
                before
                    .filter(|before| before.span.end > edit.span.start)
                    .or(of_document(index).filter(|after| after.span.start < edit.span.end))
            }
        }
    }

    /// Where the edit is, or where it belongs.
    fn index(&self, edit: &Edit) -> Result<usize, usize> {
        self.edits.binary_search_by_key(&place(edit), |other| place(other))
    }
}

fn place(edit: &Edit) -> (DocumentId, Span) {
    (edit.document, edit.span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{EnforcedBy, Severity};
    use crate::model::Target;
    use crate::text::{DocumentKind, Span};

    type Edits<'a> = &'a [(u32, u32, u32, &'a str)];
    type Case<'a> = (&'a str, &'a [(Applicability, Edits<'a>)], &'a [&'a str]);

    fn fixes(fixes: &[(Applicability, Edits<'_>)]) -> Report {
        let diagnostics = fixes.iter().map(|(applicability, edits)| {
            let edits = edits.iter().map(|(document, start, end, text)| Edit {
                document: DocumentId(*document),
                span: Span::new(*start, *end),
                text: (*text).to_owned(),
            });
            Diagnostic {
                code: "ROLE001",
                name: "made-up",
                severity: Severity::Error,
                enforced_by: EnforcedBy::Nomad,
                message: String::new(),
                help: None,
                document: DocumentId(0),
                span: Span::at(0),
                related: Vec::new(),
                fix: Some(Fix {
                    title: String::new(),
                    applicability: *applicability,
                    edits: edits.collect(),
                }),
            }
        });
        Report {
            target: Target::SEED,
            diagnostics: diagnostics.collect(),
            omitted: Vec::new(),
            sets: Vec::new(),
        }
    }

    fn applied(
        texts: &[&str],
        report: &Report,
        at_least: Applicability,
    ) -> Result<Vec<String>, ApplyFixError> {
        let mut bundle = Bundle::new();
        for text in texts {
            bundle.add("policy.hcl", DocumentKind::Policy, text);
        }
        let repaired = apply_fixes(&bundle, report, at_least)?;
        Ok(repaired.documents().iter().map(|document| document.text().to_owned()).collect())
    }

    const SAFE: Applicability = Applicability::Safe;

    #[test]
    fn fixes_apply_as_the_table_says() {
        let cases: &[Case<'_>] = &[
            ("none", &[], &["abcdef", "xyz"]),
            ("sorted", &[(SAFE, &[(0, 4, 5, "E")]), (SAFE, &[(0, 0, 1, "A")])], &["AbcdEf", "xyz"]),
            ("first wins", &[(SAFE, &[(0, 2, 4, "")]), (SAFE, &[(0, 1, 3, "-")])], &["a-def", "xyz"]),
            ("adjacent", &[(SAFE, &[(0, 0, 2, "1")]), (SAFE, &[(0, 2, 4, "2")])], &["12ef", "xyz"]),
            ("inserted before", &[(SAFE, &[(0, 2, 4, "")]), (SAFE, &[(0, 2, 2, "+")])], &["ab+ef", "xyz"]),
            ("two insertions", &[(SAFE, &[(0, 2, 2, "+")]), (SAFE, &[(0, 2, 2, "-")])], &["ab+cdef", "xyz"]),
            ("equal", &[(SAFE, &[(0, 2, 2, "+")]), (SAFE, &[(0, 2, 2, "+")])], &["ab+cdef", "xyz"]),
            (
                "all or nothing",
                &[(SAFE, &[(1, 0, 2, "X")]), (SAFE, &[(0, 3, 4, "D"), (1, 1, 2, "Y")])],
                &["abcDef", "xYz"],
            ),
            (
                "two documents",
                &[(SAFE, &[(0, 0, 1, "A"), (1, 0, 1, "X")]), (SAFE, &[(1, 0, 1, "X"), (1, 2, 3, "Z")])],
                &["Abcdef", "XyZ"],
            ),
            ("inside", &[(SAFE, &[(0, 0, 6, "all")]), (SAFE, &[(0, 2, 2, "+")])], &["all", "xyz"]),
            ("unsafe", &[(Applicability::Unsafe, &[(0, 0, 1, "A")])], &["abcdef", "xyz"]),
        ];
        for (name, report, expected) in cases {
            let result = applied(&["abcdef", "xyz"], &fixes(report), SAFE);
            let expected = expected.iter().map(|text| (*text).to_owned()).collect();
            assert_eq!(result, Ok(expected), "{name}");
        }
    }

    #[test]
    fn only_what_is_trusted_enough_is_applied() {
        let report = fixes(&[
            (Applicability::DisplayOnly, &[(0, 0, 1, "A")]),
            (Applicability::Unsafe, &[(0, 1, 2, "B")]),
            (SAFE, &[(0, 2, 3, "C")]),
        ]);
        for (at_least, expected) in
            [(SAFE, "abC"), (Applicability::Unsafe, "aBC"), (Applicability::DisplayOnly, "aBC")]
        {
            assert_eq!(applied(&["abc"], &report, at_least), Ok(vec![expected.to_owned()]));
        }
    }

    #[test]
    fn a_report_of_another_bundle_is_an_error() {
        let cases: [(Edits<'_>, ApplyFixError); 3] = [
            (&[(7, 0, 1, "")], ApplyFixError::UnknownDocument(DocumentId(7))),
            (&[(0, 2, 9, "")], ApplyFixError::OutOfBounds { start: 2, end: 9, length: 3 }),
            (&[(0, 0, 2, "x"), (0, 1, 3, "y")], ApplyFixError::Overlap(1)),
        ];
        for (edits, expected) in cases {
            assert_eq!(applied(&["abc"], &fixes(&[(SAFE, edits)]), SAFE), Err(expected));
        }
    }
}
