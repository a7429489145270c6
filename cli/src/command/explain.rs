//! `nomad-vault explain`.

use clap::Args;
use nomad_vault_core::rules::{FixAvailability, Rule, rule};

use super::rules::releases;
use crate::exit::{Error, Exit};
use crate::output;

/// Explain a rule: what it finds, why it matters, what to write instead
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  nomad-vault explain ROLE003
  nomad-vault explain orphan-role")]
pub(crate) struct Explain {
    /// The rule's code or name
    #[arg(value_name = "CODE|NAME")]
    rule: String,
}

impl Explain {
    pub(crate) fn run(self) -> Result<Exit, Error> {
        let rule = rule(&self.rule).ok_or_else(|| {
            Error::Usage(format!("no rule `{}`; `nomad-vault rules` lists them all", self.rule))
        })?;
        output::print_styled(&styled(rule))?;
        Ok(Exit::Clean)
    }
}

const BOLD: &str = "\u{1b}[1m";
const DIM: &str = "\u{1b}[2m";
const CYAN: &str = "\u{1b}[36m";
const RESET: &str = "\u{1b}[0m";

/// The rule's page, with headings and examples set apart, and what its declaration says below the title.
fn styled(rule: &Rule) -> String {
    let mut text = String::new();
    let mut in_example = false;
    for line in rule.page.lines() {
        let is_fence = line.starts_with("```");
        in_example ^= is_fence;
        let style = if is_fence {
            DIM
        } else if in_example {
            CYAN
        } else if line.starts_with('#') {
            BOLD
        } else {
            ""
        };
        let reset = if style.is_empty() { "" } else { RESET };
        text.push_str(&format!("{style}{line}{reset}\n"));
        if line.starts_with("# ") {
            text.push_str(&format!("\n{DIM}{}{RESET}\n", facts(rule)));
        }
    }
    text
}

fn facts(rule: &Rule) -> String {
    let fix = match rule.fix {
        FixAvailability::None => "no fix",
        FixAvailability::Unsafe => "unsafe fix",
        FixAvailability::Safe => "safe fix",
    };
    let (severity, enforced_by) = (rule.severity.as_str(), rule.enforced_by.as_str());
    format!("severity: {severity} · enforced by: {enforced_by} · Nomad: {} · {fix}", releases(rule))
}
