//! What repairing would change.

use nomad_vault_core::Bundle;
use nomad_vault_core::diagnostic::render::visible_lines;
use similar::TextDiff;

use super::repair::changed;
use crate::output;

/// The changes as a unified diff, which `patch -p1` reads.
pub(super) fn unified(before: &Bundle, after: &Bundle) -> String {
    let mut text = String::new();
    for index in changed(before, after) {
        let (Some(old), Some(new)) = (before.documents().get(index), after.documents().get(index)) else {
            continue;
        };
        let diff = TextDiff::from_lines(old.text(), new.text());
        let (old_name, new_name) = (format!("a/{}", old.name()), format!("b/{}", new.name()));
        text.push_str(&diff.unified_diff().header(&old_name, &new_name).to_string());
    }
    // A terminal is not commanded by a document; another program gets the exact text.
    if output::stdout_is_terminal() { visible_lines(&text).into_owned() } else { text }
}
