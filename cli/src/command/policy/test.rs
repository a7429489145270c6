//! `nomad-vault policy test`.

mod file;
mod results;
mod values;

use std::fs;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use nomad_vault_core::diagnostic::render::{self, RenderOptions, statement};
use nomad_vault_core::model::VaultDialect;
use nomad_vault_core::wire::acl::{Policies, PolicyText, test_policies};
use nomad_vault_core::{Bundle, Document, DocumentKind};

use crate::exit::{Error, Exit};
use crate::{output, policies};
use file::TestFile;
use results::Results;

/// Test what policies allow and deny
///
/// A test file names policies and tokens, and for each token what it must be allowed and what it must be denied.
/// docs/POLICY-TESTS.md describes it.
#[derive(Args, Debug)]
#[command(after_help = "\
Exit codes:
  0  all tests pass
  1  a file could not be read, or a test file has mistakes
  2  wrong usage
  3  a test fails, or the server refuses one of the policies

Example:
  nomad-vault policy test policies.test.toml

  # policies.test.toml
  [policies]
  web = \"web-policy.hcl\"

  [[token]]
  name = \"a task of web\"
  policies = [\"web\"]
  allow = [\"read secret/data/web\"]
  deny = [\"update secret/data/web\", \"read secret/data/other\"]")]
pub(crate) struct Test {
    /// Test files
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// The form of the results
    #[arg(long, value_enum, default_value_t = Format::Tap)]
    format: Format,

    /// The server, instead of the one that the files name
    #[arg(long, value_name = "SERVER", value_parser = policies::parse_dialect)]
    dialect: Option<VaultDialect>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The Test Anything Protocol, version 14
    Tap,
    /// For programs
    Json,
}

impl Test {
    pub(crate) fn run(self) -> Result<Exit, Error> {
        let mut all = Vec::new();
        let mut has_mistakes = false;
        let mut is_refused = false;
        for path in &self.files {
            let name = path.display().to_string();
            let text = fs::read_to_string(path).map_err(|error| Error::file(&name, error))?;
            let mut bundle = Bundle::new();
            let id = bundle.add_document(Document::new(name.as_str(), DocumentKind::Policy, text.as_str()));
            let file = match TestFile::read(&text, id) {
                Ok(file) => file,
                Err(mistakes) => {
                    has_mistakes = true;
                    let colour = output::stderr_has_colour();
                    let options = RenderOptions { colour, ..RenderOptions::new(render::Format::Full) };
                    for mistake in mistakes {
                        anstream::eprintln!("{}", statement(&bundle, &mistake, options));
                    }
                    continue;
                }
            };
            let Some(results) = self.results(path, file, &bundle)? else {
                is_refused = true;
                continue;
            };
            all.push(results);
        }
        match self.format {
            _ if all.is_empty() => {}
            Format::Tap => output::print(&results::tap(&all))?,
            Format::Json => output::print(&results::json(&all)?)?,
        }
        let has_failed = all.iter().any(|results| results.answer.failed > 0);
        Ok(if has_mistakes {
            Exit::CouldNotRun
        } else if is_refused || has_failed {
            Exit::Findings
        } else {
            Exit::Clean
        })
    }

    /// Runs the tests of a file; `None` when the server refuses one of the policies, which is then told.
    fn results(
        &self,
        path: &std::path::Path,
        file: TestFile,
        bundle: &Bundle,
    ) -> Result<Option<Results>, Error> {
        let mut request = file.request;
        if let Some(dialect) = self.dialect {
            request.dialect = Some(dialect.to_string());
        }
        let dialect =
            request.dialect.as_deref().and_then(VaultDialect::parse).unwrap_or(VaultDialect::OPENBAO_2_7);
        let folder = path.parent().unwrap_or(path);
        let (mut names, mut documents) = (Vec::new(), Vec::new());
        for policy in &file.policies {
            let place = folder.join(&policy.file);
            let named = place.display().to_string();
            let text = fs::read_to_string(&place).map_err(|error| {
                let line = bundle
                    .documents()
                    .first()
                    .map_or(0, |document| document.line_column(policy.at.start).line);
                Error::file(format!("{}:{line}", path.display()), format!("{named}: {error}"))
            })?;
            documents.push(policies::document(&named, text.as_str()));
            request.policies.push(PolicyText { name: policy.name.clone(), text });
            names.push((policy.name.clone(), named));
        }
        if policies::tell_refusals(&Policies::read(documents, dialect)) {
            return Ok(None);
        }
        let answer = test_policies(&request)
            .map_err(|error| Error::file(path.display().to_string(), error.message))?;
        let places = file.places.iter().map(|span| {
            let document = bundle.documents().first();
            document.map_or((0, 0), |document| {
                let place = document.line_column(span.start);
                (place.line, place.column)
            })
        });
        Ok(Some(Results { file: path.display().to_string(), answer, places: places.collect(), names }))
    }
}
