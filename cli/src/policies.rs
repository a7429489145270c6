//! The policies of a token, as files.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use indicatif::ProgressBar;
use nomad_vault_core::diagnostic::render::{Format, RenderOptions, render};
use nomad_vault_core::model::{TokenIdentity, VaultDialect};
use nomad_vault_core::wire::acl::{Identity, Policies, ROOT};
use nomad_vault_core::{Bundle, CheckOptions, Document, DocumentKind, Severity, TargetRequest, check};

use crate::exit::Error;
use crate::{files, output};

/// The options of all commands that ask about policies.
#[derive(Args, Clone, Debug)]
pub(crate) struct Server {
    /// The server: `openbao-2.7`, `vault-0.6.2`
    #[arg(long, value_name = "SERVER", value_parser = parse_dialect, default_value = "openbao-2.7.2")]
    pub(crate) dialect: VaultDialect,

    /// Who the token belongs to, for paths with `{{…}}`: JSON with `entity`, `groups`, `now`
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
}

pub(crate) fn parse_dialect(text: &str) -> Result<VaultDialect, String> {
    VaultDialect::parse(text).ok_or_else(|| "write `openbao-2.7` or `vault-0.6.2`".to_owned())
}

impl Server {
    /// Reads the identity.
    pub(crate) fn identity(&self) -> Result<TokenIdentity, Error> {
        let Some(path) = &self.identity else { return Ok(TokenIdentity::default()) };
        let name = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|error| Error::file(&name, error))?;
        let identity: Identity = serde_json::from_str(&text)
            .map_err(|error| Error::file(&name, format!("is no identity: {error}")))?;
        Ok(Identity::of(Some(&identity)))
    }
}

/// Reads policies: files, folders with policies among other files, `-`, and `root` for the built-in one.
pub(crate) fn load(paths: &[PathBuf], dialect: VaultDialect) -> Result<Policies, Error> {
    let documents = documents(paths)?;
    Ok(Policies::read(documents.into_iter().map(|(document, _)| document).collect(), dialect))
}

/// The documents, each with its file; the standard input has none.
pub(crate) fn documents(paths: &[PathBuf]) -> Result<Vec<(Document, Option<PathBuf>)>, Error> {
    let mut documents = Vec::new();
    for path in paths {
        if path.as_os_str() == ROOT && !path.exists() {
            documents.push((Document::new(ROOT, DocumentKind::Policy, ""), None));
            continue;
        }
        documents.extend(read(path)?);
    }
    Ok(documents)
}

fn read(path: &Path) -> Result<Vec<(Document, Option<PathBuf>)>, Error> {
    let mut errors = Vec::new();
    let is_folder = path.is_dir();
    let sources = files::find(&[path.to_owned()], "<stdin>", &mut errors);
    let kind = (!is_folder).then_some(DocumentKind::Policy);
    let mut loaded = files::read(sources, kind, &ProgressBar::hidden(), &mut errors);
    if let Some(error) = errors.into_iter().next() {
        return Err(error);
    }
    loaded.retain(|file| file.document.kind() == DocumentKind::Policy);
    if loaded.is_empty() {
        return Err(Error::file(path.display().to_string(), "there is no policy in it"));
    }
    let named = |document: Document| match document.name() {
        ROOT => self::document(ROOT, document.shared_text()),
        _ => document,
    };
    Ok(loaded.into_iter().map(|file| (named(file.document), file.path)).collect())
}

/// The policy in a file; one called `root` is not the built-in policy.
pub(crate) fn document(file: &str, text: impl Into<Arc<str>>) -> Document {
    let name = if file == ROOT { format!("./{ROOT}") } else { file.to_owned() };
    Document::new(name, DocumentKind::Policy, text)
}

/// Tells what is wrong with the policies that the server refuses. Whether there are some.
pub(crate) fn tell_refusals(policies: &Policies) -> bool {
    let refusals = refusals(policies);
    if let Some(refusals) = &refusals {
        anstream::eprint!("{refusals}");
    }
    refusals.is_some()
}

/// What is wrong with the policies that the server refuses, for people; `None` when it takes all.
fn refusals(policies: &Policies) -> Option<String> {
    let mut bundle = Bundle::new();
    for source in &policies.sources {
        let document = policies.bundle.document(source.document);
        if let Some(document) = document.filter(|_| source.name != ROOT && !source.policy.is_accepted()) {
            bundle.add_document(document.clone());
        }
    }
    if bundle.documents().is_empty() {
        return None;
    }
    Some(findings(&bundle, policies.dialect, &[]))
}

/// The errors in documents; the names alone where the rules see none.
pub(crate) fn findings(bundle: &Bundle, dialect: VaultDialect, select: &[String]) -> String {
    let target = TargetRequest { vault: Some(dialect), ..TargetRequest::default() };
    let options = CheckOptions { target, select: select.to_vec(), ..CheckOptions::default() };
    let mut report = check(bundle, &options);
    report.diagnostics.retain(|finding| finding.severity == Severity::Error);
    if report.diagnostics.is_empty() {
        let names: Vec<&str> = bundle.documents().iter().map(Document::name).collect();
        return format!("{}: {dialect} refuses this\n", names.join(", "));
    }
    let colour = output::stderr_has_colour();
    render(bundle, &report, RenderOptions { colour, ..RenderOptions::new(Format::Full) })
}
