//! Compares the generated files with those in the tree, and writes what differs.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A file that is not as it should be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Difference {
    /// It is missing or says something else.
    Stale {
        /// Its path from the root.
        path: PathBuf,
        /// What it should say.
        text: String,
    },
    /// Nothing generates it.
    Leftover {
        /// Its path from the root.
        path: PathBuf,
    },
}

impl Difference {
    /// The file's path from the root.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Stale { path, .. } | Self::Leftover { path } => path,
        }
    }

    /// Writes or removes the file.
    pub(crate) fn settle(&self, root: &Path) -> io::Result<()> {
        match self {
            Self::Stale { path, text } => {
                let file = root.join(path);
                if let Some(folder) = file.parent() {
                    std::fs::create_dir_all(folder)?;
                }
                std::fs::write(file, text)
            }
            Self::Leftover { path } => std::fs::remove_file(root.join(path)),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stale { path, .. } => write!(formatter, "stale: {}", path.display()),
            Self::Leftover { path } => write!(formatter, "leftover: {}", path.display()),
        }
    }
}

/// What would have to change so that the tree holds exactly the outputs.
pub(crate) fn differences(
    root: &Path,
    outputs: &[(PathBuf, String)],
    owned_folders: &[&str],
) -> io::Result<Vec<Difference>> {
    let mut differences = Vec::new();
    for (path, text) in outputs {
        if std::fs::read(root.join(path)).ok().as_deref() != Some(text.as_bytes()) {
            differences.push(Difference::Stale { path: path.clone(), text: text.clone() });
        }
    }
    for folder in owned_folders {
        for path in files_in(root, Path::new(folder))? {
            if !outputs.iter().any(|(output, _)| *output == path) {
                differences.push(Difference::Leftover { path });
            }
        }
    }
    Ok(differences)
}

/// The files of a folder, as paths from the root, in stable order; a folder that does not exist has none.
fn files_in(root: &Path, folder: &Path) -> io::Result<Vec<PathBuf>> {
    if !root.join(folder).is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(root.join(folder))? {
        files.push(folder.join(entry?.file_name()));
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stale_missing_and_leftover_files_are_found_and_settled() {
        let root = std::env::temp_dir().join(format!("codegen-test-{}", std::process::id()));
        std::fs::create_dir_all(root.join("owned")).unwrap();
        std::fs::write(root.join("owned/stale"), "old").unwrap();
        std::fs::write(root.join("owned/leftover"), "").unwrap();
        std::fs::write(root.join("owned/fresh"), "fresh").unwrap();
        let outputs =
            ["stale", "missing", "fresh"].map(|name| (Path::new("owned").join(name), name.to_owned()));

        let found = differences(&root, &outputs, &["owned", "absent"]).unwrap();
        let lines: Vec<String> = found.iter().map(Difference::to_string).collect();
        assert_eq!(lines, ["stale: owned/stale", "stale: owned/missing", "leftover: owned/leftover"]);

        found.iter().for_each(|difference| difference.settle(&root).unwrap());
        assert_eq!(differences(&root, &outputs, &["owned"]).unwrap(), []);
        std::fs::remove_dir_all(&root).unwrap();
    }
}
