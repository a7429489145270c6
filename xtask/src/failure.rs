//! The one error of the task runner: a sentence for the person who ran it.

use std::fmt;
use std::path::Path;

/// Why a task could not be done, in words that say what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure(String);

impl Failure {
    /// A failure with this message.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// A failure of which everything has been said.
    pub(crate) fn told() -> Self {
        Self(String::new())
    }

    /// Whether there is something left to say.
    pub(crate) fn is_told(&self) -> bool {
        self.0.is_empty()
    }

    /// A failure to read or write `path`.
    pub(crate) fn at(path: &Path, error: impl fmt::Display) -> Self {
        Self(format!("{}: {error}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
