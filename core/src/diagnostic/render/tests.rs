//! Each form on the same made-up report.

use super::*;
use crate::diagnostic::{Diagnostic, EnforcedBy, Related, Severity};
use crate::model::Target;
use crate::text::{Applicability, DocumentId, DocumentKind, Edit, Fix, Span};

const ROLE: &str = "{\n  \"name\": \"nomad\",\n  \"orphan\": true\n}\n";
const POLICY: &str = "path \"auth/token/create/nomad-server\" {\n}\n";

fn span(text: &str, part: &str) -> Span {
    let start = text.find(part).unwrap();
    Span::new(start as u32, (start + part.len()) as u32)
}

fn finding(document: DocumentId, span: Span, message: &str) -> Diagnostic {
    Diagnostic {
        code: "ROLE903",
        name: "made-up",
        severity: Severity::Error,
        enforced_by: EnforcedBy::Nomad,
        message: message.to_owned(),
        help: None,
        document,
        span,
        related: Vec::new(),
        fix: None,
    }
}

fn sample() -> (Bundle, Report) {
    let mut bundle = Bundle::new();
    let role = bundle.add("a dir/role.json", DocumentKind::TokenRole, ROLE);
    let policy = bundle.add("policy.hcl", DocumentKind::Policy, POLICY);
    let mut orphan = finding(role, span(ROLE, "true"), "`orphan` is `true`");
    orphan.help("Nomad says: `Role must not allow orphans`").fix(Fix {
        title: "Set `orphan` to `false`".to_owned(),
        applicability: Applicability::Safe,
        edits: vec![Edit { document: role, span: span(ROLE, "true"), text: "false".to_owned() }],
    });
    let mut name = finding(role, span(ROLE, "\"nomad\""), "no path is for a role `nomad`");
    name.severity(Severity::Warning);
    name.related.push(Related {
        document: policy,
        span: span(POLICY, "nomad-server"),
        message: "this path is for `nomad-server`".to_owned(),
    });
    let report = Report {
        target: Target::SEED,
        diagnostics: vec![name, orphan],
        omitted: vec![(policy, 1)],
        sets: Vec::new(),
    };
    (bundle, report)
}

fn rendered(format: Format) -> String {
    let (bundle, report) = sample();
    render(&bundle, &report, RenderOptions::new(format))
}

#[test]
fn full_shows_the_text_what_explains_it_and_the_repair() {
    let expected = "\
warning[ROLE903]: no path is for a role `nomad`
 --> a dir/role.json:2:11
  |
2 |   \"name\": \"nomad\",
  |           ^^^^^^^
  |
 ::: policy.hcl:1:25
  |
1 | path \"auth/token/create/nomad-server\" {
  |                         ------------ this path is for `nomad-server`
  |
  = note: run `nomad-vault explain ROLE903` for more on made-up

error[ROLE903]: `orphan` is `true`
 --> a dir/role.json:3:13
  |
3 |   \"orphan\": true
  |             ^^^^
  |
  = help: Nomad says: `Role must not allow orphans`
  = note: run `nomad-vault explain ROLE903` for more on made-up
help: Set `orphan` to `false` (safe fix, applied by `--fix`)
  |
3 -   \"orphan\": true
3 +   \"orphan\": false
  |

note: policy.hcl: and 1 more finding

";
    assert_eq!(rendered(Format::Full), expected);
}

#[test]
fn concise_is_a_line_for_each_finding() {
    let expected = "\
a dir/role.json:2:11: ROLE903 warning no path is for a role `nomad`
a dir/role.json:3:13: ROLE903 error `orphan` is `true`
policy.hcl: and 1 more finding
";
    assert_eq!(rendered(Format::Concise), expected);
}

#[test]
fn github_is_a_command_for_each_finding() {
    let expected = "\
::warning file=a dir/role.json,line=2,endLine=2,col=11,endColumn=18,title=ROLE903 made-up::no path is for a role `nomad`
::error file=a dir/role.json,line=3,endLine=3,col=13,endColumn=17,title=ROLE903 made-up::`orphan` is `true`%0ANomad says: `Role must not allow orphans`
::notice file=policy.hcl,title=nomad-vault::and 1 more finding
";
    assert_eq!(rendered(Format::Github), expected);
}

