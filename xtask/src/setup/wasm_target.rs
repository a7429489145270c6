//! A compiler for `wasm32-unknown-unknown`.
//!
//! With rustup this is one component. Where rustup cannot fetch it, Debian ships a newer compiler with the standard library's
//! source: that is compiled once into a private sysroot below `target/`, and only the target's own crates are pointed at it.
//! Nothing outside `target/` changes but the Debian packages.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::failure::Failure;
use crate::process::{capture, cargo, find_on_path, program, run, run_within};
use crate::workspace::{Workspace, create_folder, read, read_toml, remove_folder, write};

/// The target's name.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Set to `rustup` or `debian` to insist on one of the two ways.
const CHOICE: &str = "XTASK_WASM_TOOLCHAIN";
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(180);
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_RUSTDOC: &str = "/usr/bin/rustdoc";
const DEBIAN_SOURCE: &str = "/usr/lib/rustlib/src/rust/library";

/// A toolchain that can compile for the target.
#[derive(Debug)]
pub(crate) enum WasmToolchain {
    /// The one in use, whose sysroot has the target.
    Rustup,
    /// Debian's compiler with a standard library of our own making.
    Debian {
        /// Where that library is.
        sysroot: PathBuf,
        /// The program that links.
        linker: PathBuf,
    },
}

impl WasmToolchain {
    /// A cargo command that compiles for the target once it is told `--target`.
    pub(crate) fn cargo(&self) -> Command {
        match self {
            Self::Rustup => cargo(),
            Self::Debian { sysroot, linker } => {
                let mut command = debian_cargo();
                let flags = format!("--sysroot {}", sysroot.display());
                command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
                command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", &flags);
                command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTDOCFLAGS", &flags);
                command
            }
        }
    }

    /// Whether this toolchain brings Clippy; Debian's compiler alone does not.
    pub(crate) fn has_clippy(&self) -> bool {
        match self {
            Self::Rustup => capture(cargo().args(["clippy", "--version"])).is_ok(),
            Self::Debian { .. } => Path::new("/usr/bin/cargo-clippy").is_file(),
        }
    }

    /// Its name, for messages.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Rustup => "rustup's toolchain",
            Self::Debian { .. } => "Debian's compiler",
        }
    }
}

/// A toolchain for the target, making one when there is none.
pub(crate) fn ensure(workspace: &Workspace) -> Result<WasmToolchain, Failure> {
    match std::env::var(CHOICE).as_deref() {
        Ok("debian") => return ensure_debian(workspace),
        Ok("rustup") => return ensure_rustup(workspace),
        Ok(other) => {
            return Err(Failure::new(format!("{CHOICE} is `{other}`, neither `rustup` nor `debian`")));
        }
        Err(_) => {}
    }
    if sysroot_has_target()? {
        return Ok(WasmToolchain::Rustup);
    }
    if let Some(toolchain) = existing_debian(workspace) {
        return Ok(toolchain);
    }
    ensure_rustup(workspace).or_else(|failure| {
        println!("setup: no {TARGET} from rustup ({failure}); trying Debian's compiler");
        ensure_debian(workspace)
    })
}

fn ensure_rustup(workspace: &Workspace) -> Result<WasmToolchain, Failure> {
    if !sysroot_has_target()? {
        let rustup = find_on_path(&["rustup"]).ok_or_else(|| Failure::new("rustup is not on PATH"))?;
        super::announce(TARGET, "rustup (rustup target add)", "the core runs in web pages");
        run_within(
            program(rustup).current_dir(workspace.root()).args(["target", "add", TARGET]),
            DOWNLOAD_LIMIT,
        )?;
    }
    if sysroot_has_target()? {
        return Ok(WasmToolchain::Rustup);
    }
    Err(Failure::new(format!(
        "rustup has added {TARGET}, but the sysroot of the compiler in use does not have it"
    )))
}

fn sysroot_has_target() -> Result<bool, Failure> {
    Ok(rustup_sysroot()?.join("lib/rustlib").join(TARGET).join("lib").is_dir())
}

fn rustup_sysroot() -> Result<PathBuf, Failure> {
    Ok(PathBuf::from(capture(program("rustc").args(["--print", "sysroot"]))?.trim()))
}

fn ensure_debian(workspace: &Workspace) -> Result<WasmToolchain, Failure> {
    if debian_compiler_key().is_none() || !Path::new(DEBIAN_SOURCE).is_dir() {
        super::apt::install(
            &["rustc-web", "cargo-web", "rust-web-src"],
            "to compile the core for web pages",
        )?;
    }
    if let Some(toolchain) = existing_debian(workspace) {
        return Ok(toolchain);
    }
    let key = debian_compiler_key().ok_or_else(|| Failure::new(format!("{DEBIAN_RUSTC} does not run")))?;
    check_debian_version(workspace, &key)?;
    build_standard_library(workspace)?;
    write(&key_file(workspace), &key)?;
    existing_debian(workspace).ok_or_else(|| {
        Failure::new(
            "no linker for WebAssembly: neither wasm-ld (Debian's lld) nor rustup's rust-lld was found",
        )
    })
}

