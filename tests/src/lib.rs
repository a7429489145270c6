//! The harness of the cross-crate suites.
//!
//! - [`markdown`] reads headings and fenced blocks with their line numbers;
//! - [`case`] turns the blocks under one heading into a test case and judges it;
//! - [`mdtest`] runs the case files of `tests/mdtest` and rewrites them with `UPDATE_EXPECT=1`;
//! - [`page`] reads a rule's page, whose examples are tests;
//! - [`invariants`] says what holds for every tree and every report;
//! - [`generate`] makes documents of any size, and damages them;
//! - [`fuzz`] holds the bodies of the fuzz targets;
//! - [`corpus`] reads `tests/corpus`;
//! - [`requests`] asks for the same as JSON text, for the comparison with WebAssembly.

pub mod case;
pub mod corpus;
pub mod fuzz;
pub mod generate;
pub mod invariants;
pub mod markdown;
pub mod mdtest;
pub mod page;
pub mod requests;

use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}
