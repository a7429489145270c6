//! Numbers as Go reads them, with its own words for those that it does not.

use crate::model::go::{Quoted, go_integer};

/// Reads an integer as Go's `strconv.ParseInt(text, 0, 64)` does.
///
/// # Errors
/// With Go's own words.
pub(super) fn integer(text: &str) -> Result<i64, String> {
    go_integer(text).map_err(|why| format!("strconv.ParseInt: parsing {}: {why}", Quoted(text)))
}

/// Whether Go's `strconv.ParseFloat` reads the number as HCL writes it.
///
/// # Errors
/// With Go's own words.
pub(super) fn float(text: &str) -> Result<f64, String> {
    let refused = |why: &str| Err(format!("strconv.ParseFloat: parsing {}: {why}", Quoted(text)));
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        Ok(_) => refused("value out of range"),
        Err(_) => refused("invalid syntax"),
    }
}
