//! `cargo xtask test`: every test there is, and a closing line that counts them.

mod counts;

use std::io::IsTerminal;
use std::path::Path;
use std::process::Command;

use clap::ValueEnum;

use crate::failure::Failure;
use crate::oracle;
use crate::process::{capture, cargo, program, stream_lines};
use crate::setup::{browser, node, wasm_bindgen, wasm_target};
use crate::steps::Steps;
use crate::workspace::{Workspace, read, write};
use counts::Counts;

/// A group of tests that run in the same place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// The workspace's tests and documentation examples, on this machine
    Host,
    /// A share of the oracle's questions, asked of a real server
    Server,
    /// The WebAssembly crate's tests in Node
    WasmNode,
    /// The WebAssembly crate's tests in a headless browser
    WasmBrowser,
    /// The WebAssembly file's answers against native ones, byte for byte
    Parity,
    /// The tests of the JavaScript packages
    Js,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Host => "tests on the host",
            Self::Server => "questions to a real server",
            Self::WasmNode => "WebAssembly tests in Node",
            Self::WasmBrowser => "WebAssembly tests in a browser",
            Self::Parity => "native and WebAssembly answers compared",
            Self::Js => "JavaScript tests",
        }
    }

    /// Whether the tree has such tests: a part appears with its folder, and from then on it may not be missing.
    fn exists(self, workspace: &Workspace) -> Result<bool, Failure> {
        match self {
            Self::Host | Self::Server => Ok(true),
            Self::WasmNode | Self::WasmBrowser | Self::Parity => Ok(workspace.has_wasm_crate()),
            Self::Js => Ok(!tested_packages(workspace)?.is_empty()),
        }
    }

    fn run(self, workspace: &Workspace) -> Result<Counts, Failure> {
        match self {
            Self::Host => host(workspace),
            Self::Server => count(&mut oracle::command(workspace, &["smoke"])?),
            Self::WasmNode => wasm(workspace, Part::WasmNode),
            Self::WasmBrowser => wasm(workspace, Part::WasmBrowser),
            Self::Parity => parity(workspace),
            Self::Js => js(workspace),
        }
    }
}

/// Runs the parts asked for (all, when none is named), each to its end, and prints `N passed, M failed` last.
pub(crate) fn run(workspace: &Workspace, only: &[Part]) -> Result<(), Failure> {
    let mut steps = Steps::default();
    let mut total = Counts::default();
    for part in Part::value_variants() {
        if only.is_empty() && !part.exists(workspace)? || !only.is_empty() && !only.contains(part) {
            continue;
        }
        steps.step(part.name(), || {
            let counts = part.run(workspace).inspect_err(|_| total.add(Counts::FAILED_TO_RUN))?;
            total.add(counts);
            counts.verdict()
        });
    }
    let outcome = steps.finish("test");
    println!("\n{total}");
    outcome
}

fn host(workspace: &Workspace) -> Result<Counts, Failure> {
    let mut command = cargo();
    command.current_dir(workspace.root()).args(["test", "--workspace", "--all-features", "--no-fail-fast"]);
    count(&mut command)
}

fn wasm(workspace: &Workspace, part: Part) -> Result<Counts, Failure> {
    let toolchain = wasm_target::ensure(workspace)?;
    let tools = wasm_bindgen::ensure(workspace)?;
    let mut command = toolchain.cargo();
    command.current_dir(workspace.root());
    command.args([
        "test",
        "--package",
        "nomad-vault-wasm",
        "--tests",
        "--no-fail-fast",
        "--target",
        wasm_target::TARGET,
    ]);
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", tools.join("wasm-bindgen-test-runner"));
    // A busy machine needs longer than the runner's few seconds to start a browser.
    command.env("WASM_BINDGEN_TEST_TIMEOUT", "180").env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60");
    if part == Part::WasmBrowser {
        browser::ensure()?;
        command.env("WASM_BINDGEN_USE_BROWSER", "1").env("WASM_BINDGEN_TEST_ONLY_WEB", "1");
    } else {
        node::ensure_node()?;
        command.env("WASM_BINDGEN_TEST_ONLY_NODE", "1");
    }
    count(&mut command)
}

/// Asks the file that pages download what native code is asked too, and compares the answers.
fn parity(workspace: &Workspace) -> Result<Counts, Failure> {
    node::ensure_node()?;
    let glue = crate::wasm::build_for_node(workspace)?;
    let mut native = cargo();
    native.current_dir(workspace.root());
    native.args(["run", "--quiet", "--package", "nomad-vault-tests", "--example", "parity"]);
    let exchanges = workspace.cache().join("parity.jsonl");
    write(&exchanges, &capture(&mut native)?)?;
    let mut command = program("node");
    command.arg(workspace.path("wasm/tests/parity.mjs")).arg(glue).arg(exchanges);
    count(&mut command)
}

fn js(workspace: &Workspace) -> Result<Counts, Failure> {
    node::ensure_packages(workspace)?;
    browser::ensure()?;
    let mut total = Counts::default();
    for folder in tested_packages(workspace)? {
        let mut command = program("npm");
        total.add(count(command.current_dir(folder).args(["test", "--silent"]))?);
    }
    Ok(total)
}

/// The folders whose `package.json` has a `test` script.
fn tested_packages(workspace: &Workspace) -> Result<Vec<std::path::PathBuf>, Failure> {
    let mut folders = node::folders_with(workspace, "package.json")?;
    folders.retain(|folder| has_test_script(folder));
    Ok(folders)
}

fn has_test_script(folder: &Path) -> bool {
    let text = read(&folder.join("package.json")).unwrap_or_default();
    let package: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    package.get("scripts").and_then(|scripts| scripts.get("test")).is_some()
}

/// Runs a test command, shows its output, and counts its closing lines.
fn count(command: &mut Command) -> Result<Counts, Failure> {
    if std::io::stderr().is_terminal() {
        command.env("CARGO_TERM_PROGRESS_WHEN", "auto");
    }
    let mut counts = Counts::default();
    let status = stream_lines(command, |line| counts.read(line))?;
    Ok(counts.ended(status.success()))
}
