//! The bodies of the fuzz targets: plain functions over bytes, which `cargo test` replays and `fuzz/` hands
//! to libFuzzer. They panic when something does not hold.

use std::sync::Arc;

use nomad_vault_core::syntax::{self, Dialect, ProblemKind, Tree};
use nomad_vault_core::{CheckOptions, Document, DocumentKind, Target, TargetRequest, check};

use crate::invariants;
use nomad_vault_core::Bundle;

/// A fuzz target's name and body.
pub type Fuzz = (&'static str, fn(&[u8]));

/// Every fuzz target.
pub const TARGETS: &[Fuzz] =
    &[("json", json), ("hcl1", hcl1), ("hcl2", hcl2), ("check", check_bytes), ("fix", fix)];

/// Reads JSON, strict and loose; strict JSON agrees with serde_json.
pub fn json(data: &[u8]) {
    let text = text(data);
    parse(&text, Dialect::LooseJson);
    let tree = parse(&text, Dialect::Json);
    let ours_differ =
        |kind: &ProblemKind| matches!(kind, ProblemKind::DuplicateKey { .. } | ProblemKind::TooDeep);
    let refused = tree.problems().iter().any(|problem| !ours_differ(&problem.kind));
    match serde_json::from_str::<serde_json::Value>(&text) {
        // Only we have a limit of depth that is above serde_json's, so what it accepts we accept.
        Ok(_) => assert!(!refused, "serde_json accepts, we do not: {:?}", tree.problems()),
        Err(error) if !refused => assert!(only_serde_refuses(&error), "we accept, serde_json: {error}"),
        Err(_) => {}
    }
}

/// What serde_json refuses although RFC 8259 does not: depth, numbers beyond `f64`, lone surrogates.
fn only_serde_refuses(error: &serde_json::Error) -> bool {
    let message = error.to_string();
    ["recursion limit", "number out of range", "surrogate", "unexpected end of hex escape"]
        .iter()
        .any(|known| message.starts_with(known))
}

/// Reads HCL 1.
pub fn hcl1(data: &[u8]) {
    parse(&text(data), Dialect::Hcl1);
}

/// Reads HCL 2.
pub fn hcl2(data: &[u8]) {
    parse(&text(data), Dialect::Hcl2);
}

/// Judges a document twice; the first byte chooses kind and target.
pub fn check_bytes(data: &[u8]) {
    let (bundle, options) = bundle(data);
    let report = check(&bundle, &options);
    hold(invariants::report(&bundle, &report));
    assert_eq!(report.diagnostics, check(&bundle, &options).diagnostics, "two runs differ");
}

/// Applies the fixes of a document; the first byte chooses kind and target.
pub fn fix(data: &[u8]) {
    let (bundle, options) = bundle(data);
    hold(invariants::fixes(&bundle, &options));
}

fn text(data: &[u8]) -> String {
    String::from_utf8_lossy(data).into_owned()
}

fn parse(text: &str, dialect: Dialect) -> Tree {
    let tree = syntax::parse(Arc::from(text), dialect);
    hold(invariants::tree(&tree));
    tree
}

fn bundle(data: &[u8]) -> (Bundle, CheckOptions) {
    let (first, rest) = data.split_first().map_or((0, data), |(first, rest)| (usize::from(*first), rest));
    let kind = DocumentKind::ALL[first % DocumentKind::ALL.len()];
    let targets = [Target::SEED, Target::NEWEST_TOKEN_BASED, Target::NEWEST];
    let target = targets[first / DocumentKind::ALL.len() % targets.len()];
    let mut bundle = Bundle::new();
    bundle.add_document(Document::from_bytes("document", kind, rest));
    let target = TargetRequest { nomad: Some(target.nomad), vault: Some(target.vault) };
    (bundle, CheckOptions { target, ..CheckOptions::default() })
}

#[track_caller]
fn hold(result: Result<(), String>) {
    if let Err(error) = result {
        panic!("{error}");
    }
}
