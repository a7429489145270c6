//! SARIF 2.1.0, the format of code scanning.
//!
//! Only what this tool says is modelled, with the names of the standard.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::omissions;
use crate::check::Report;
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Bundle;
use crate::rules;
use crate::text::{DocumentId, Edit, Fix, Span};
use crate::wire::rule_url;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub(super) fn render(bundle: &Bundle, report: &Report) -> String {
    let rules = RuleIndex::new(report);
    let writer = Writer { bundle, rules: &rules };
    let run = Run {
        tool: Tool {
            driver: Driver {
                name: "nomad-vault",
                version: env!("CARGO_PKG_VERSION"),
                information_uri: env!("CARGO_PKG_REPOSITORY"),
                rules: rules.descriptors(),
            },
        },
        invocations: [Invocation {
            execution_successful: true,
            notifications: notifications(bundle, report),
        }],
        column_kind: "unicodeCodePoints",
        results: report.diagnostics.iter().map(|finding| writer.result(finding)).collect(),
        properties: RunProperties { target: report.target.to_string() },
    };
    let log = Log { schema: SCHEMA, version: "2.1.0", runs: [run] };
    // Strings, numbers and lists always serialise.
    serde_json::to_string_pretty(&log).map(|json| json + "\n").unwrap_or_default()
}

fn notifications<'a>(bundle: &'a Bundle, report: &'a Report) -> Vec<Notification<'a>> {
    let notification = |(document, text): (&'a str, String)| Notification {
        level: "note",
        message: Message { text: text.into() },
        locations: [Location {
            physical_location: PhysicalLocation { artifact_location: artifact(document), region: None },
            message: None,
        }],
    };
    omissions(bundle, report).map(notification).collect()
}

/// The rules of a report's findings, in the order of their codes.
struct RuleIndex<'r>(BTreeMap<&'static str, &'r Diagnostic>);

impl<'r> RuleIndex<'r> {
    fn new(report: &'r Report) -> Self {
        Self(report.diagnostics.iter().map(|finding| (finding.code, finding)).collect())
    }

    fn position(&self, code: &str) -> usize {
        self.0.keys().take_while(|other| **other < code).count()
    }

    fn descriptors(&self) -> Vec<RuleDescriptor<'r>> {
        self.0.values().map(|finding| RuleDescriptor::new(finding)).collect()
    }
}

impl RuleDescriptor<'_> {
    fn new(finding: &Diagnostic) -> Self {
        let rule = rules::rule(finding.code);
        Self {
            id: finding.code,
            name: finding.name,
            short_description: Message { text: rule.map_or(finding.name, |rule| rule.summary).into() },
            help_uri: rule_url(finding.code),
            help: rule
                .filter(|rule| !rule.page.is_empty())
                .map(|rule| Help { text: rule.summary, markdown: rule.page }),
            default_configuration: Configuration {
                level: level(rule.map_or(finding.severity, |rule| rule.severity)),
            },
            properties: rule.map(|rule| RuleProperties {
                enforced_by: rule.enforced_by.as_str(),
                evidence: rule.evidence,
            }),
        }
    }
}

struct Writer<'w> {
    bundle: &'w Bundle,
    rules: &'w RuleIndex<'w>,
}

impl<'w> Writer<'w> {
    fn result(&self, finding: &'w Diagnostic) -> Finding<'w> {
        let help = finding.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
        let related = finding.related.iter().map(|related| {
            let message = Message { text: related.message.as_str().into() };
            self.location(related.document, related.span, Some(message))
        });
        Finding {
            rule_id: finding.code,
            rule_index: self.rules.position(finding.code),
            level: level(finding.severity),
            message: Message { text: format!("{}{help}", finding.message).into() },
            locations: [self.location(finding.document, finding.span, None)],
            related_locations: related.collect(),
            fixes: finding.fix.iter().map(|fix| self.fix(fix)).collect(),
        }
    }

    fn location(&self, document: DocumentId, span: Span, message: Option<Message<'w>>) -> Location<'w> {
        let physical_location = PhysicalLocation {
            artifact_location: artifact(self.name(document)),
            region: Some(self.region(document, span)),
        };
        Location { physical_location, message }
    }

    fn fix(&self, fix: &'w Fix) -> SarifFix<'w> {
        let mut edits: Vec<&Edit> = fix.edits.iter().collect();
        edits.sort_by_key(|edit| (edit.document, edit.span));
        let replacement = |edit: &&'w Edit| Replacement {
            deleted_region: self.region(edit.document, edit.span),
            inserted_content: Message { text: edit.text.as_str().into() },
        };
        let changes = edits.chunk_by(|a, b| a.document == b.document).filter_map(|edits| {
            Some(ArtifactChange {
                artifact_location: artifact(self.name(edits.first()?.document)),
                replacements: edits.iter().map(replacement).collect(),
            })
        });
        let title = format!("{} ({})", fix.title, fix.applicability.as_str());
        SarifFix { description: Message { text: title.into() }, artifact_changes: changes.collect() }
    }

    fn name(&self, document: DocumentId) -> &'w str {
        self.bundle.document(document).map_or("", |document| document.name())
    }

    fn region(&self, document: DocumentId, span: Span) -> Region {
        let place = |offset| match self.bundle.document(document) {
            Some(document) => document.line_column(offset),
            None => crate::text::LineColumn { line: 1, column: 1 },
        };
        let (start, end) = (place(span.start), place(span.end));
        Region {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn artifact(name: &str) -> ArtifactLocation {
    ArtifactLocation { uri: uri(name) }
}

/// A path as a URI reference.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'\\' => uri.push('/'),
            b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    invocations: [Invocation<'a>; 1],
    column_kind: &'static str,
    results: Vec<Finding<'a>>,
    properties: RunProperties,
}

#[derive(Serialize)]
struct RunProperties {
    target: String,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    version: &'static str,
    information_uri: &'static str,
    rules: Vec<RuleDescriptor<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleDescriptor<'a> {
    id: &'static str,
    name: &'static str,
    short_description: Message<'a>,
    help_uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Help>,
    default_configuration: Configuration,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<RuleProperties>,
}

#[derive(Serialize)]
struct Help {
    text: &'static str,
    markdown: &'static str,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleProperties {
    enforced_by: &'static str,
    evidence: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<'a> {
    execution_successful: bool,
    #[serde(rename = "toolExecutionNotifications", skip_serializing_if = "Vec::is_empty")]
    notifications: Vec<Notification<'a>>,
}

#[derive(Serialize)]
struct Notification<'a> {
    level: &'static str,
    message: Message<'a>,
    locations: [Location<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message<'a>,
    locations: [Location<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<SarifFix<'a>>,
}

#[derive(Serialize)]
struct Message<'a> {
    text: Cow<'a, str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifFix<'a> {
    description: Message<'a>,
    artifact_changes: Vec<ArtifactChange<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange<'a> {
    artifact_location: ArtifactLocation,
    replacements: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'a> {
    deleted_region: Region,
    inserted_content: Message<'a>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uri_references() {
        assert_eq!(uri("a b\\ü%.hcl"), "a%20b/%C3%BC%25.hcl");
        assert_eq!(uri("examples/seed/job-1.nomad"), "examples/seed/job-1.nomad");
    }
}
