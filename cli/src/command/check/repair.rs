//! Repairing files.

use std::fs;

use nomad_vault_core::{Applicability, Bundle, Report, apply_fixes};

use crate::exit::Error;
use crate::files::Loaded;
use crate::output;

/// How often fixes are applied: one can make room for another.
const MAX_ROUNDS: usize = 10;

/// Repaired documents and what is left to say about them.
pub(super) struct Repaired {
    /// The documents.
    pub(super) bundle: Bundle,
    /// What is left.
    pub(super) report: Report,
}

/// Applies fixes until nothing changes any more.
pub(super) fn repair(
    bundle: &Bundle,
    report: &Report,
    trusted: Applicability,
    judge: impl Fn(&Bundle) -> Report,
) -> Repaired {
    let mut repaired = Repaired { bundle: bundle.clone(), report: report.clone() };
    for _ in 0..MAX_ROUNDS {
        // A fix that does not fit is a bug of its rule; the documents stay as they are.
        let Ok(next) = apply_fixes(&repaired.bundle, &repaired.report, trusted) else { break };
        if changed(&repaired.bundle, &next).next().is_none() {
            break;
        }
        let report = judge(&next);
        repaired = Repaired { bundle: next, report };
    }
    repaired
}

/// The places of the documents that differ.
pub(super) fn changed<'b>(before: &'b Bundle, after: &'b Bundle) -> impl Iterator<Item = usize> + 'b {
    let pairs = before.documents().iter().zip(after.documents());
    pairs.enumerate().filter(|(_, (before, after))| before.text() != after.text()).map(|(index, _)| index)
}

/// Writes the changed documents back to where they came from.
pub(super) fn write(loaded: &[Loaded], repaired: &Bundle, errors: &mut Vec<Error>) -> Result<(), Error> {
    for (file, document) in loaded.iter().zip(repaired.documents()) {
        let Some(path) = &file.path else {
            output::print(document.text())?;
            continue;
        };
        if file.document.text() == document.text() {
            continue;
        }
        let result = match fs::read(path) {
            Ok(bytes) if bytes == file.document.text().as_bytes() => {
                output::write_file(path, document.text().as_bytes()).map_err(|error| error.to_string())
            }
            Ok(_) => Err("changed while it was checked; it is left as it is".to_owned()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(problem) = result {
            let error = Error::file(document.name(), format!("cannot write the repaired file: {problem}"));
            error.print();
            errors.push(error);
        }
    }
    Ok(())
}
