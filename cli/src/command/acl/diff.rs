//! `nomad-vault acl diff`.

use std::io;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use nomad_vault_core::acl;
use nomad_vault_core::diagnostic::render::{github_data, github_property, visible};
use nomad_vault_core::wire::acl::{AclChange, AclDiff, AclRule};
use nomad_vault_core::wire::{PositionEncoding, Related};

use crate::exit::{Error, Exit};
use crate::output;
use crate::policies::{self, Server};

/// List the paths and capabilities that a change of policies gives or takes
///
/// The difference is computed over the boundaries of all rules of both sides, not over samples: no path on which
/// the answers differ is left out.
#[derive(Args, Debug)]
#[command(after_help = "\
Exit codes:
  0  done
  1  a file could not be read
  2  wrong usage
  3  the server refuses one of the policies, or --fail-on says so

Examples:
  nomad-vault acl diff old.hcl -- new.hcl
  nomad-vault acl diff base.hcl ci.hcl -- base.hcl ci-next.hcl
  git show main:policies/web.hcl | nomad-vault acl diff - -- policies/web.hcl
  nomad-vault acl diff --format github --fail-on gained old/ -- new/")]
pub(crate) struct Diff {
    /// The policies of the token before: files, folders of policies, `-`, or `root`
    #[arg(value_name = "OLD", required = true)]
    old: Vec<PathBuf>,

    /// The policies of the token after
    #[arg(value_name = "NEW", required = true, last = true)]
    new: Vec<PathBuf>,

    /// The form of the answer
    #[arg(long, value_enum, default_value_t = Format::Full)]
    format: Format,

    /// What makes the exit code 3
    #[arg(long, value_enum, default_value_t = FailOn::Never, value_name = "CHANGE")]
    fail_on: FailOn,

    #[command(flatten)]
    server: Server,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Full,
    /// For programs
    Json,
    /// Annotations of GitHub Actions
    Github,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// A capability, or other conditions for one
    Gained,
    /// Any change
    Any,
    /// Nothing
    Never,
}

impl FailOn {
    fn is_reached_by(self, diff: &AclDiff) -> bool {
        let becomes_root = diff.new_is_root && !diff.old_is_root;
        let gains = |change: &AclChange| !change.gained.is_empty() || change.other_conditions;
        match self {
            Self::Gained => becomes_root || diff.changes.iter().any(gains),
            Self::Any => diff.new_is_root != diff.old_is_root || !diff.changes.is_empty(),
            Self::Never => false,
        }
    }
}

impl Diff {
    pub(crate) fn run(self) -> Result<Exit, Error> {
        let old = policies::load(&self.old, self.server.dialect)?;
        let new = policies::load(&self.new, self.server.dialect)?;
        // Both sides are told.
        if policies::tell_refusals(&old) | policies::tell_refusals(&new) {
            return Ok(Exit::Findings);
        }
        let identity = self.server.identity()?;
        let (old_acl, new_acl) = (old.acl(&identity), new.acl(&identity));
        let difference = acl::diff(&old_acl, &new_acl);
        let diff = AclDiff::new((&old, &old_acl), (&new, &new_acl), &difference, PositionEncoding::Utf8);
        match self.format {
            Format::Full => output::print_styled(&full(&diff))?,
            Format::Json => {
                let text = serde_json::to_string_pretty(&diff).map_err(io::Error::from)?;
                output::print(&format!("{text}\n"))?;
            }
            Format::Github => output::print(&github(&diff))?,
        }
        if !diff.complete {
            let problem = "the rules have too many combinations: more may differ than is listed";
            return Err(Error::file("acl diff", problem));
        }
        Ok(if self.fail_on.is_reached_by(&diff) { Exit::Findings } else { Exit::Clean })
    }
}

const BOLD: &str = "\u{1b}[1m";
const DIM: &str = "\u{1b}[2m";
const GREEN: &str = "\u{1b}[32m";
const RED: &str = "\u{1b}[31m";
const YELLOW: &str = "\u{1b}[33m";
const RESET: &str = "\u{1b}[0m";

