//! The languages that documents are written in.

/// A language, and the reader that decides what is valid in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// HCL 1, as Vault's policies and Nomad's agent configuration and jobs before 1.0 are read.
    Hcl1,
    /// JSON as HCL 1's own reader takes it: trailing commas, missing closing braces and text after the end
    /// are accepted. Vault policies in JSON are read so.
    LooseJson,
    /// HCL 2, as Nomad reads jobs since 1.0.
    Hcl2,
    /// JSON of RFC 8259; a repeated member is a problem.
    Json,
}

impl Dialect {
    /// Whether the language is JSON, loose or strict.
    pub const fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::LooseJson)
    }

    /// The name for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hcl1 => "HCL 1",
            Self::LooseJson | Self::Json => "JSON",
            Self::Hcl2 => "HCL 2",
        }
    }
}
