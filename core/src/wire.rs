//! The wire shape, version 1: what `nomad-vault check --format json` prints and the npm package gives.
//!
//! The core's own types are not serialisable; these are their only twins. `docs/schema/report-v1.json`
//! describes the same shape for other tools.

pub mod acl;
pub mod answer;
mod creation;
mod report;
mod request;
mod rule;
#[cfg(feature = "ts")]
pub mod typescript;

pub use acl::*;
pub use creation::*;
pub use report::*;
pub use request::*;
pub use rule::*;

use crate::text;

/// The version of the shape; a change that can break a reader makes it another.
pub const VERSION: u32 = 1;

/// How offsets are counted. Lines and columns are the same in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum PositionEncoding {
    /// In UTF-8 bytes.
    #[default]
    Utf8,
    /// In UTF-16 code units, as JavaScript counts.
    Utf16,
}

/// The page of a rule on the web.
pub fn rule_url(code: &str) -> String {
    format!("{RULE_PAGES}{code}.md")
}

const RULE_PAGES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/rules/");

/// Declares the twin of a core enum whose variants have the same names.
macro_rules! twin_enum {
    ($(#[$meta:meta])* $name:ident = $core:path { $($(#[$variant_meta:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
        }

        impl From<$core> for $name {
            fn from(value: $core) -> Self {
                match value {
                    $(<$core>::$variant => Self::$variant,)+
                }
            }
        }

        impl From<$name> for $core {
            fn from(value: $name) -> Self {
                match value {
                    $($name::$variant => Self::$variant,)+
                }
            }
        }
    };
}
use twin_enum;

twin_enum! {
    /// What a document is.
    DocumentKind = text::DocumentKind {
        /// A token role.
        TokenRole,
        /// A policy.
        Policy,
        /// A job.
        Job,
        /// An agent configuration.
        AgentConfig,
        /// A token's lookup.
        Token,
    }
}

twin_enum! {
    /// How far a fix can be trusted.
    Applicability = text::Applicability {
        /// Shown, never applied.
        DisplayOnly,
        /// May change what the author meant.
        Unsafe,
        /// Keeps what the author meant.
        Safe,
    }
}
