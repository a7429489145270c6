//! `vault` blocks of a job, a group or a task.

use super::Attribute;
use super::keys::{BlockKey, key};
use crate::text::{Span, Spanned};

/// A `vault` block of a job, a group or a task. Every key is as it was written; defaults and checks are the
/// rules' part.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VaultBlock {
    /// The block's header, to underline the whole block: the word `vault`, with its labels.
    pub header: Span,
    /// The whole block.
    pub span: Span,
    /// How it is written.
    pub form: VaultForm,
    /// Labels, which a `vault` block should not have.
    pub labels: Vec<Spanned<String>>,
    /// `policies`: the token's policies; without meaning from Nomad 1.10 on.
    pub policies: Option<Attribute>,
    /// `role`: the role of Vault's JWT login.
    pub role: Option<Attribute>,
    /// `namespace`: Vault's namespace, Nomad Enterprise only.
    pub namespace: Option<Attribute>,
    /// `cluster`: which of the agent's Vault clusters.
    pub cluster: Option<Attribute>,
    /// `env`: whether `VAULT_TOKEN` is set.
    pub env: Option<Attribute>,
    /// `disable_file`: whether the token's file is left out of `secrets/`.
    pub disable_file: Option<Attribute>,
    /// `change_mode`: what happens to the task when its token changes.
    pub change_mode: Option<Attribute>,
    /// `change_signal`: the signal of the mode `signal`.
    pub change_signal: Option<Attribute>,
    /// `allow_token_expiration`: the token is not renewed.
    pub allow_token_expiration: Option<Attribute>,
    /// Attributes and blocks of other names.
    pub unknown: Vec<Attribute>,
}

/// How a `vault` block is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VaultForm {
    /// `vault { … }`, or an object in JSON.
    #[default]
    Block,
    /// `vault = { … }`, an argument with an object.
    Object,
    /// `vault = 3`; the span is the value's.
    Other(Span),
}

impl VaultBlock {
    /// The keys of the block. The releases are those of the specification's §1.5 and A5.
    pub const KEYS: &'static [BlockKey<Self>] = &[
        key("policies", "Policies", "0.5.0", |it| &mut it.policies),
        key("role", "Role", "1.7.0", |it| &mut it.role),
        key("namespace", "Namespace", "0.12.2", |it| &mut it.namespace),
        key("cluster", "Cluster", "1.7.0", |it| &mut it.cluster),
        key("env", "Env", "0.5.0", |it| &mut it.env),
        key("disable_file", "DisableFile", "1.6.0", |it| &mut it.disable_file),
        key("change_mode", "ChangeMode", "0.5.0", |it| &mut it.change_mode),
        key("change_signal", "ChangeSignal", "0.5.0", |it| &mut it.change_signal),
        key("allow_token_expiration", "AllowTokenExpiration", "1.7.3", |it| &mut it.allow_token_expiration),
    ];

    /// The attribute with this HCL name, whatever the document's language.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        match name {
            "policies" => self.policies.as_ref(),
            "role" => self.role.as_ref(),
            "namespace" => self.namespace.as_ref(),
            "cluster" => self.cluster.as_ref(),
            "env" => self.env.as_ref(),
            "disable_file" => self.disable_file.as_ref(),
            "change_mode" => self.change_mode.as_ref(),
            "change_signal" => self.change_signal.as_ref(),
            "allow_token_expiration" => self.allow_token_expiration.as_ref(),
            _ => None,
        }
    }

    /// Whether `policies` is written and may name at least one policy.
    pub fn has_policies(&self) -> bool {
        self.policies
            .as_ref()
            .is_some_and(|policies| !policies.is_known() || policies.texts().next().is_some())
    }

    /// The effective change mode, where it is known: `restart` is the default.
    pub fn change_mode_or_default(&self) -> Option<&str> {
        match &self.change_mode {
            None => Some("restart"),
            Some(attribute) => attribute.text(),
        }
    }
}
