//! A report and its findings.

use serde::{Deserialize, Serialize};

use super::{Applicability, DocumentKind, PositionEncoding, VERSION, rule_url, twin_enum};
use crate::check;
use crate::diagnostic;
use crate::model::{self, Bundle};
use crate::text::{self, DocumentId, Span};

/// The answer to a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Report {
    /// The version of this shape: 1.
    pub version: u32,
    /// What the documents were judged for.
    pub target: Target,
    /// The documents, in the order in which they were given.
    pub documents: Vec<Document>,
    /// The findings, by document, place and code.
    pub diagnostics: Vec<Diagnostic>,
    /// The sets of documents that were judged, each by itself; not there when all documents are one set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<DocumentSet>>"))]
    pub sets: Vec<DocumentSet>,
    /// How many findings there are.
    pub summary: Summary,
}

/// Documents that were judged together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DocumentSet {
    /// What the set is called, usually a folder.
    pub name: String,
    /// What it was judged for.
    pub target: Target,
    /// The names of its documents.
    pub documents: Vec<String>,
}

/// What documents were judged for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Target {
    /// The Nomad release: `0.5.0`.
    pub nomad: String,
    /// Product and release of the Vault server: `vault-0.6.2`.
    pub vault: String,
}

/// A document that was judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Document {
    /// Its name, usually a path.
    pub name: String,
    /// What it was taken for.
    pub kind: DocumentKind,
    /// How many of its findings are left out; not there when none is.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<u32>"))]
    pub omitted: u32,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Diagnostic {
    /// The rule's code: `ROLE003`.
    pub code: String,
    /// The rule's name: `orphan-role`.
    pub name: String,
    /// How bad it is.
    pub severity: Severity,
    /// Who refuses it.
    pub enforced_by: EnforcedBy,
    /// What is wrong, with the values of the document.
    pub message: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub help: Option<String>,
    /// The name of the document it is about.
    pub document: String,
    /// The exact text it is about.
    pub range: Range,
    /// Other places that explain it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<Related>>"))]
    pub related: Vec<Related>,
    /// A repair, where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub fix: Option<Fix>,
    /// The page of the rule.
    pub url: String,
}

twin_enum! {
    /// How bad a finding is.
    Severity = diagnostic::Severity {
        /// Worth knowing.
        Info,
        /// Accepted, but it bites later.
        Warning,
        /// Refused, or it breaks the integration.
        Error,
    }
}

twin_enum! {
    /// Who refuses what a finding is about.
    EnforcedBy = diagnostic::EnforcedBy {
        /// The Vault server refuses it.
        Vault,
        /// Nomad refuses it or disables the integration.
        Nomad,
        /// Both accept it.
        Advisory,
    }
}

/// A second place that explains a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Related {
    /// The name of the document.
    pub document: String,
    /// The place.
    pub range: Range,
    /// What is to be seen there.
    pub message: String,
}

/// A repair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Fix {
    /// What it does, as an order.
    pub title: String,
    /// How far it can be trusted.
    pub applicability: Applicability,
    /// The edits; they do not overlap and belong together.
    pub edits: Vec<Edit>,
}

/// Replaces the text of a range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Edit {
    /// The name of the document.
    pub document: String,
    /// The text that goes; empty for an insertion.
    pub range: Range,
    /// The text that comes.
    pub text: String,
}

/// A range of a document's text; the end is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Range {
    /// The first character.
    pub start: Position,
    /// Just past the last character.
    pub end: Position,
}

/// A place in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1, in Unicode scalar values.
    pub column: u32,
    /// Offset from the start of the document, from 0, in the [`PositionEncoding`] asked for.
    pub offset: u32,
}

/// How many findings there are, by severity. Those left out are not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Summary {
    /// Errors.
    pub error: u32,
    /// Warnings.
    pub warning: u32,
    /// Infos.
    pub info: u32,
}

impl Report {
    /// The wire shape of `report`, which is about `bundle`.
    pub fn new(bundle: &Bundle, report: &check::Report, encoding: PositionEncoding) -> Self {
        let places = Places::new(bundle, encoding);
        let count = |severity| report.count(severity) as u32;
        Self {
            version: VERSION,
            target: report.target.into(),
            documents: documents(bundle, report),
            diagnostics: report.diagnostics.iter().map(|finding| places.diagnostic(finding)).collect(),
            sets: sets(&places, report),
            summary: Summary {
                error: count(diagnostic::Severity::Error),
                warning: count(diagnostic::Severity::Warning),
                info: count(diagnostic::Severity::Info),
            },
        }
    }
}

impl From<model::Target> for Target {
    fn from(target: model::Target) -> Self {
        Self { nomad: target.nomad.to_string(), vault: target.vault.to_string() }
    }
}

fn documents(bundle: &Bundle, report: &check::Report) -> Vec<Document> {
    let omitted = |index: usize| report.omitted_in(DocumentId(index as u32));
    let document = |(index, document): (usize, &text::Document)| Document {
        name: document.name().to_owned(),
        kind: document.kind().into(),
        omitted: omitted(index),
    };
    bundle.documents().iter().enumerate().map(document).collect()
}

