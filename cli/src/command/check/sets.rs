//! Which files are judged together, and for what.

use std::path::PathBuf;

use nomad_vault_core::check::{check_parsed_sets, suppress_in_files};
use nomad_vault_core::model::{DocumentSet, ParsedBundle, ParsedDocument};
use nomad_vault_core::{Bundle, CheckOptions, DocumentId, DocumentKind, Report, TargetRequest};

use crate::config::Config;
use crate::files::Loaded;
use crate::parallel;

/// How the files of a run are judged.
pub(super) struct SetUp<'c> {
    /// What `nomad-vault.toml` says.
    pub(super) config: &'c Config,
    /// The files' paths as it counts them.
    pub(super) places: &'c [String],
    /// The files that belong together.
    pub(super) sets: &'c [DocumentSet],
}

/// The files' paths as the configuration counts them.
pub(super) fn places(config: &Config, loaded: &[Loaded]) -> Vec<String> {
    loaded.iter().map(|file| config.place(file.path.as_deref(), file.document.name())).collect()
}

/// The sets: by the configuration, else all together where files were named, else by folder.
pub(super) fn group(config: &Config, places: &[String], are_named: bool) -> Vec<DocumentSet> {
    let places: Vec<&str> = places.iter().map(String::as_str).collect();
    let mut sets = if are_named && config.layout.sets.is_empty() {
        let documents = (0..places.len() as u32).map(DocumentId).collect();
        vec![DocumentSet { name: ".".to_owned(), documents, target: TargetRequest::default() }]
    } else {
        config.layout.group(&places)
    };
    for set in &mut sets {
        set.target.nomad = set.target.nomad.or(config.target.nomad);
        set.target.vault = set.target.vault.or(config.target.vault);
    }
    sets
}

/// Gives policies and roles the names that the user says they have on the server.
pub(super) fn name(
    loaded: &mut [Loaded],
    places: &[String],
    sets: &[DocumentSet],
    config: &Config,
    role_name: Option<&str>,
    policies: &[(String, PathBuf)],
) {
    for (file, place) in loaded.iter_mut().zip(places) {
        let of_file = |(_, path): &&(String, PathBuf)| Some(path) == file.path.as_ref();
        let named = policies.iter().find(of_file).map(|(name, _)| name.as_str());
        if let Some(name) = named.or_else(|| config.policy_name(place)) {
            file.document = file.document.clone().with_server_name(name);
        }
    }
    for set in sets {
        let Some(name) = role_name.or_else(|| config.role_name(&set.name)) else { continue };
        let is_role = |id: &&DocumentId| {
            loaded.get(id.0 as usize).is_some_and(|file| file.document.kind() == DocumentKind::TokenRole)
        };
        let roles: Vec<DocumentId> = set.documents.iter().filter(is_role).copied().collect();
        // Of several roles it is not known which one is meant.
        if let [role] = roles[..]
            && let Some(file) = loaded.get_mut(role.0 as usize)
        {
            file.document = file.document.clone().as_role(name);
        }
    }
}

impl SetUp<'_> {
    /// Judges each set by itself; the files are read several at once.
    pub(super) fn judge(&self, bundle: &Bundle, options: &CheckOptions) -> Report {
        let mut read = Vec::new();
        let mut parsed = Vec::new();
        for (index, set) in self.sets.iter().enumerate() {
            let target = set.target(bundle, options.target);
            parsed.push(ParsedBundle { target, documents: Vec::new() });
            let documents = set.documents.iter().filter_map(|id| bundle.document(*id)).enumerate();
            read.extend(documents.map(|(place, document)| (index, place, document, target)));
        }
        let documents = parallel::map(&read, |_, (_, place, document, target)| {
            ParsedDocument::new(DocumentId(*place as u32), document, *target)
        });
        for ((index, ..), document) in read.iter().zip(documents) {
            if let Some(set) = parsed.get_mut(*index) {
                set.documents.push(document);
            }
        }
        let mut report = check_parsed_sets(self.sets, parsed.into_iter(), options);
        let places: Vec<&str> = self.places.iter().map(String::as_str).collect();
        let unused = suppress_in_files(&mut report, &places, &self.config.suppressions);
        for one in unused.into_iter().filter_map(|index| self.config.suppressions.get(index)) {
            let place = one.path.as_deref().unwrap_or(".");
            anstream::eprintln!(
                "warning: {}: `{}` finds nothing in `{place}` that could be ignored",
                crate::config::FILE_NAME,
                one.rule
            );
        }
        report
    }
}
