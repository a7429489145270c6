//! Several configuration files of one agent as Nomad merges them.

use super::{
    AgentConfig, DEFAULT_VAULT_ADDRESS, DEFAULT_VAULT_CLUSTER, DefaultIdentity, Setting, SettingValue,
    VaultConfig, VaultKey,
};
use crate::model::{Model, ParsedBundle, Version};
use crate::text::{DocumentId, Span, Spanned, order::Names};

/// A setting and the document that decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Located<'b> {
    /// The document.
    pub document: DocumentId,
    /// The setting.
    pub setting: &'b Setting,
}

/// `default_identity` of all files together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergedIdentity<'b> {
    /// The last file that has the block.
    pub document: DocumentId,
    /// The block's header there.
    pub header: Span,
    /// The audiences of all files: they add up.
    pub aud: Vec<&'b Spanned<String>>,
    /// The last file's lifetime.
    pub ttl: Option<&'b Spanned<String>>,
    /// Whether a value could not be read, so that what looks absent may be there.
    pub damaged: bool,
}

/// A setting of an earlier file that a later one puts back to the default without naming it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reset<'b> {
    /// The key.
    pub key: VaultKey,
    /// The setting that is lost.
    pub lost: Located<'b>,
    /// The later file, and the header of its `vault` block, or its start where it has none.
    pub by: (DocumentId, Span),
}

/// The `vault` configuration (of the default cluster) of one agent, after all its files.
#[derive(Clone, Debug, Default)]
pub struct MergedVaultConfig<'b> {
    /// The agent's files, in the order in which they are merged.
    pub documents: Vec<DocumentId>,
    /// Whether some file makes the agent a server; `None` when none says anything.
    pub server: Option<bool>,
    /// Whether some file makes the agent a client.
    pub client: Option<bool>,
    /// The last `vault` block.
    pub block: Option<(DocumentId, Span)>,
    /// The identity for tasks without one.
    pub default_identity: Option<MergedIdentity<'b>>,
    /// What later files put back.
    pub resets: Vec<Reset<'b>>,
    /// Whether some block has a key without a value that can be used.
    pub is_damaged: bool,
    /// Whether a comment says where the server's token comes from.
    pub mentions_token_source: bool,
    settings: Vec<(VaultKey, Located<'b>)>,
}

