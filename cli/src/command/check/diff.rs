//! What repairing would change.

use nomad_vault_core::Bundle;

use super::repair::changed;
use crate::output;

/// The changes as a unified diff, which `patch -p1` reads.
pub(super) fn unified(before: &Bundle, after: &Bundle) -> String {
    let documents = |index| Some((before.documents().get(index)?, after.documents().get(index)?));
    let changed = changed(before, after).filter_map(documents);
    changed.map(|(old, new)| output::unified(old.name(), old.text(), new.text())).collect()
}