fn full(diff: &AclDiff) -> String {
    let mut text = String::new();
    for change in &diff.changes {
        let (sign, colour) = match (change.gained.is_empty(), change.lost.is_empty()) {
            (false, true) => ("+", GREEN),
            (true, false) => ("-", RED),
            _ => ("~", YELLOW),
        };
        text.push_str(&format!(
            "{colour}{sign}{RESET} {BOLD}{}{RESET}: {colour}{}{RESET}\n",
            visible(&change.paths),
            sentence(change)
        ));
        for (when, rule) in [("before", &change.old), ("after ", &change.new)] {
            text.push_str(&format!("    {DIM}{when}{RESET}  {}\n", decides(rule.as_ref())));
        }
    }
    text.push_str(&summary(diff));
    text
}

/// `gains read; loses list`.
fn sentence(change: &AclChange) -> String {
    let mut parts = Vec::new();
    if !change.gained.is_empty() {
        parts.push(format!("gains {}", change.gained.join(", ")));
    }
    if !change.lost.is_empty() {
        parts.push(format!("loses {}", change.lost.join(", ")));
    }
    if change.other_conditions {
        parts.push("what stays has other conditions (parameters, wrapping or page length)".to_owned());
    }
    parts.join("; ")
}

fn decides(rule: Option<&AclRule>) -> String {
    let Some(rule) = rule else { return "no rule matches".to_owned() };
    let granted =
        if rule.capabilities.is_empty() { "nothing".to_owned() } else { rule.capabilities.join(", ") };
    let places: Vec<String> = rule.places.iter().map(place).collect();
    format!("`{}` grants {granted}  {DIM}{}{RESET}", visible(&rule.path), places.join(", "))
        .replace("grants deny", "says deny")
}

fn place(related: &Related) -> String {
    format!("{}:{}", visible(&related.document), related.range.start.line)
}

fn summary(diff: &AclDiff) -> String {
    match (diff.old_is_root, diff.new_is_root) {
        (true, true) => return "Both are the policy `root`, which allows everything\n".to_owned(),
        (true, false) => {
            return format!("{RED}-{RESET} before it was the policy `root`: everything else is lost\n");
        }
        (false, true) => {
            return format!("{GREEN}+{RESET} now it is the policy `root`: everything is gained\n");
        }
        (false, false) => {}
    }
    let count = |is: fn(&AclChange) -> bool| diff.changes.iter().filter(|change| is(change)).count();
    let (gain, lose) = (count(|change| !change.gained.is_empty()), count(|change| !change.lost.is_empty()));
    match diff.changes.len() {
        0 => format!("No path has other capabilities than before, on {}\n", diff.dialect),
        1 => format!("1 change, on {}: {gain} gains, {lose} loses\n", diff.dialect),
        all => format!("{all} changes, on {}: {gain} gain, {lose} lose\n", diff.dialect),
    }
}

/// One workflow command for each change, at the rule that decides now, else at the one that did.
fn github(diff: &AclDiff) -> String {
    let mut text = String::new();
    if diff.new_is_root && !diff.old_is_root {
        text.push_str(
            "::warning title=nomad-vault acl diff::now it is the policy `root`: everything is gained\n",
        );
    }
    for change in &diff.changes {
        let is_gain = !change.gained.is_empty() || change.other_conditions;
        let level = if is_gain { "warning" } else { "notice" };
        let rule = change.new.as_ref().or(change.old.as_ref());
        let place = rule.and_then(|rule| rule.places.first());
        let at = place.map(|place| {
            let (start, end) = (place.range.start, place.range.end);
            format!(
                "file={},line={},endLine={},col={},endColumn={},",
                github_property(&place.document),
                start.line,
                end.line,
                start.column,
                end.column
            )
        });
        let message = format!("`{}` {}", change.paths, sentence(change));
        let at = at.unwrap_or_default();
        text.push_str(&format!("::{level} {at}title=nomad-vault acl diff::{}\n", github_data(&message)));
    }
    text
}