impl<'b> MergedVaultConfig<'b> {
    /// The setting that counts, and where it stands.
    pub fn setting(&self, key: VaultKey) -> Option<Located<'b>> {
        self.settings.iter().find(|(of, _)| *of == key).map(|(_, located)| *located)
    }

    /// The string that counts; `None` where no file sets a non-empty one.
    pub fn text(&self, key: VaultKey) -> Option<&'b str> {
        self.setting(key).and_then(|located| located.setting.text())
    }

    /// The switch that counts.
    pub fn boolean(&self, key: VaultKey) -> Option<bool> {
        self.setting(key).and_then(|located| located.setting.boolean())
    }

    /// The address, with Nomad's default.
    pub fn address(&self) -> &'b str {
        self.text(VaultKey::Address).unwrap_or(DEFAULT_VAULT_ADDRESS)
    }

    /// Whether jobs are accepted without a token of their submitter: true unless a file says otherwise.
    pub fn allows_unauthenticated(&self) -> bool {
        self.boolean(VaultKey::AllowUnauthenticated).unwrap_or(true)
    }

    /// Whether the integration is on.
    pub fn is_enabled(&self) -> bool {
        self.boolean(VaultKey::Enabled) == Some(true)
    }

    /// Whether the agent is known to be a server.
    pub fn is_server(&self) -> bool {
        self.server == Some(true)
    }

    /// Whether the agent is known to be a client and no server.
    pub fn is_client_only(&self) -> bool {
        self.client == Some(true) && self.server != Some(true)
    }

    fn merge(&mut self, document: DocumentId, config: &'b AgentConfig, resets: Resets) {
        self.documents.push(document);
        self.server = config.server.map(|enabled| enabled.value).or(self.server);
        self.client = config.client.map(|enabled| enabled.value).or(self.client);
        self.mentions_token_source |= config.mentions_token_source;
        let default_blocks =
            || config.vaults.iter().filter(|vault| vault.cluster() == DEFAULT_VAULT_CLUSTER).rev();
        if resets == Resets::EveryFile
            || (resets == Resets::FilesWithBlock && default_blocks().next().is_some())
        {
            self.reset(document, default_blocks().next());
        }
        for vault in default_blocks().rev() {
            self.merge_block(document, vault);
        }
    }

    /// The file is decoded on top of the defaults, so it carries them even where it does not name them.
    fn reset(&mut self, document: DocumentId, block: Option<&VaultConfig>) {
        for (key, default) in [
            (VaultKey::Address, SettingValue::Text(DEFAULT_VAULT_ADDRESS.to_owned())),
            (VaultKey::AllowUnauthenticated, SettingValue::Bool(true)),
        ] {
            if block.is_some_and(|block| block.setting(key).is_some()) {
                continue;
            }
            let index = self.settings.iter().position(|(of, _)| *of == key);
            if let Some((_, lost)) = index.map(|index| self.settings.swap_remove(index))
                && lost.setting.value != default
            {
                let by = (document, block.map_or(Span::at(0), |block| block.header));
                self.resets.push(Reset { key, lost, by });
            }
        }
    }

    /// A non-empty string and a switch that is set win over earlier ones.
    fn merge_block(&mut self, document: DocumentId, vault: &'b VaultConfig) {
        self.block = Some((document, vault.header));
        self.is_damaged |= vault.is_damaged;
        for (key, setting) in vault.settings() {
            if setting.text() != Some("") {
                self.settings.retain(|(of, _)| *of != key);
                self.settings.push((key, Located { document, setting }));
            }
        }
        if let Some(identity) = &vault.default_identity {
            self.merge_identity(document, identity);
        }
    }

    fn merge_identity(&mut self, document: DocumentId, identity: &'b DefaultIdentity) {
        let mut aud = Vec::new();
        let (mut ttl, mut damaged) = (None, false);
        if let Some(earlier) = self.default_identity.take() {
            (aud, ttl, damaged) = (earlier.aud, earlier.ttl, earlier.damaged);
        }
        aud.extend(&identity.aud);
        self.default_identity = Some(MergedIdentity {
            document,
            header: identity.header,
            aud,
            ttl: identity.ttl.as_ref().or(ttl),
            damaged: damaged || identity.damaged,
        });
    }
}

/// Which files put `address` and `allow_unauthenticated` back to the defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Resets {
    FilesWithBlock,
    EveryFile,
    NoFile,
}

impl Resets {
    /// nomad v0.9.1, v0.9.2 and v0.9.3 `command/agent/config_parse.go`; changelog GH-5817.
    fn of(nomad: Version) -> Self {
        if nomad < Version::new(0, 9, 2) {
            Self::FilesWithBlock
        } else if nomad < Version::new(0, 9, 3) {
            Self::EveryFile
        } else {
            Self::NoFile
        }
    }
}

impl ParsedBundle<'_> {
    /// The agents of the bundle: the configuration files of one folder are one agent's, merged in the order
    /// of the bundle.
    pub fn vault_configs(&self) -> Vec<MergedVaultConfig<'_>> {
        let resets = Resets::of(self.target.nomad);
        let mut agents: Vec<MergedVaultConfig<'_>> = Vec::new();
        let mut folders = Names::default();
        for parsed in &self.documents {
            let Model::AgentConfig(config) = &parsed.model else { continue };
            let (index, is_new) = folders.insert(folder(parsed.document.name()));
            if is_new {
                agents.push(MergedVaultConfig::default());
            }
            if let Some(agent) = agents.get_mut(index) {
                agent.merge(parsed.id, config, resets);
            }
        }
        agents
    }
}

fn folder(name: &str) -> &str {
    name.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder)
}
