//! `nomad-vault policy fmt`.

use std::path::PathBuf;

use clap::Args;
use nomad_vault_core::diagnostic::render::visible;
use nomad_vault_core::model::VaultDialect;
use nomad_vault_core::syntax::format::{FormatError, same_tokens};
use nomad_vault_core::syntax::{self, Dialect};
use nomad_vault_core::wire::acl::format_policy;
use nomad_vault_core::{Bundle, Document};

use crate::exit::{Error, Exit};
use crate::{output, policies};

/// Write policies in the usual layout
///
/// Two blanks a level, one item a line, aligned `=`. Comments stay, what the policy means never changes, and a file
/// that is laid out already is left alone. The names of the changed files are printed.
#[derive(Args, Debug)]
#[command(after_help = "\
Exit codes:
  0  done
  1  with --check: files are not in the usual layout; or a file could not be read or written
  2  wrong usage
  3  a file has syntax errors; it is left as it is

Examples:
  nomad-vault policy fmt policies/
  nomad-vault policy fmt --check --diff policies/
  vault policy read web | nomad-vault policy fmt -")]
pub(crate) struct Fmt {
    /// Files, folders of policies, or `-`, which is written to the standard output
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// Change nothing, and end with 1 if there is something to change
    #[arg(long)]
    check: bool,

    /// Show the changes, and make none
    #[arg(long)]
    diff: bool,
}

impl Fmt {
    pub(crate) fn run(self) -> Result<Exit, Error> {
        let mut exit = Exit::Clean;
        for (document, path) in policies::documents(&self.files)? {
            let name = document.name();
            let written = match formatted(&document) {
                Ok(Ok(written)) => written,
                Ok(Err(findings)) => {
                    anstream::eprint!("{findings}");
                    exit = Exit::Findings;
                    continue;
                }
                // The other files are written all the same.
                Err(error) => {
                    error.print();
                    exit = Exit::CouldNotRun;
                    continue;
                }
            };
            let is_changed = written != document.text();
            if is_changed && self.check && exit == Exit::Clean {
                exit = Exit::Unformatted;
            }
            if self.diff && is_changed {
                output::print(&output::unified(name, document.text(), &written))?;
            }
            if self.check && is_changed && !self.diff {
                output::print(&format!("{}\n", visible(name)))?;
            }
            if self.check || self.diff {
                continue;
            }
            match path {
                None => output::print(&written)?,
                Some(path) if is_changed => {
                    output::write_file(&path, written.as_bytes())
                        .map_err(|error| Error::file(name, error))?;
                    output::print(&format!("{}\n", visible(name)))?;
                }
                Some(_) => {}
            }
        }
        Ok(exit)
    }
}

/// The document in the usual layout, or what is wrong with its syntax.
fn formatted(document: &Document) -> Result<Result<String, String>, Error> {
    let mut bundle = Bundle::new();
    let syntax_errors = |bundle: &mut Bundle| {
        bundle.add_document(document.clone());
        policies::findings(bundle, VaultDialect::OPENBAO_2_7, &["SYN".to_owned()])
    };
    if document.encoding_problem().is_some() {
        return Ok(Err(syntax_errors(&mut bundle)));
    }
    let written = match format_policy(document.text()) {
        Ok(written) => written,
        Err(FormatError::Syntax) => {
            if let Some(place) = loose_json(document) {
                let problem =
                    "only the server takes this for JSON, and reads less than is written: correct it first";
                return Err(Error::file(place, problem));
            }
            return Ok(Err(syntax_errors(&mut bundle)));
        }
        Err(FormatError::TooLarge) => {
            return Err(Error::file(document.name(), "would be longer than 8 MiB"));
        }
    };
    // The last guard before a file is overwritten.
    let tree = |text: &str| {
        let is_json = text.trim_start().starts_with('{');
        syntax::parse(text.into(), if is_json { Dialect::Json } else { Dialect::Hcl1 })
    };
    if !same_tokens(&tree(document.text()), &tree(&written)) {
        let problem = "is left as it is: in another layout it would mean something else, which is a fault of nomad-vault";
        return Err(Error::file(document.name(), problem));
    }
    Ok(Ok(written))
}

/// The first place that is no JSON, in a text that the server takes all the same.
fn loose_json(document: &Document) -> Option<String> {
    if !document.text().trim_start().starts_with('{') {
        return None;
    }
    let problems = |dialect| {
        let tree = syntax::parse(document.shared_text(), dialect);
        tree.problems().first().map(|problem| problem.span)
    };
    let span = problems(Dialect::Json)?;
    if problems(Dialect::LooseJson).is_some() {
        return None;
    }
    let place = document.line_column(span.start);
    Some(format!("{}:{}:{}", document.name(), place.line, place.column))
}
