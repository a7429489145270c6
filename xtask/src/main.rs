//! `cargo xtask`: the one entry point for set-up, tests, lints, generated files and the WebAssembly build.
//!
//! One file per command. Nothing here is needed to use the crates; everything here is needed to change them.

mod bench;
mod codegen;
mod failure;
mod lint;
mod oracle;
mod process;
mod setup;
mod steps;
mod test;
mod tidy;
mod wasm;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Failure;
use crate::test::Part;
use crate::workspace::Workspace;

/// Development tasks of nomad-vault.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what the other tasks need (each calls the parts it needs by itself)
    Setup,
    /// Run every test: host, WebAssembly in Node and in a browser, JavaScript
    Test {
        /// Run only these parts
        #[arg(long, value_enum)]
        only: Vec<Part>,
    },
    /// Check format, lints, documentation, licences, generated files and the rules of the house
    Lint,
    /// Write the generated files
    Codegen {
        /// Write nothing; fail when a file is stale
        #[arg(long)]
        check: bool,
    },
    /// Build the WebAssembly file and hold its size and its imports
    Wasm,
    /// Check the rules of the house: layers, file sizes, markers, lock files, rule pages
    Tidy,
    /// Ask a real server the questions that the core answers, and compare: `role`, `token`, `acl`, `parse`, `verdict`
    Oracle {
        /// What to ask, and how much: `role --cases 5000 --seed 1,2,3`; `--help` tells more
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        arguments: Vec<String>,
    },
    /// Run a benchmark by name
    Bench {
        /// The benchmark's name, for example `check`
        name: String,
        /// Arguments for the benchmark itself
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

fn main() -> ExitCode {
    let workspace = Workspace::locate();
    match run(Arguments::parse().task, &workspace) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.is_told() {
                eprintln!("xtask: {failure}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task, workspace: &Workspace) -> Result<(), Failure> {
    match task {
        Task::Setup => setup::run(workspace),
        Task::Test { only } => test::run(workspace, &only),
        Task::Lint => lint::run(workspace),
        Task::Codegen { check } => codegen::run(workspace, check),
        Task::Wasm => wasm::run(workspace),
        Task::Tidy => tidy::run(workspace),
        Task::Oracle { arguments } => oracle::run(workspace, &arguments),
        Task::Bench { name, arguments } => bench::run(workspace, &name, &arguments),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Arguments;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
