//! `template` blocks of a task.

use super::keys::{BlockKey, key};
use super::{Attribute, TemplateContent};
use crate::text::Span;

/// A `template` block of a task. Every key is as it was written; defaults and checks are the rules' part.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    /// The block's header, to underline the whole block.
    pub header: Span,
    /// The whole block.
    pub span: Span,
    /// `source`, `SourcePath` in JSON.
    pub source: Option<Attribute>,
    /// `destination`, `DestPath` in JSON.
    pub destination: Option<Attribute>,
    /// `data`, `EmbeddedTmpl` in JSON.
    pub data: Option<Attribute>,
    /// `change_mode`.
    pub change_mode: Option<Attribute>,
    /// `change_signal`.
    pub change_signal: Option<Attribute>,
    /// `change_script`, a block.
    pub change_script: Option<Attribute>,
    /// `splay`, a duration.
    pub splay: Option<Attribute>,
    /// `once`, without effect.
    pub once: Option<Attribute>,
    /// `perms`, octal digits.
    pub perms: Option<Attribute>,
    /// `uid`.
    pub uid: Option<Attribute>,
    /// `gid`.
    pub gid: Option<Attribute>,
    /// `left_delimiter`, `LeftDelim` in JSON.
    pub left_delimiter: Option<Attribute>,
    /// `right_delimiter`, `RightDelim` in JSON.
    pub right_delimiter: Option<Attribute>,
    /// `env`, `Envvars` in JSON.
    pub env: Option<Attribute>,
    /// `vault_grace`, a duration.
    pub vault_grace: Option<Attribute>,
    /// `error_on_missing_key`, `ErrMissingKey` in JSON.
    pub error_on_missing_key: Option<Attribute>,
    /// `wait`, a block.
    pub wait: Option<TemplateWait>,
    /// Attributes of other names.
    pub unknown: Vec<Attribute>,
    /// What `data` says; `None` when there is none, or it is not known.
    pub content: Option<Box<TemplateContent>>,
}

/// The `wait` block of a `template` block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TemplateWait {
    /// The block's header.
    pub header: Span,
    /// `min`, a duration.
    pub min: Option<Attribute>,
    /// `max`, a duration.
    pub max: Option<Attribute>,
}

impl Template {
    /// The keys of the block. The releases are those of the specification's §1.6.
    pub const KEYS: &'static [BlockKey<Self>] = &[
        key("source", "SourcePath", "0.5.0", |it| &mut it.source),
        key("destination", "DestPath", "0.5.0", |it| &mut it.destination),
        key("data", "EmbeddedTmpl", "0.5.0", |it| &mut it.data),
        key("change_mode", "ChangeMode", "0.5.0", |it| &mut it.change_mode),
        key("change_signal", "ChangeSignal", "0.5.0", |it| &mut it.change_signal),
        key("change_script", "ChangeScript", "1.3.4", |it| &mut it.change_script),
        key("splay", "Splay", "0.5.0", |it| &mut it.splay),
        key("once", "Once", "0.5.0", |it| &mut it.once),
        key("perms", "Perms", "0.5.5", |it| &mut it.perms),
        key("uid", "Uid", "1.3.3", |it| &mut it.uid),
        key("gid", "Gid", "1.3.3", |it| &mut it.gid),
        key("left_delimiter", "LeftDelim", "0.5.5", |it| &mut it.left_delimiter),
        key("right_delimiter", "RightDelim", "0.5.5", |it| &mut it.right_delimiter),
        key("env", "Envvars", "0.6.0", |it| &mut it.env),
        key("vault_grace", "VaultGrace", "0.6.1", |it| &mut it.vault_grace),
        key("error_on_missing_key", "ErrMissingKey", "1.4.3", |it| &mut it.error_on_missing_key),
    ];
}