/// The library that was made before, if the compiler is still the same.
fn existing_debian(workspace: &Workspace) -> Option<WasmToolchain> {
    let key = debian_compiler_key()?;
    let made_by = read(&key_file(workspace)).ok()?;
    let linker = linker()?;
    (made_by == key).then(|| WasmToolchain::Debian { sysroot: debian_sysroot(workspace), linker })
}

/// All that identifies Debian's compiler; a library made by another one cannot be used.
fn debian_compiler_key() -> Option<String> {
    if !Path::new(DEBIAN_CARGO).is_file() {
        return None;
    }
    capture(without_rustup(&mut program(DEBIAN_RUSTC)).arg("-vV")).ok()
}

fn check_debian_version(workspace: &Workspace, key: &str) -> Result<(), Failure> {
    let manifest = read_toml(&workspace.path("Cargo.toml"))?;
    let oldest = manifest
        .get("workspace")
        .and_then(|table| table.get("package")?.get("rust-version")?.as_str().map(str::to_owned));
    let release = key.lines().find_map(|line| line.strip_prefix("release: "));
    match (release.and_then(minor_version), oldest.as_deref().and_then(minor_version)) {
        (Some(found), Some(wanted)) if found < wanted => {
            Err(Failure::new(format!("{DEBIAN_RUSTC} is 1.{found}, but this workspace needs 1.{wanted}")))
        }
        _ => Ok(()),
    }
}

fn minor_version(version: &str) -> Option<u32> {
    version.split('.').nth(1)?.parse().ok()
}

fn debian_sysroot(workspace: &Workspace) -> PathBuf {
    workspace.cache().join("wasm-sysroot")
}

fn key_file(workspace: &Workspace) -> PathBuf {
    debian_sysroot(workspace).join("made-by")
}

fn linker() -> Option<PathBuf> {
    let rust_lld = || {
        let host = capture(program("rustc").args(["--print", "host-tuple"])).ok()?;
        let file = rustup_sysroot().ok()?.join("lib/rustlib").join(host.trim()).join("bin/rust-lld");
        file.is_file().then_some(file)
    };
    find_on_path(&["wasm-ld-22", "wasm-ld"]).or_else(rust_lld)
}

fn debian_cargo() -> Command {
    let mut command = program(DEBIAN_CARGO);
    without_rustup(&mut command);
    command.env("RUSTC", DEBIAN_RUSTC).env("RUSTDOC", DEBIAN_RUSTDOC);
    for flags in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS"] {
        command.env_remove(flags);
    }
    command
}

/// Cargo and rustup leave marks in the environment that would lead another toolchain to the wrong libraries.
fn without_rustup(command: &mut Command) -> &mut Command {
    command
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("LD_LIBRARY_PATH")
        .env_remove("CARGO")
        .env_remove("RUSTC_WRAPPER")
}

fn build_standard_library(workspace: &Workspace) -> Result<(), Failure> {
    super::announce(
        &format!("the standard library for {TARGET}"),
        "Debian's rust-web-src (compiling, about a minute)",
        "Debian ships it as source only",
    );
    let source = workspace.cache().join("wasm-sysroot-build");
    remove_folder(&source)?;
    write(&source.join("src/lib.rs"), "")?;
    let manifest = "[package]\nname = \"stdonly\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[profile.release]\nopt-level = 3\ndebug = false\n";
    write(&source.join("Cargo.toml"), manifest)?;
    let mut build = debian_cargo();
    build.current_dir(&source).args([
        "build",
        "--quiet",
        "--release",
        "-Zbuild-std=std,panic_abort,test",
        "--target",
        TARGET,
    ]);
    // Cargo allows `-Z` on a stable toolchain only so; it is used for this build alone.
    build.env("RUSTC_BOOTSTRAP", "1").arg("--target-dir").arg(source.join("target"));
    run(&mut build)?;
    collect_libraries(&source.join("target").join(TARGET).join("release/deps"), &debian_sysroot(workspace))?;
    remove_folder(&source)
}

fn collect_libraries(built: &Path, sysroot: &Path) -> Result<(), Failure> {
    remove_folder(sysroot)?;
    let destination = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    create_folder(&destination)?;
    let entries = std::fs::read_dir(built).map_err(|error| Failure::at(built, error))?;
    for entry in entries {
        let file = entry.map_err(|error| Failure::at(built, error))?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".rlib") && !name.starts_with("libstdonly") {
            std::fs::copy(&file, destination.join(&name)).map_err(|error| Failure::at(&file, error))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compiler_older_than_the_workspace_is_refused() {
        let workspace = Workspace::locate();
        let failure =
            check_debian_version(&workspace, "rustc 1.63.0\nrelease: 1.63.0\n").unwrap_err().to_string();
        assert!(failure.contains("1.63"), "{failure}");
        assert_eq!(check_debian_version(&workspace, "rustc 1.999.0\nrelease: 1.999.0\n"), Ok(()));
    }

    #[test]
    fn debians_cargo_is_shielded_from_rustup() {
        let toolchain = WasmToolchain::Debian { sysroot: "/s".into(), linker: "/l".into() };
        let command = toolchain.cargo();
        let environment: Vec<_> = command.get_envs().collect();
        assert!(environment.contains(&("RUSTUP_TOOLCHAIN".as_ref(), None)));
        assert!(environment.contains(&(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS".as_ref(),
            Some("--sysroot /s".as_ref())
        )));
    }
}
