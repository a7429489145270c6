//! `nomad-vault acl capabilities`.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use nomad_vault_core::acl;
use nomad_vault_core::diagnostic::render::visible;
use nomad_vault_core::wire::acl::names_on;

use crate::exit::{Error, Exit};
use crate::policies::{self, Server};

/// List the capabilities on paths, as `sys/capabilities` answers
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  nomad-vault acl capabilities -p web.hcl secret/data/web auth/token/lookup-self
  nomad-vault acl capabilities -p base.hcl -p web.hcl --format json secret/data/web
  vault secrets list -format=json | jq -r keys[] | nomad-vault acl capabilities -p web.hcl --paths-from -

`-p root` is the built-in policy. A path that nothing is granted on has `deny` alone.")]
pub(crate) struct Capabilities {
    /// A policy of the token: a file, a folder of policies, `-`, or `root`; may be given several times
    #[arg(short, long = "policy", value_name = "FILE", required = true)]
    policies: Vec<PathBuf>,

    /// The paths, without `/v1/`
    #[arg(value_name = "PATH", required_unless_present = "paths_from")]
    paths: Vec<String>,

    /// Read more paths from a file or from `-`, one a line; each is answered as it is read
    #[arg(long, value_name = "FILE")]
    paths_from: Option<PathBuf>,

    /// The form of the answer
    #[arg(long, value_enum, default_value_t = Format::Full)]
    format: Format,

    #[command(flatten)]
    server: Server,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line for each path
    Full,
    /// `{"path": ["read"]}`
    Json,
}

impl Capabilities {
    pub(crate) fn run(self) -> Result<Exit, Error> {
        let is_stdin = |path: &Path| path.as_os_str() == "-";
        let paths_from = self.paths_from.as_deref();
        if self.policies.iter().any(|path| is_stdin(path)) && paths_from.is_some_and(is_stdin) {
            return Err(Error::Usage("policies and paths cannot both come from `-`".to_owned()));
        }
        let policies = policies::load(&self.policies, self.server.dialect)?;
        if policies::tell_refusals(&policies) {
            return Ok(Exit::Findings);
        }
        let acl = policies.acl(&self.server.identity()?);
        let mut answers = Answers::new(&acl, self.format);
        for path in &self.paths {
            answers.add(path)?;
        }
        if let Some(from) = paths_from {
            answers.add_from(from)?;
        }
        answers.end()?;
        Ok(Exit::Clean)
    }
}

/// Writes the answers as they come.
struct Answers<'a> {
    acl: &'a acl::Acl,
    format: Format,
    out: BufWriter<io::StdoutLock<'static>>,
    /// In JSON a name stands once.
    seen: BTreeSet<String>,
}

impl<'a> Answers<'a> {
    fn new(acl: &'a acl::Acl, format: Format) -> Self {
        Self { acl, format, out: BufWriter::new(io::stdout().lock()), seen: BTreeSet::new() }
    }

    fn add(&mut self, path: &str) -> Result<(), Error> {
        let names = names_on(self.acl, path);
        match self.format {
            Format::Full => writeln!(self.out, "{}: {}", visible(path), names.join(", "))?,
            Format::Json => {
                if self.seen.insert(path.to_owned()) {
                    let start = if self.seen.len() == 1 { "{" } else { "," };
                    let path = serde_json::Value::from(path);
                    let names = names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
                    write!(self.out, "{start}\n  {path}: [{names}]")?;
                }
            }
        }
        Ok(())
    }

    fn add_from(&mut self, path: &Path) -> Result<(), Error> {
        let name = path.display().to_string();
        let mut reader: Box<dyn BufRead> = if path.as_os_str() == "-" {
            Box::new(io::stdin().lock())
        } else {
            Box::new(BufReader::new(File::open(path).map_err(|error| Error::file(&name, error))?))
        };
        let mut line = String::new();
        for number in 1_u64.. {
            line.clear();
            let length = reader.read_line(&mut line);
            let length = length.map_err(|error| Error::file(format!("{name}:{number}"), error))?;
            if length == 0 {
                break;
            }
            let path = line.trim_end_matches(['\r', '\n']);
            if !path.is_empty() {
                self.add(path)?;
            }
            // Whoever writes the paths may wait for the answer to each.
            if name == "-" {
                self.out.flush()?;
            }
        }
        Ok(())
    }

    fn end(mut self) -> Result<(), Error> {
        if self.format == Format::Json {
            let end = if self.seen.is_empty() { "{}\n" } else { "\n}\n" };
            self.out.write_all(end.as_bytes())?;
        }
        Ok(self.out.flush()?)
    }
}