#[test]
fn sarif_names_rule_place_and_repair() {
    let log: serde_json::Value = serde_json::from_str(&rendered(Format::Sarif)).unwrap();
    let at = |pointer: &str| log.pointer(pointer).unwrap().clone();
    assert_eq!(at("/version"), "2.1.0");
    assert_eq!(at("/runs/0/tool/driver/rules/0/id"), "ROLE903");
    assert_eq!(at("/runs/0/results/1/ruleIndex"), 0);
    assert_eq!(at("/runs/0/results/0/relatedLocations/0/physicalLocation/region/startColumn"), 25);
    let change = at("/runs/0/results/1/fixes/0/artifactChanges/0");
    assert_eq!(change.pointer("/artifactLocation/uri").unwrap(), "a%20dir/role.json");
    assert_eq!(change.pointer("/replacements/0/deletedRegion/endColumn").unwrap(), 17);
    assert_eq!(at("/runs/0/invocations/0/toolExecutionNotifications/0/level"), "note");
}

#[test]
fn json_is_the_wire_shape() {
    let report: crate::wire::Report = serde_json::from_str(&rendered(Format::Json)).unwrap();
    assert_eq!((report.version, report.diagnostics.len()), (1, 2));
    assert_eq!(report.documents.iter().map(|document| document.omitted).collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn a_hostile_document_stays_small_and_commands_no_terminal() {
    let line =
        format!("{{\"a\": \"{}\u{1b}[2J\u{202e}BAD\u{9b}31m{}\"}}", "x".repeat(500_000), "é".repeat(250_000));
    let mut bundle = Bundle::new();
    let id = bundle.add("evil\u{1b}]0;.json", DocumentKind::TokenRole, &line);
    let mut bad = finding(id, span(&line, "BAD"), "bad \u{1b}[31m value\nnext");
    bad.help("do \u{7} not").fix(Fix {
        title: "Say \u{1b}c".to_owned(),
        applicability: Applicability::Unsafe,
        edits: vec![Edit { document: id, span: span(&line, "BAD"), text: "\u{1b}[1m".to_owned() }],
    });
    bad.related(id, Span::new(0, line.len() as u32), "all \u{1b} of it");
    let report =
        Report { target: Target::SEED, diagnostics: vec![bad; 200], omitted: Vec::new(), sets: Vec::new() };
    let full = render(&bundle, &report, RenderOptions::new(Format::Full));
    assert!(full.contains(":1:500013\n"));
    for format in [Format::Full, Format::Concise] {
        let text = render(&bundle, &report, RenderOptions::new(format));
        assert!(text.len() < 200 * 4_000, "{format:?}: {} bytes", text.len());
        let is_bad = |character: char| character.is_control() && character != '\n' || character == '\u{202e}';
        assert!(!text.contains(is_bad), "{format:?}");
        assert!(text.contains("BAD") || format == Format::Concise);
    }
}

#[test]
fn odd_places_are_rendered() {
    let text = "a\r\nb\té\n";
    let mut bundle = Bundle::new();
    let id = bundle.add("x", DocumentKind::Policy, text);
    let empty = bundle.add("empty", DocumentKind::Policy, "");
    let mut diagnostics: Vec<_> = [(0, 0), (1, 3), (0, 8), (8, 8), (7, 7), (4, 7), (3, 3)]
        .map(|(start, end)| finding(id, Span::new(start, end), "odd"))
        .into();
    diagnostics.push(finding(empty, Span::at(0), "odd"));
    // Places that are not in the document at all: the report is of another bundle.
    diagnostics.push(finding(empty, Span::new(5, 90), "odd"));
    diagnostics.push(finding(DocumentId(9), Span::at(0), "odd"));
    let report = Report { target: Target::SEED, diagnostics, omitted: Vec::new(), sets: Vec::new() };
    for format in [Format::Full, Format::Concise, Format::Github, Format::Json, Format::Sarif] {
        assert!(!render(&bundle, &report, RenderOptions::new(format)).is_empty());
    }
}
