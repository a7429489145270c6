//! Several `vault` blocks, in one file and in several.

use crate::model::{AgentConfig, ParsedBundle, VaultKey, Version};
use crate::rules::Context;
use crate::rules::rule::{declare_rule, nomad, nomad_since};
use crate::text::Span;
use crate::text::order::NameMap;

declare_rule! {
    pub(super) static SECOND_BLOCK = {
        code: "AGT002", name: "second-vault-block", summary: "second vault block in one agent file",
        severity: Error, enforced_by: Nomad, fix: None, applies: nomad("0.5.0", "0.9.1"),
        evidence: "nomad v0.5.0 command/agent/config_parse.go: only one 'vault' block allowed (AGT-02)",
        check: AgentConfig(check_second_block),
    }
}

declare_rule! {
    pub(super) static MERGED_BLOCKS = {
        code: "AGT015", name: "merged-vault-blocks", summary: "several vault blocks of one cluster in one agent file",
        severity: Warning, enforced_by: Advisory, fix: None, applies: nomad_since("0.9.2"),
        evidence: "nomad v0.9.2 decodes all blocks into one value (AGT-02b, inferred); v1.7.0 command/agent/config_parse.go parseVaults merges blocks of one name",
        check: AgentConfig(check_merged_blocks),
    }
}

declare_rule! {
    pub(super) static RESET_BY_LATER_FILE = {
        code: "AGT019", name: "setting-reset-by-later-file", summary: "setting that a later file puts back to the default",
        severity: Warning, enforced_by: Advisory, fix: None, applies: nomad("0.5.0", "0.9.2"),
        evidence: "nomad v0.9.1 and v0.9.2 command/agent/config_parse.go parse every file on top of the defaults; fixed in 0.9.3, GH-5817 (D110)",
        check: Bundle(check_resets),
    }
}

fn check_second_block(cx: &mut Context<'_>, config: &AgentConfig) {
    let document = cx.document_id();
    let Some(first) = config.vaults.first() else { return };
    for vault in config.vaults.iter().skip(1) {
        cx.report(vault.header, "a second `vault` block in one file")
            .help("write one block. Nomad says: `only one 'vault' block allowed`")
            .related(document, first.header, "the first one is here");
    }
}

/// The first release in which blocks of different names are different clusters.
const NAMED_CLUSTERS: Version = Version::new(1, 7, 0);

fn check_merged_blocks(cx: &mut Context<'_>, config: &AgentConfig) {
    let document = cx.document_id();
    let is_named = cx.target().nomad >= NAMED_CLUSTERS;
    let mut firsts: NameMap<Span> = NameMap::default();
    for vault in &config.vaults {
        let cluster = vault.cluster();
        let Some(first) = firsts.get(cluster).copied() else {
            firsts.insert(cluster, vault.header);
            continue;
        };
        let loses_identity = is_named && vault.default_identity.is_some();
        let message = if loses_identity {
            "a second `vault` block in one file is merged into the first, and its `default_identity` is lost"
        } else {
            "a second `vault` block in one file is merged into the first without a word"
        };
        cx.report(vault.header, message)
            .help("write one block: a key in both counts as the later block has it")
            .related(document, first, "the first one is here");
    }
}

fn check_resets(cx: &mut Context<'_>, bundle: &ParsedBundle<'_>) {
    let nomad = cx.target().nomad;
    for agent in bundle.vault_configs() {
        for reset in &agent.resets {
            let (lost, (by, place)) = (reset.lost, reset.by);
            let default = match reset.key {
                VaultKey::AllowUnauthenticated => "true",
                _ => crate::model::DEFAULT_VAULT_ADDRESS,
            };
            let name = document_name(bundle, by);
            let key = reset.key.as_str();
            cx.report_in(
                lost.document,
                lost.setting.span,
                format!("`{key}` goes back to `{default}` when `{name}` is read after this file"),
            )
            .help(format!(
                "set `{key}` in `{name}` too, or only there: Nomad {nomad} reads each file on top of the defaults"
            ))
            .related(by, place, format!("this sets `{key}` to `{default}` without naming it"));
        }
    }
}

fn document_name<'b>(bundle: &'b ParsedBundle<'_>, id: crate::text::DocumentId) -> &'b str {
    bundle.documents.get(id.0 as usize).map_or("", |parsed| parsed.document.name())
}
