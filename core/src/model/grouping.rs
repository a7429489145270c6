//! Which documents are judged together.

use super::{Bundle, Target, TargetRequest};
use crate::text::{Document, DocumentId, DocumentKind};

/// Documents that are judged together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentSet {
    /// What it is called: a folder, or what its layout says.
    pub name: String,
    /// The documents, in the bundle's order.
    pub documents: Vec<DocumentId>,
    /// What they are judged for, as far as the layout says.
    pub target: TargetRequest,
}

/// What a person said about the files that belong together (`nomad-vault.toml`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The sets. A file may be of several; one of none is grouped by its folder.
    pub sets: Vec<SetLayout>,
}

/// One set of a [`Layout`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetLayout {
    /// What it is called.
    pub name: String,
    /// Its files and folders, `/` between their parts; `.` is everything.
    pub paths: Vec<String>,
    /// What it is judged for.
    pub target: TargetRequest,
}

/// Names of folders that hold one kind of documents, or one side of the integration: what is in them belongs to the
/// folder around them.
const PARTS: [&str; 20] = [
    "acl",
    "agent",
    "agents",
    "client",
    "clients",
    "config",
    "job",
    "jobs",
    "nomad",
    "nomad-jobs",
    "policies",
    "policy",
    "role",
    "roles",
    "server",
    "servers",
    "token",
    "token-roles",
    "tokens",
    "vault",
];

impl Layout {
    /// The sets of a bundle. `places` are the documents' paths as the layout counts them, in the bundle's order.
    ///
    /// A document in no set of the layout is judged with those of its folder, where a folder such as `policies` or
    /// `jobs` belongs to the one around it. Sets are in the order of the layout, then in that of their first document.
    pub fn group(&self, places: &[&str]) -> Vec<DocumentSet> {
        let mut sets: Vec<DocumentSet> = self
            .sets
            .iter()
            .map(|set| DocumentSet { name: set.name.clone(), documents: Vec::new(), target: set.target })
            .collect();
        let of_layout = sets.len();
        for (index, place) in places.iter().enumerate() {
            let id = DocumentId(index as u32);
            let mut is_placed = false;
            for (set, layout) in sets.iter_mut().zip(&self.sets) {
                if layout.paths.iter().any(|path| is_in(path, place)) {
                    set.documents.push(id);
                    is_placed = true;
                }
            }
            if is_placed {
                continue;
            }
            let folder = folder_of_set(place);
            // Files of one folder come one after the other, so that the last set is nearly always the one.
            let known = sets.iter_mut().skip(of_layout).rev().find(|set| set.name == folder);
            match known {
                Some(set) => set.documents.push(id),
                None => sets.push(DocumentSet {
                    name: folder.to_owned(),
                    documents: vec![id],
                    target: TargetRequest::default(),
                }),
            }
        }
        sets.retain(|set| !set.documents.is_empty());
        sets
    }
}

/// Whether a file is this one or is in this folder.
pub(crate) fn is_in(path: &str, place: &str) -> bool {
    let path = path.trim_start_matches("./").trim_end_matches('/');
    let rest = place.strip_prefix(path);
    matches!(path, "" | ".") || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '\\']))
}

/// The folder that a file is judged with: `prod` for `prod/policies/web.hcl`, `.` for `jobs/web.nomad`.
pub fn folder_of_set(place: &str) -> &str {
    let separators = ['/', '\\'];
    let mut folder = place.rsplit_once(separators).map_or("", |(folder, _)| folder);
    loop {
        let (around, last) = folder.rsplit_once(separators).unwrap_or(("", folder));
        if !PARTS.iter().any(|part| last.eq_ignore_ascii_case(part)) {
            break;
        }
        folder = around;
    }
    if folder.is_empty() { "." } else { folder }
}

impl DocumentSet {
    /// All documents of a bundle.
    pub fn whole(bundle: &Bundle) -> Self {
        let documents = (0..bundle.documents().len() as u32).map(DocumentId).collect();
        Self { name: ".".to_owned(), documents, target: TargetRequest::default() }
    }

    /// The documents as a bundle of their own.
    pub fn bundle(&self, of: &Bundle) -> Bundle {
        let mut bundle = Bundle::new();
        for document in self.documents.iter().filter_map(|id| of.document(*id)) {
            bundle.add_document(document.clone());
        }
        bundle
    }

    /// What they are judged for: what the caller asks for comes before what the layout says.
    pub fn target(&self, of: &Bundle, request: TargetRequest) -> Target {
        let request = TargetRequest {
            nomad: request.nomad.or(self.target.nomad),
            vault: request.vault.or(self.target.vault),
        };
        self.bundle(of).target(request)
    }
}

impl Document {
    /// The same document, called so on the server if it is the role and so nothing is known of it.
    #[must_use]
    pub fn as_role(self, name: &str) -> Self {
        let is_role = self.kind() == DocumentKind::TokenRole && self.server_name().is_none();
        if is_role { self.with_server_name(name) } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grouped(layout: &Layout, places: &[&str]) -> Vec<String> {
        let sets = layout.group(places);
        let line = |set: &DocumentSet| {
            let ids: Vec<String> = set.documents.iter().map(|id| id.0.to_string()).collect();
            format!("{} {}", set.name, ids.join(" "))
        };
        sets.iter().map(line).collect()
    }

    #[test]
    fn files_of_a_folder_belong_together_and_folders_of_one_kind_to_the_one_around() {
        let places = [
            "a/x.hcl",
            "b/vault/policies/web.hcl",
            "a/y.json",
            "b/nomad/jobs/web.nomad",
            "z.hcl",
            "jobs\\w.nomad",
        ];
        assert_eq!(grouped(&Layout::default(), &places), ["a 0 2", "b 1 3", ". 4 5"]);
    }

    #[test]
    fn a_layout_comes_first_and_may_share_files() {
        let set = |name: &str, paths: &[&str]| SetLayout {
            name: name.to_owned(),
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            target: TargetRequest::default(),
        };
        let layout = Layout {
            sets: vec![set("prod", &["prod/", "common"]), set("test", &["./test", "common/x.hcl"])],
        };
        let places = ["common/x.hcl", "common/y.hcl", "prod/a/r.json", "production/r.json", "test/r.json"];
        assert_eq!(grouped(&layout, &places), ["prod 0 1 2", "test 0 4", "production 3"]);
        assert_eq!(grouped(&Layout { sets: vec![set("all", &["."])] }, &places), ["all 0 1 2 3 4"]);
    }
}
