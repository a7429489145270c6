//! How the program ends.

use std::io;
use std::process::ExitCode;

use nomad_vault_core::diagnostic::render::visible_lines;
use thiserror::Error;

/// An ending that is no failure of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All was done, and nothing found that matters.
    Clean,
    /// Something could not be read or written; it was reported.
    CouldNotRun,
    /// There are findings at or above `--fail-on`.
    Findings,
    /// The server would say no.
    Denied,
    /// Files are not in the usual layout.
    Unformatted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Clean => 0,
            Exit::CouldNotRun | Exit::Unformatted => 1,
            Exit::Findings => 3,
            Exit::Denied => 4,
        })
    }
}

/// Why the program stopped.
#[derive(Debug, Error)]
pub(crate) enum Error {
    /// An argument does not make sense.
    #[error("{0}")]
    Usage(String),
    /// A file cannot be read or written.
    #[error("{name}: {problem}")]
    File {
        /// The file's path as the user wrote it.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Nothing can be written to the standard output.
    #[error("cannot write to the standard output: {0}")]
    Output(#[from] io::Error),
}

impl Error {
    /// An error about a file.
    pub(crate) fn file(name: impl Into<String>, problem: impl ToString) -> Self {
        Self::File { name: name.into(), problem: problem.to_string() }
    }

    /// Tells the user, unless nobody listens any more.
    pub(crate) fn report(&self) -> ExitCode {
        let code = match self {
            // `nomad-vault rules | head` is not an error.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => return ExitCode::SUCCESS,
            Self::Usage(_) => 2,
            Self::File { .. } | Self::Output(_) => 1,
        };
        self.print();
        ExitCode::from(code)
    }

    /// Prints the error to the standard error.
    pub(crate) fn print(&self) {
        let message = self.to_string();
        anstream::eprintln!("\u{1b}[1;91merror\u{1b}[0m: {}", visible_lines(&message));
    }
}
