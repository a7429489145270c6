//! Where things are: the tree, the cache below `target/`, the versions that are pinned.

use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The checkout this task works on.
#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// The checkout that holds this crate: cargo tells where at run time, so a moved or copied build still finds its own tree.
    pub(crate) fn locate() -> Self {
        let manifest =
            std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&manifest).parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf);
        let target = std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |folder| root.join(folder));
        Self { root, target }
    }

    /// The root of the checkout.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path inside the checkout.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Where cargo puts what it builds.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// Where everything goes that tasks install, build or cache: kept with `target/`, gone with `cargo clean`.
    pub(crate) fn cache(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// Where tools are installed.
    pub(crate) fn tools(&self) -> PathBuf {
        self.cache().join("tools")
    }

    /// An installed tool, by name.
    pub(crate) fn tool(&self, name: &str) -> PathBuf {
        self.tools().join("bin").join(name)
    }

    /// Whether the tree has the crate that is compiled to WebAssembly.
    pub(crate) fn has_wasm_crate(&self) -> bool {
        self.path("wasm/Cargo.toml").is_file()
    }

    /// The exact version of `wasm-bindgen`: the command-line tool must equal the library.
    pub(crate) fn wasm_bindgen_version(&self) -> Result<String, Failure> {
        let lock = read_toml(&self.path("Cargo.lock"))?;
        if let Some(version) = locked_version(&lock, "wasm-bindgen") {
            return Ok(version);
        }
        let manifest = read_toml(&self.path("Cargo.toml"))?;
        pinned_version(&manifest, "wasm-bindgen")
            .ok_or_else(|| Failure::new("neither Cargo.lock nor [workspace.dependencies] pins wasm-bindgen"))
    }
}

/// A TOML file as a table.
pub(crate) fn read_toml(path: &Path) -> Result<toml::Table, Failure> {
    read(path)?.parse().map_err(|error| Failure::at(path, error))
}

/// A file's text.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::at(path, error))
}

/// Writes a file, making its folder first.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        create_folder(folder)?;
    }
    std::fs::write(path, text).map_err(|error| Failure::at(path, error))
}

/// Makes a folder and those above it.
pub(crate) fn create_folder(path: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(path).map_err(|error| Failure::at(path, error))
}

/// Removes a folder and what is in it, if it is there.
pub(crate) fn remove_folder(path: &Path) -> Result<(), Failure> {
    if !path.exists() {
        return Ok(());
    }
    std::fs::remove_dir_all(path).map_err(|error| Failure::at(path, error))
}

/// Every file below `folder` in stable order, leaving out what is built, installed or not ours.
pub(crate) fn files_below(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| Failure::at(&folder, error))?;
        for entry in entries {
            let path = entry.map_err(|error| Failure::at(&folder, error))?.path();
            if !path.is_dir() {
                files.push(path);
            } else if !path.is_symlink() && !is_left_out(&path) {
                folders.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn is_left_out(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default();
    ["target", "node_modules", ".git", "dist"].iter().any(|left_out| name == *left_out)
}

fn locked_version(lock: &toml::Table, name: &str) -> Option<String> {
    let packages = lock.get("package")?.as_array()?;
    let package =
        packages.iter().find(|package| package.get("name").and_then(|value| value.as_str()) == Some(name))?;
    Some(package.get("version")?.as_str()?.to_owned())
}

fn pinned_version(manifest: &toml::Table, name: &str) -> Option<String> {
    let dependency = manifest.get("workspace")?.get("dependencies")?.get(name)?;
    let version = dependency.as_str().or_else(|| dependency.get("version")?.as_str())?;
    version.strip_prefix('=').map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_decides_the_version() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"9.0.0\"\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"";
        assert_eq!(locked_version(&lock.parse().unwrap(), "wasm-bindgen").as_deref(), Some("0.2.130"));
    }

    #[test]
    fn only_an_exact_requirement_is_a_pin() {
        let manifest = "[workspace.dependencies]\na = \"=1.2.3\"\nb = { version = \"=4.5.6\" }\nc = \"1\""
            .parse()
            .unwrap();
        assert_eq!(pinned_version(&manifest, "a").as_deref(), Some("1.2.3"));
        assert_eq!(pinned_version(&manifest, "b").as_deref(), Some("4.5.6"));
        assert_eq!(pinned_version(&manifest, "c"), None);
    }

    #[test]
    fn the_tree_is_found_and_built_files_are_left_out() {
        let workspace = Workspace::locate();
        let files = files_below(workspace.root()).unwrap();
        assert!(files.contains(&workspace.path("xtask/src/workspace.rs")));
        assert!(!files.iter().any(|file| file.starts_with(workspace.path("target"))));
    }
}
