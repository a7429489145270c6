//! Writing: to the standard output and to files.

use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anstream::ColorChoice;
use nomad_vault_core::diagnostic::render::visible_lines;
use similar::TextDiff;

/// Whether the standard output shows colours: it is a terminal, and `NO_COLOR` is not set.
pub(crate) fn stdout_has_colour() -> bool {
    anstream::AutoStream::choice(&io::stdout()) != ColorChoice::Never
}

/// Whether the standard output is a terminal.
pub(crate) fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Whether colours may go to the standard error.
pub(crate) fn stderr_has_colour() -> bool {
    anstream::AutoStream::choice(&io::stderr()) != ColorChoice::Never
}

/// Writes text, which holds escapes only if [`stdout_has_colour`], to the standard output.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Writes styled text to the standard output, without the styles where they cannot be shown.
pub(crate) fn print_styled(text: &str) -> io::Result<()> {
    let mut stdout = anstream::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// The change of a file as a unified diff, which `patch -p1` reads.
pub(crate) fn unified(name: &str, old: &str, new: &str) -> String {
    let diff = TextDiff::from_lines(old, new);
    let text = diff.unified_diff().header(&format!("a/{name}"), &format!("b/{name}")).to_string();
    // A terminal is not commanded by a document; another program gets the exact text.
    if stdout_is_terminal() { visible_lines(&text).into_owned() } else { text }
}

/// Replaces the contents of a file, or makes one: never is there a file with half of it. A link is followed,
/// permissions are kept.
pub(crate) fn write_file(path: &Path, contents: &[u8]) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let existing = fs::metadata(&target).ok();
    if let Some(metadata) = &existing {
        if !metadata.is_file() {
            // A device such as `/dev/stdout` cannot be replaced.
            return OpenOptions::new().write(true).open(&target)?.write_all(contents);
        }
        if metadata.permissions().readonly() {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only"));
        }
    }
    let temporary = temporary_beside(&target);
    let written =
        write_new(&temporary, contents, existing.as_ref()).and_then(|()| fs::rename(&temporary, &target));
    if written.is_err() {
        // What went wrong first is what matters.
        _ = fs::remove_file(&temporary);
    }
    written
}

fn temporary_beside(target: &Path) -> std::path::PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

fn write_new(path: &Path, contents: &[u8], existing: Option<&fs::Metadata>) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(contents)?;
    if let Some(metadata) = existing {
        file.set_permissions(metadata.permissions())?;
    }
    file.sync_all()
}
