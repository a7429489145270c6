//! The documents that are measured: made by templates, as people write them.

use nomad_vault_core::syntax::Dialect;
use nomad_vault_core::{Bundle, CheckOptions, DocumentKind, Target, TargetRequest};
use nomad_vault_tests::generate;

/// The kinds of documents, by the name that [`Sample::new`] knows.
pub(crate) const KINDS: [&str; 5] = ["policy", "refused-policy", "job-hcl1", "job-hcl2", "role"];

/// A document and what it is judged for.
pub(crate) struct Sample {
    pub(crate) kind: &'static str,
    pub(crate) text: String,
    document: DocumentKind,
    target: Target,
}

impl Sample {
    /// A document of about so many bytes.
    pub(crate) fn new(kind: &str, bytes: usize) -> Option<Self> {
        let (text, document, target) = match kind {
            "policy" => (generate::policy(bytes), DocumentKind::Policy, Target::NEWEST_TOKEN_BASED),
            // Vault 0.6.2 does not know the parameters and wrapping times that the templates use.
            "refused-policy" => (generate::policy(bytes), DocumentKind::Policy, Target::SEED),
            "job-hcl1" => (generate::job(bytes), DocumentKind::Job, Target::SEED),
            "job-hcl2" => (generate::job(bytes), DocumentKind::Job, Target::NEWEST_TOKEN_BASED),
            "role" => (generate::role(bytes), DocumentKind::TokenRole, Target::SEED),
            _ => return None,
        };
        let kind = KINDS.into_iter().find(|known| *known == kind)?;
        Some(Self { kind, text, document, target })
    }

    pub(crate) fn title(&self) -> String {
        match self.kind {
            "refused-policy" => "policy with a finding in every third block".to_owned(),
            "job-hcl1" => "job, HCL 1 (Nomad 0.5)".to_owned(),
            "job-hcl2" => "job, HCL 2 (Nomad 1.6)".to_owned(),
            "role" => "token role, JSON".to_owned(),
            other => other.to_owned(),
        }
    }

    pub(crate) fn bundle(&self) -> (Bundle, CheckOptions) {
        let mut bundle = Bundle::new();
        bundle.add("document", self.document, &self.text);
        let target = TargetRequest { nomad: Some(self.target.nomad), vault: Some(self.target.vault) };
        (bundle, CheckOptions { target, ..CheckOptions::default() })
    }

    /// The same as a request in JSON, for WebAssembly.
    pub(crate) fn request(&self) -> String {
        let document = serde_json::json!({
            "name": "document", "kind": self.document.as_str(), "text": self.text,
        });
        let target = format!("nomad={},vault={}", self.target.nomad, self.target.vault);
        serde_json::json!({ "documents": [document], "target": target }).to_string()
    }
}

/// One ordinary and one large document of each kind.
pub(crate) fn samples() -> Vec<Sample> {
    let sizes = |kind| if kind == "role" { [2_000, 1_000_000] } else { [18_000, 1_000_000] };
    KINDS
        .into_iter()
        .flat_map(|kind| sizes(kind).into_iter().filter_map(|size| Sample::new(kind, size)))
        .collect()
}

/// The sizes of a series; each is compared with a tenth of it.
pub(crate) fn growth(kind: &str) -> &'static [usize] {
    match kind {
        // One group alone is about 800 bytes.
        "job-hcl1" | "job-hcl2" => &[100_000, 1_000_000, 4_000_000],
        _ => &[10_000, 100_000, 1_000_000, 4_000_000],
    }
}

/// Texts that HCL 1 and HCL 2 both accept, so that the two readers do the same work.
pub(crate) fn readable_by_both() -> Vec<(&'static str, String, Dialect)> {
    // hcl-edit wants the brace on the line of the label.
    let policy = |bytes| generate::policy(bytes).replace("\"\n{", "\" {");
    vec![
        ("policy", policy(18_000), Dialect::Hcl1),
        ("policy", policy(1_000_000), Dialect::Hcl1),
        ("job as HCL 1", generate::job(18_000), Dialect::Hcl1),
        ("job as HCL 1", generate::job(1_000_000), Dialect::Hcl1),
        ("job as HCL 2", generate::job(18_000), Dialect::Hcl2),
    ]
}
