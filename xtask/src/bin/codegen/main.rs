//! Writes the files that are generated from the core, or with `--check` fails when one is stale.
//!
//! `codegen ROOT [--check]`; people start it with `cargo xtask codegen`. What is generated stands in `outputs.rs`.

mod files;
mod outputs;

use std::path::PathBuf;
use std::process::ExitCode;

use files::{Difference, differences};

fn main() -> ExitCode {
    let mut root = PathBuf::from(".");
    let mut check = false;
    for argument in std::env::args_os().skip(1) {
        if argument == "--check" {
            check = true;
        } else {
            root = PathBuf::from(argument);
        }
    }
    match generate(&root, check) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("codegen: {message}");
            ExitCode::FAILURE
        }
    }
}

fn generate(root: &std::path::Path, check: bool) -> Result<(), String> {
    let outputs = outputs::outputs();
    let differences =
        differences(root, &outputs, outputs::OWNED_FOLDERS).map_err(|error| error.to_string())?;
    for difference in &differences {
        println!("{difference}");
        if !check {
            difference.settle(root).map_err(|error| format!("{}: {error}", difference.path().display()))?;
        }
    }
    report(outputs.len(), &differences, check)
}

fn report(total: usize, differences: &[Difference], check: bool) -> Result<(), String> {
    if check && !differences.is_empty() {
        return Err(format!(
            "{} of {total} generated files are stale: run `cargo xtask codegen`",
            differences.len()
        ));
    }
    println!("codegen: {total} files are up to date");
    Ok(())
}
