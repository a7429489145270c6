//! `nomad-vault check`.

mod diff;
mod repair;
mod sets;
mod summary;

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use nomad_vault_core::diagnostic::render::{self, RenderOptions, render};
use nomad_vault_core::rules::rules;
use nomad_vault_core::{Applicability, Bundle, CheckOptions, DocumentKind, Report, Severity, TargetRequest};

use crate::config::Config;
use crate::exit::{Error, Exit};
use crate::files::{self, Loaded};
use crate::output;

/// Check files together, and repair them
///
/// Files are judged together: a role against the policies, a job against the role's list of policies. Files
/// that are named are one set. In a folder, the files of each folder are one, where folders such as policies,
/// roles and jobs belong to the one around them; nomad-vault.toml says otherwise (see `nomad-vault init`).
/// A policy is called what its file is called. Agent files are merged in the order given.
#[derive(Args, Debug)]
#[command(
    group(ArgGroup::new("repair").args(["fix", "diff"])),
    after_help = "\
Exit codes:
  0  nothing found at or above --fail-on
  1  a file could not be read or written
  2  wrong usage
  3  findings at or above --fail-on

Examples:
  nomad-vault check examples/seed
  nomad-vault check --target nomad=0.5.0,vault=0.6.2 role.json policy.hcl
  vault read -format=json auth/token/roles/nomad | nomad-vault check --kind token-role -
  nomad-vault check --role-name nomad-cluster --policy nomad-server=server.hcl role.json job.nomad
  nomad-vault check --diff .
  nomad-vault check --format sarif --output findings.sarif ."
)]
pub(crate) struct Check {
    /// Files and folders; `-` is the standard input. Folders are walked, respecting .gitignore, and files
    /// that are of no known kind left out
    #[arg(default_value = ".", value_name = "PATHS")]
    paths: Vec<PathBuf>,

    /// What all the files are, where names and contents do not tell
    #[arg(long, value_parser = parse_kind, value_name = "KIND")]
    kind: Option<DocumentKind>,

    /// The name of the standard input in findings, and for telling what it is
    #[arg(long, value_name = "NAME", default_value = "<stdin>")]
    stdin_name: String,

    /// What to judge for: `nomad=1.6.2,vault=openbao-2.7`, or one of the two
    #[arg(long, value_parser = TargetRequest::parse, value_name = "TARGET", default_value = "", hide_default_value = true)]
    target: TargetRequest,

    /// The name that the token role has on the server, where agent and policies do not tell
    #[arg(long, value_name = "NAME")]
    role_name: Option<String>,

    /// A policy and its name on the server, where the file's name does not tell; may be given several times
    #[arg(long = "policy", value_parser = parse_policy, value_name = "NAME=FILE")]
    policies: Vec<(String, PathBuf)>,

    /// The file that says which files belong together; without it the nearest nomad-vault.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// The form of the findings
    #[arg(long, value_enum, default_value_t)]
    format: Format,

    /// Apply the safe fixes to the files
    #[arg(long)]
    fix: bool,

    /// Show what --fix would change, and change nothing
    #[arg(long, conflicts_with = "format")]
    diff: bool,

    /// Apply, or show, the unsafe fixes too: they may change what the author meant
    #[arg(long, requires = "repair")]
    unsafe_fixes: bool,

    /// Look only for these rules: codes, their beginnings (`ROLE`), or names
    #[arg(long, value_delimiter = ',', value_parser = parse_selector, value_name = "RULES")]
    select: Vec<String>,

    /// Leave out these rules
    #[arg(long, value_delimiter = ',', value_parser = parse_selector, value_name = "RULES")]
    ignore: Vec<String>,

    /// The least severity that makes the exit code 3
    #[arg(long, value_enum, default_value_t, value_name = "SEVERITY")]
    fail_on: FailOn,

    /// Write the findings to a file
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Print the findings and nothing else
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The text that each finding is about, what explains it and its repair
    #[default]
    Full,
    /// A line for each finding
    Concise,
    /// The shape of docs/schema/report-v1.json
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
}

impl From<Format> for render::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Full => Self::Full,
            Format::Concise => Self::Concise,
            Format::Json => Self::Json,
            Format::Sarif => Self::Sarif,
            Format::Github => Self::Github,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum FailOn {
    #[default]
    Error,
    Warning,
    Info,
    Never,
}

impl FailOn {
    fn is_reached_by(self, report: &Report) -> bool {
        let least = match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
            Self::Info => Severity::Info,
            Self::Never => return false,
        };
        report.diagnostics.iter().any(|finding| finding.severity >= least)
    }
}

fn parse_kind(text: &str) -> Result<DocumentKind, String> {
    DocumentKind::from_spelling(text)
        .ok_or_else(|| format!("kinds are {}", DocumentKind::ALL.map(DocumentKind::as_str).join(", ")))
}

