//! Reading documents into one tolerant tree.
//!
//! Reading never fails: whatever the text, there is a tree with what could be read and a list of problems.
//! For HCL 1 and JSON an empty list means exactly that the reference reader accepts the text.

mod decode;
mod decode_json;
mod dialect;
pub mod format;
mod go_template;
mod hcl;
mod hcl1_only;
mod hcl2;
mod json;
mod problem;
mod tree;

use std::sync::Arc;

pub use dialect::Dialect;
pub use go_template::*;
pub use hcl1_only::{HabitKind, Hcl1Habit};
pub use problem::{MAX_PROBLEMS, Problem, ProblemKind};
pub use tree::{Item, Key, NodeKind, Object, Tree, Value};

pub(crate) use decode::template_text as decode_template_text;
pub(crate) use hcl2::{Expr, Expression, Kind, Operator};

/// The deepest nesting of objects and lists that is read; deeper text is one problem.
pub const MAX_DEPTH: u32 = 200;

/// The bytes that a string in quotes stands for; `\xff` is a byte that is no text.
pub(crate) fn string_bytes(quoted: &str, dialect: Dialect) -> Vec<u8> {
    let inner = quoted.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(quoted);
    decode::bytes(inner, dialect).unwrap_or_else(|| inner.as_bytes().to_vec())
}

/// Reads a text as `dialect`.
pub fn parse(text: Arc<str>, dialect: Dialect) -> Tree {
    match dialect {
        Dialect::Hcl1 | Dialect::Hcl1MultiLine => hcl::parse_hcl1(text, dialect),
        Dialect::Hcl2 => hcl2::judge(hcl::parse_hcl2(text)),
        Dialect::Json => json::parse_strict(text),
        Dialect::LooseJson => json::parse_loose(text),
    }
}
