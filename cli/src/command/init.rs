//! `nomad-vault init`.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use indicatif::ProgressBar;
use nomad_vault_core::model::{DocumentSet, Layout, folder_of_set};
use nomad_vault_core::{Bundle, DocumentKind, TargetRequest};

use crate::config::FILE_NAME;
use crate::exit::{Error, Exit};
use crate::{files, output};

/// Write nomad-vault.toml: which files belong together
///
/// Looks at the files of a folder and writes down how `check` groups them, to be edited: a set for each
/// cluster, with the Nomad and Vault releases that it runs.
#[derive(Args, Debug)]
#[command(after_help = "\
Exit codes:
  0  written
  1  the file is there already, or cannot be written

Examples:
  nomad-vault init
  nomad-vault init --force infrastructure")]
pub(crate) struct Init {
    /// The folder
    #[arg(default_value = ".", value_name = "FOLDER")]
    folder: PathBuf,

    /// Write over a file that is there already
    #[arg(long)]
    force: bool,
}

impl Init {
    pub(crate) fn run(self) -> Result<Exit, Error> {
        let path = self.folder.join(FILE_NAME);
        let name = path.display().to_string();
        if path.exists() && !self.force {
            return Err(Error::file(name, "is there already; `--force` writes over it"));
        }
        let mut errors = Vec::new();
        let sources = files::find(std::slice::from_ref(&self.folder), "", &mut errors);
        let loaded = files::read(sources, None, &ProgressBar::hidden(), &mut errors);
        let mut bundle = Bundle::new();
        let mut places = Vec::new();
        for file in &loaded {
            let inside = file.path.as_deref().and_then(|path| path.strip_prefix(&self.folder).ok());
            places.push(
                inside.map_or_else(|| file.document.name().to_owned(), |path| path.display().to_string()),
            );
            bundle.add_document(file.document.clone());
        }
        let places: Vec<&str> = places.iter().map(String::as_str).collect();
        let text = written(&bundle, &places);
        output::write_file(&path, text.as_bytes()).map_err(|error| Error::file(name.clone(), error))?;
        output::print(&format!("Wrote {name}: {}\n", counted(&bundle, &places)))?;
        Ok(Exit::Clean)
    }
}

fn counted(bundle: &Bundle, places: &[&str]) -> String {
    let sets = Layout::default().group(places).len();
    let (files, sets) = (plural(bundle.documents().len(), "file"), plural(sets, "set"));
    format!("{files} in {sets}")
}

fn plural(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// The text of the file, as `check` groups without it.
fn written(bundle: &Bundle, places: &[&str]) -> String {
    let mut text = String::from(
        "# Which files belong together, for `nomad-vault check`. Paths count from here.\n\
         # https://github.com/nomad-vault/nomad-vault/blob/main/docs/schema/config-v1.json\n",
    );
    for set in Layout::default().group(places) {
        let _ = write!(text, "\n{}", written_set(bundle, places, &set));
    }
    text.push_str(
        "\n# Findings that are meant:\n# [[suppress]]\n# rules = [\"ROLE019\"]\n# path = \"…\"\n# reason = \"…\"\n",
    );
    text
}

fn written_set(bundle: &Bundle, places: &[&str], set: &DocumentSet) -> String {
    let target = set.target(bundle, TargetRequest::default());
    let name = if set.name == "." { "all" } else { &set.name };
    let mut text =
        format!("[[set]]\nname = {}\npaths = {}\n", quoted(name), quoted_list(&paths(places, set)));
    let _ = writeln!(text, "target = {}", quoted(&target.to_string()));
    let roles = set.documents.iter().filter_map(|id| bundle.document(*id));
    if roles.filter(|document| document.kind() == DocumentKind::TokenRole).count() == 1 {
        text.push_str("# role-name = \"…\"                          # where no agent and no policy tells\n");
    }
    text.push_str("# policies = { \"nomad-server\" = \"file.hcl\" }  # where the files' names do not tell\n");
    text
}

/// The set's folder, or its files where the folder holds other sets too.
fn paths(places: &[&str], set: &DocumentSet) -> Vec<String> {
    let is_own = |place: &str| folder_of_set(place) == set.name;
    let start = format!("{}/", set.name);
    let mut in_folder = places.iter().filter(|place| set.name == "." || place.starts_with(&start));
    if in_folder.all(|place| is_own(place)) {
        return vec![set.name.clone()];
    }
    places.iter().filter(|place| is_own(place)).map(|place| (*place).to_owned()).collect()
}

fn quoted_list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// A TOML string; its escapes are those of JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
