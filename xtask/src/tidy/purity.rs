//! Core touches nothing outside itself. Clippy knows single functions (clippy.toml); this knows whole modules of the library.

use super::File;
use super::paths::used_paths;
use super::source::halves;

const OUTSIDE: &[(&[&str], &str)] = &[
    (&["std", "fs"], "core does no I/O: the host reads and writes files"),
    (&["std", "env"], "core never reads the environment"),
    (&["std", "net", "TcpListener"], "core opens no socket"),
    (&["std", "net", "TcpStream"], "core opens no socket"),
    (&["std", "net", "UdpSocket"], "core opens no socket"),
    (&["std", "net", "ToSocketAddrs"], "core asks no name server"),
    (&["std", "net", "*"], "core opens no socket: import addresses by name"),
    (&["std", "os"], "core is the same on every system"),
    (&["std", "process"], "core starts and ends no process"),
    (&["std", "thread"], "core starts no thread"),
    (&["std", "time", "Instant"], "core has no clock: time is an argument"),
    (&["std", "time", "SystemTime"], "core has no clock: time is an argument"),
    (&["std", "time", "UNIX_EPOCH"], "core has no clock: time is an argument"),
    (&["std", "time", "*"], "core has no clock: import Duration by name"),
    (&["std", "collections", "*"], "import collections by name: those with an order of their own only"),
    (&["std", "collections", "hash_map"], "its order differs from run to run: use BTreeMap"),
    (&["std", "collections", "hash_set"], "its order differs from run to run: use BTreeSet"),
];

/// Every use in core of a module that reaches outside.
pub(super) fn check(files: &[File]) -> Vec<String> {
    let core = files.iter().filter(|file| file.path.starts_with("core/src/") && file.path.ends_with(".rs"));
    core.flat_map(check_file).collect()
}

fn check_file(file: &File) -> Vec<String> {
    let mut problems = Vec::new();
    for path in used_paths(&halves(&file.text).code, &[]) {
        let outside = OUTSIDE.iter().find(|(prefix, _)| {
            path.segments.len() >= prefix.len() && prefix.iter().zip(&path.segments).all(|(a, b)| a == b)
        });
        if let Some((prefix, reason)) = outside {
            problems.push(format!("{}:{}: `{}`: {reason}", file.path, path.line, prefix.join("::")));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_core(text: &str) -> Vec<String> {
        check(&[File { path: "core/src/text/mod.rs".to_owned(), text: text.to_owned() }])
    }

    #[test]
    fn reaching_outside_is_found_in_every_spelling() {
        assert_eq!(check_core("use std::{fmt, fs::File};").len(), 1);
        assert_eq!(check_core("fn f() { std::thread::yield_now() }").len(), 1);
        assert_eq!(check_core("use std::time::{Duration, Instant};").len(), 1);
        assert_eq!(check_core("use std::net::{IpAddr, TcpStream};").len(), 1);
    }

    #[test]
    fn what_only_computes_is_fine() {
        assert_eq!(
            check_core(
                "use std::time::Duration;\nuse std::collections::BTreeMap;\nconst V: &str = env!(\"X\");"
            ),
            Vec::<String>::new()
        );
    }

    #[test]
    fn other_crates_may() {
        let file = File { path: "cli/src/main.rs".to_owned(), text: "use std::fs;".to_owned() };
        assert_eq!(check(&[file]), Vec::<String>::new());
    }
}
