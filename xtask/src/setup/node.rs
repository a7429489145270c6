//! Node and the packages of the folders that have a `package-lock.json`.

use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::process::{capture, find_on_path, program, run};
use crate::workspace::{Workspace, files_below, read, write};

const OLDEST_NODE: u32 = 20;

/// Installs the locked packages of every folder that has any.
pub(crate) fn ensure_packages(workspace: &Workspace) -> Result<(), Failure> {
    for folder in folders_with(workspace, "package-lock.json")? {
        ensure_node()?;
        ensure_folder(workspace, &folder)?;
    }
    Ok(())
}

/// Node itself: it comes with the machine.
pub(crate) fn ensure_node() -> Result<(), Failure> {
    let node = find_on_path(&["node"])
        .ok_or_else(|| Failure::new(format!("Node {OLDEST_NODE} or newer must be on PATH")))?;
    let version = capture(program(node).arg("--version"))?;
    match major_version(&version) {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        _ => Err(Failure::new(format!(
            "Node {OLDEST_NODE} or newer is needed, this one is {}",
            version.trim()
        ))),
    }
}

/// The folders of the tree that hold a file of this name.
pub(crate) fn folders_with(workspace: &Workspace, name: &str) -> Result<Vec<PathBuf>, Failure> {
    let files = files_below(workspace.root())?;
    let found = files.iter().filter(|file| file.file_name().is_some_and(|file_name| file_name == name));
    Ok(found.filter_map(|file| file.parent().map(Path::to_path_buf)).collect())
}

/// Compares the lock file with the one that was installed last: `npm ci` starts from nothing each time.
fn ensure_folder(workspace: &Workspace, folder: &Path) -> Result<(), Failure> {
    let wanted = read(&folder.join("package-lock.json"))?;
    let stamp = folder.join("node_modules/.xtask-package-lock.json");
    if read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let name = folder.strip_prefix(workspace.root()).unwrap_or(folder).display().to_string();
    super::announce(
        &format!("the packages of {name}"),
        "the npm registry",
        "to build and test its JavaScript",
    );
    let mut npm = program("npm");
    npm.current_dir(folder).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
    run(npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))?;
    write(&stamp, &wanted)
}

fn major_version(text: &str) -> Option<u32> {
    text.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major_version;

    #[test]
    fn node_tells_its_major_version() {
        assert_eq!(major_version("v20.20.2\n"), Some(20));
        assert_eq!(major_version("20"), None);
    }
}
