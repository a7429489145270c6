//! `nomad-vault.toml`: which files belong together.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use nomad_vault_core::TargetRequest;
use nomad_vault_core::check::FileSuppression;
use nomad_vault_core::model::{Layout, SetLayout};
use nomad_vault_core::rules::rules;
use serde::Deserialize;

use crate::exit::Error;

/// The file's name.
pub(crate) const FILE_NAME: &str = "nomad-vault.toml";

/// The file, and where it was found.
#[derive(Debug, Default)]
pub(crate) struct Config {
    /// The folder that its paths count from.
    folder: PathBuf,
    /// Which files belong together.
    pub(crate) layout: Layout,
    /// What all sets are judged for that name no target of their own.
    pub(crate) target: TargetRequest,
    /// The role of each set, where it says so.
    roles: Vec<Option<String>>,
    /// Policies with their names on the server, by path.
    policies: Vec<(String, String)>,
    /// Findings that are meant.
    pub(crate) suppressions: Vec<FileSuppression>,
}

/// The shape of docs/schema/config-v1.json.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    target: Option<String>,
    #[serde(default)]
    set: Vec<Set>,
    #[serde(default)]
    suppress: Vec<Suppress>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Set {
    name: String,
    paths: Vec<String>,
    target: Option<String>,
    role_name: Option<String>,
    #[serde(default)]
    policies: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Suppress {
    rules: Vec<String>,
    path: Option<String>,
    #[expect(dead_code, reason = "for the reader of the file")]
    reason: String,
}

impl Config {
    /// The file named, else the nearest one in the current folder and those around it, else none.
    ///
    /// # Errors
    /// When the file cannot be read or is not of the documented shape.
    pub(crate) fn find(named: Option<&Path>) -> Result<Self, Error> {
        if let Some(path) = named {
            return Self::read(path);
        }
        let current = std::env::current_dir().unwrap_or_default();
        let nearest = current.ancestors().map(|folder| folder.join(FILE_NAME)).find(|path| path.is_file());
        nearest.map_or_else(|| Ok(Self::default()), |path| Self::read(&path))
    }

    fn read(path: &Path) -> Result<Self, Error> {
        let failure = |problem: String| Error::file(path.display().to_string(), problem);
        let text = fs::read_to_string(path).map_err(|error| failure(error.to_string()))?;
        let file: File = toml::from_str(&text).map_err(|error| failure(error.to_string()))?;
        let folder = fs::canonicalize(path).ok().and_then(|path| path.parent().map(Path::to_owned));
        Self::new(file, folder.unwrap_or_default()).map_err(failure)
    }

    fn new(file: File, folder: PathBuf) -> Result<Self, String> {
        let mut config = Self { folder, target: target(file.target.as_deref())?, ..Self::default() };
        for set in file.set {
            let layout =
                SetLayout { name: set.name, paths: set.paths, target: target(set.target.as_deref())? };
            config.layout.sets.push(layout);
            config.roles.push(set.role_name);
            config.policies.extend(set.policies.into_iter().map(|(name, path)| (path, name)));
        }
        for one in file.suppress {
            for rule in one.rules {
                if !rules().any(|known| known.code == rule || known.name == rule) {
                    return Err(format!("`{rule}` is no rule; `nomad-vault rules` lists them all"));
                }
                config.suppressions.push(FileSuppression { rule, path: one.path.clone() });
            }
        }
        Ok(config)
    }

    /// A file's path as the layout counts it. `name` is what findings show.
    pub(crate) fn place(&self, path: Option<&Path>, name: &str) -> String {
        let absolute = path.filter(|_| !self.layout.sets.is_empty() || !self.suppressions.is_empty());
        let absolute = absolute.and_then(|path| fs::canonicalize(path).ok());
        let inside = absolute.as_deref().and_then(|path| path.strip_prefix(&self.folder).ok());
        let place = inside.map_or_else(|| name.to_owned(), |path| path.display().to_string());
        place.strip_prefix("./").map_or(place.clone(), str::to_owned)
    }

    /// The name on the server of the policy in the file at this place.
    pub(crate) fn policy_name(&self, place: &str) -> Option<&str> {
        let of_place = |(path, _): &&(String, String)| path.trim_start_matches("./") == place;
        self.policies.iter().find(of_place).map(|(_, name)| name.as_str())
    }

    /// The role of a set of the layout.
    pub(crate) fn role_name(&self, set: &str) -> Option<&str> {
        let index = self.layout.sets.iter().position(|layout| layout.name == set)?;
        self.roles.get(index)?.as_deref()
    }
}

fn target(text: Option<&str>) -> Result<TargetRequest, String> {
    TargetRequest::parse(text.unwrap_or_default()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_and_what_is_wrong_in_it_is_said() {
        let text = r#"
            target = "nomad=1.6"
            [[set]]
            name = "prod"
            paths = ["prod", "common"]
            target = "vault=1.15"
            role-name = "nomad-cluster"
            policies = { nomad-server = "./prod/p.hcl" }
            [[suppress]]
            rules = ["ROLE019"]
            reason = "old"
        "#;
        let config = Config::new(toml::from_str(text).unwrap(), PathBuf::new()).unwrap();
        assert_eq!(config.policy_name("prod/p.hcl"), Some("nomad-server"));
        assert_eq!(config.role_name("prod"), Some("nomad-cluster"));
        assert_eq!(config.suppressions.len(), 1);
        for wrong in ["[[set]]\nname = \"x\"", "tarjet = 1", "[[suppress]]\nrules = [\"ROLE019\"]"] {
            assert!(toml::from_str::<File>(wrong).is_err(), "{wrong}");
        }
        let unknown = "[[suppress]]\nrules = [\"X\"]\nreason = \"\"";
        assert!(Config::new(toml::from_str(unknown).unwrap(), PathBuf::new()).is_err());
    }
}
