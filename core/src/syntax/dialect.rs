//! The languages that documents are written in.

/// A language, and the reader that decides what is valid in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// HCL 1, as Vault's policies and Nomad's agent configuration and jobs before 1.0 are read.
    Hcl1,
    /// HCL 1 as Nomad 0.5 reads it: a quoted string may go on over line ends.
    Hcl1MultiLine,
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

    /// Whether the language is HCL 1.
    pub const fn is_hcl1(self) -> bool {
        matches!(self, Self::Hcl1 | Self::Hcl1MultiLine)
    }

    /// The name for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hcl1 | Self::Hcl1MultiLine => "HCL 1",
            Self::LooseJson | Self::Json => "JSON",
            Self::Hcl2 => "HCL 2",
        }
    }
}
