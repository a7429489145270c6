//! The wire shape.

use crate::check::Report;
use crate::model::Bundle;
use crate::wire::{self, PositionEncoding};

pub(super) fn render(bundle: &Bundle, report: &Report) -> String {
    let wire = wire::Report::new(bundle, report, PositionEncoding::Utf8);
    // Strings, numbers and lists always serialise.
    serde_json::to_string_pretty(&wire).map(|json| json + "\n").unwrap_or_default()
}