/// One set is not worth a word.
fn sets(places: &Places<'_>, report: &check::Report) -> Vec<DocumentSet> {
    if report.sets.len() < 2 {
        return Vec::new();
    }
    let set = |set: &check::JudgedSet| DocumentSet {
        name: set.name.clone(),
        target: set.target.into(),
        documents: set.documents.iter().map(|id| places.name(*id)).collect(),
    };
    report.sets.iter().map(set).collect()
}

/// Turns ids and spans into names and positions.
pub(super) struct Places<'b> {
    bundle: &'b Bundle,
    encoding: PositionEncoding,
}

impl<'b> Places<'b> {
    pub(super) fn new(bundle: &'b Bundle, encoding: PositionEncoding) -> Self {
        Self { bundle, encoding }
    }

    pub(super) fn related(&self, related: &diagnostic::Related) -> Related {
        Related {
            document: self.name(related.document),
            range: self.range(related.document, related.span),
            message: related.message.clone(),
        }
    }

    fn diagnostic(&self, finding: &diagnostic::Diagnostic) -> Diagnostic {
        Diagnostic {
            code: finding.code.to_owned(),
            name: finding.name.to_owned(),
            severity: finding.severity.into(),
            enforced_by: finding.enforced_by.into(),
            message: finding.message.clone(),
            help: finding.help.clone(),
            document: self.name(finding.document),
            range: self.range(finding.document, finding.span),
            related: finding.related.iter().map(|related| self.related(related)).collect(),
            fix: finding.fix.as_ref().map(|fix| self.fix(fix)),
            url: rule_url(finding.code),
        }
    }

    fn fix(&self, fix: &text::Fix) -> Fix {
        let edit = |edit: &text::Edit| Edit {
            document: self.name(edit.document),
            range: self.range(edit.document, edit.span),
            text: edit.text.clone(),
        };
        Fix {
            title: fix.title.clone(),
            applicability: fix.applicability.into(),
            edits: fix.edits.iter().map(edit).collect(),
        }
    }

    fn name(&self, document: DocumentId) -> String {
        self.bundle.document(document).map(|document| document.name().to_owned()).unwrap_or_default()
    }

    fn range(&self, document: DocumentId, span: Span) -> Range {
        Range { start: self.position(document, span.start), end: self.position(document, span.end) }
    }

    fn position(&self, id: DocumentId, offset: u32) -> Position {
        let Some(document) = self.bundle.document(id) else {
            return Position { line: 1, column: 1, offset };
        };
        let place = document.line_column(offset);
        let offset = match self.encoding {
            PositionEncoding::Utf8 => offset,
            PositionEncoding::Utf16 => document.line_index().utf16_offset(document.text(), offset),
        };
        Position { line: place.line, column: place.column, offset }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::DocumentKind;

    fn sample() -> (Bundle, check::Report) {
        let mut bundle = Bundle::new();
        let role = bundle.add("role.json", DocumentKind::TokenRole, "{\n  \"é𝄞\": 1, \"orphan\": true\n}");
        let finding = diagnostic::Diagnostic {
            code: "ROLE003",
            name: "orphan-role",
            severity: diagnostic::Severity::Error,
            enforced_by: diagnostic::EnforcedBy::Nomad,
            message: "`orphan` is `true`".to_owned(),
            help: None,
            document: role,
            span: Span::new(27, 31),
            related: Vec::new(),
            fix: Some(text::Fix {
                title: "Set `orphan` to `false`".to_owned(),
                applicability: text::Applicability::Safe,
                edits: vec![text::Edit { document: role, span: Span::new(27, 31), text: "false".to_owned() }],
            }),
        };
        let report = check::Report {
            target: model::Target::SEED,
            diagnostics: vec![finding],
            omitted: vec![(role, 3)],
            sets: Vec::new(),
        };
        (bundle, report)
    }

    #[test]
    fn the_shape_is_the_documented_one() {
        let (bundle, report) = sample();
        let range = |offset: u32| {
            let start = format!("{{\"line\":2,\"column\":22,\"offset\":{offset}}}");
            format!("{{\"start\":{start},\"end\":{{\"line\":2,\"column\":26,\"offset\":{}}}}}", offset + 4)
        };
        for (encoding, offset) in [(PositionEncoding::Utf8, 27), (PositionEncoding::Utf16, 24)] {
            let range = range(offset);
            let expected = format!(
                "{{\"version\":1,\"target\":{{\"nomad\":\"0.5.0\",\"vault\":\"vault-0.6.2\"}},\
                 \"documents\":[{{\"name\":\"role.json\",\"kind\":\"token-role\",\"omitted\":3}}],\
                 \"diagnostics\":[{{\"code\":\"ROLE003\",\"name\":\"orphan-role\",\"severity\":\"error\",\
                 \"enforced_by\":\"nomad\",\"message\":\"`orphan` is `true`\",\"document\":\"role.json\",\
                 \"range\":{range},\"fix\":{{\"title\":\"Set `orphan` to `false`\",\"applicability\":\"safe\",\
                 \"edits\":[{{\"document\":\"role.json\",\"range\":{range},\"text\":\"false\"}}]}},\
                 \"url\":\"https://github.com/nomad-vault/nomad-vault/blob/main/docs/rules/ROLE003.md\"}}],\
                 \"summary\":{{\"error\":1,\"warning\":0,\"info\":0}}}}"
            );
            let wire = Report::new(&bundle, &report, encoding);
            let json = serde_json::to_string(&wire).unwrap();
            assert_eq!(json, expected);
            assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), wire);
        }
    }
}