fn parse_selector(text: &str) -> Result<String, String> {
    let code = text.to_ascii_uppercase();
    if rules().any(|rule| rule.name == text) {
        Ok(text.to_owned())
    } else if !code.is_empty() && rules().any(|rule| rule.code.starts_with(&code)) {
        Ok(code)
    } else {
        Err("no rule has this name, and no code starts so; `nomad-vault rules` lists them all".to_owned())
    }
}

fn parse_policy(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, path)) if !name.is_empty() && !path.is_empty() => Ok((name.to_owned(), path.into())),
        _ => Err("write the policy's name and its file: `web=policies/web.hcl`".to_owned()),
    }
}

/// From this many files on, progress is shown.
const MIN_FILES_WITH_PROGRESS: usize = 50;

impl Check {
    pub(crate) fn run(self) -> Result<Exit, Error> {
        let config = Config::find(self.config.as_deref())?;
        let mut errors = Vec::new();
        let policies: Vec<PathBuf> = self.policies.iter().map(|(_, path)| path.clone()).collect();
        let progress = self.progress(0);
        let sources = files::find(&policies, &self.stdin_name, &mut errors);
        let mut loaded = files::read(sources, Some(DocumentKind::Policy), &progress, &mut errors);
        let mut sources = files::find(&self.paths, &self.stdin_name, &mut errors);
        sources.retain(|source| !policies.iter().any(|path| files::is_same(source.path.as_deref(), path)));
        let progress = self.progress(sources.len());
        loaded.extend(files::read(sources, self.kind, &progress, &mut errors));
        progress.finish_and_clear();
        for error in &errors {
            error.print();
        }
        if loaded.is_empty() && errors.is_empty() {
            return Err(Error::file(self.shown_paths(), "there is no file to check"));
        }
        let places = sets::places(&config, &loaded);
        let are_named = !self.policies.is_empty() || self.paths.iter().any(|path| !path.is_dir());
        let sets = sets::group(&config, &places, are_named);
        sets::name(&mut loaded, &places, &sets, &config, self.role_name.as_deref(), &self.policies);
        let set_up = sets::SetUp { config: &config, places: &places, sets: &sets };
        let exit = self.check(&loaded, &set_up, &mut errors)?;
        Ok(if errors.is_empty() { exit } else { Exit::CouldNotRun })
    }

    fn check(
        &self,
        loaded: &[Loaded],
        set_up: &sets::SetUp<'_>,
        errors: &mut Vec<Error>,
    ) -> Result<Exit, Error> {
        let mut bundle = Bundle::new();
        for file in loaded {
            bundle.add_document(file.document.clone());
        }
        let mut report = self.judge(&bundle, set_up);
        if self.fix || self.diff {
            let repaired =
                repair::repair(&bundle, &report, self.trusted(), |bundle| self.judge(bundle, set_up));
            if self.diff {
                self.write(&diff::unified(&bundle, &repaired.bundle), &report)?;
                return Ok(self.exit(&report));
            }
            repair::write(loaded, &repaired.bundle, errors)?;
            (bundle, report) = (repaired.bundle, repaired.report);
        }
        let options = RenderOptions {
            format: self.format.into(),
            colour: self.output.is_none() && output::stdout_has_colour(),
            ..RenderOptions::new(self.format.into())
        };
        self.write(&render(&bundle, &report, options), &report)?;
        Ok(self.exit(&report))
    }

    fn judge(&self, bundle: &Bundle, set_up: &sets::SetUp<'_>) -> Report {
        let options =
            CheckOptions { target: self.target, select: self.select.clone(), ignore: self.ignore.clone() };
        set_up.judge(bundle, &options)
    }

    fn trusted(&self) -> Applicability {
        if self.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe }
    }

    fn exit(&self, report: &Report) -> Exit {
        if self.fail_on.is_reached_by(report) { Exit::Findings } else { Exit::Clean }
    }

    fn write(&self, text: &str, report: &Report) -> Result<(), Error> {
        match &self.output {
            Some(path) => output::write_file(path, text.as_bytes())
                .map_err(|error| Error::file(path.display().to_string(), error))?,
            // The repaired text of the standard input has the standard output for itself.
            None if self.fix && self.reads_stdin() => anstream::eprint!("{text}"),
            None => output::print(text)?,
        }
        if self.format == Format::Full && !self.quiet {
            summary::print(report);
        }
        Ok(())
    }

    fn reads_stdin(&self) -> bool {
        self.paths.iter().any(|path| path.as_os_str() == "-")
    }

    fn shown_paths(&self) -> String {
        self.paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
    }

    /// Hidden where the standard error is no terminal, and for few files.
    fn progress(&self, files: usize) -> ProgressBar {
        let progress = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if self.quiet || files <= MIN_FILES_WITH_PROGRESS {
            return progress;
        }
        progress.set_length(files as u64);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} files read") {
            progress.set_style(style);
        }
        progress.set_draw_target(ProgressDrawTarget::stderr());
        progress.enable_steady_tick(Duration::from_millis(100));
        progress
    }
}
