//! `cargo xtask wasm`: the file a web page downloads, held to a size and to a list of imports.

mod imports;

use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::process::{filter, program, run as run_command};
use crate::setup::{wasm_bindgen, wasm_target};
use crate::workspace::{Workspace, create_folder};

/// What a page may have to download, compressed: what it is today and no more. The goal is 250 KiB; the roadmap in
/// CONTRIBUTING.md says what stands between.
const GZIP_LIMIT: usize = 520 * 1024;
const PACKAGE: &str = "nomad-vault-wasm";
const STEM: &str = "nomad_vault_wasm";

/// Builds the file for web pages and for Node into `target/xtask/wasm/{web,nodejs}`, prints its size, and judges it.
pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    if !workspace.has_wasm_crate() {
        return Err(Failure::new("there is no wasm crate in this tree"));
    }
    let compiled = compile(workspace)?;
    bind(workspace, &compiled, "nodejs")?;
    let folder = bind(workspace, &compiled, "web")?;
    judge(&folder.join(format!("{STEM}_bg.wasm")))
}

/// Builds the file for Node and gives the path of its JavaScript glue.
pub(crate) fn build_for_node(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let compiled = compile(workspace)?;
    Ok(bind(workspace, &compiled, "nodejs")?.join(format!("{STEM}.js")))
}

fn compile(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let toolchain = wasm_target::ensure(workspace)?;
    println!("compiling with {}", toolchain.name());
    let mut command = toolchain.cargo();
    command.current_dir(workspace.root());
    command.args([
        "build",
        "--package",
        PACKAGE,
        "--lib",
        "--profile",
        "wasm",
        "--target",
        wasm_target::TARGET,
    ]);
    run_command(&mut command)?;
    Ok(workspace.target().join(wasm_target::TARGET).join("wasm").join(format!("{STEM}.wasm")))
}

fn bind(workspace: &Workspace, compiled: &Path, target: &str) -> Result<PathBuf, Failure> {
    let folder = workspace.cache().join("wasm").join(target);
    create_folder(&folder)?;
    let mut command = program(wasm_bindgen::ensure(workspace)?.join("wasm-bindgen"));
    command.args(["--target", target, "--remove-name-section", "--remove-producers-section", "--out-dir"]);
    run_command(command.arg(&folder).arg(compiled))?;
    Ok(folder)
}

fn judge(file: &Path) -> Result<(), Failure> {
    let bytes = std::fs::read(file).map_err(|error| Failure::at(file, error))?;
    let compressed = filter(program("gzip").args(["-9", "--stdout"]), &bytes)?.len();
    println!(
        "{}: {} bytes, {compressed} compressed (gzip -9), limit {GZIP_LIMIT}",
        file.display(),
        bytes.len()
    );
    let imports = imports::read(&bytes).ok_or_else(|| Failure::new("the import section cannot be read"))?;
    println!("{} imports", imports.len());
    let strangers = imports::strangers(&imports);
    if !strangers.is_empty() {
        return Err(Failure::new(format!("the core reaches outside: it imports {}", strangers.join(", "))));
    }
    if compressed > GZIP_LIMIT {
        return Err(Failure::new(format!("{compressed} bytes compressed, more than {GZIP_LIMIT}")));
    }
    Ok(())
}
