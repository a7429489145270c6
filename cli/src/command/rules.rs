//! `nomad-vault rules`.

use clap::{Args, ValueEnum};
use nomad_vault_core::rules::{FixAvailability, Rule, rules};
use nomad_vault_core::wire;

use crate::exit::{Error, Exit};
use crate::output;

/// List the rules
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  nomad-vault rules
  nomad-vault rules --format json | jq -r '.[].code'")]
pub(crate) struct Rules {
    /// The form of the list
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// A line for each rule
    #[default]
    Text,
    /// A list of objects
    Json,
}

impl Rules {
    pub(crate) fn run(self) -> Result<Exit, Error> {
        let text = match self.format {
            Format::Text => table(),
            Format::Json => json(),
        };
        output::print(&text)?;
        Ok(Exit::Clean)
    }
}

fn json() -> String {
    let rules: Vec<wire::Rule> = rules().map(wire::Rule::from).collect();
    // Strings always serialise.
    serde_json::to_string_pretty(&rules).map(|json| json + "\n").unwrap_or_default()
}

fn table() -> String {
    let header = ["CODE", "NAME", "SEVERITY", "FIX", "NOMAD", "WHAT IS WRONG"].map(str::to_owned);
    let rows: Vec<[String; 6]> = std::iter::once(header).chain(rules().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 5] = std::array::from_fn(width);
    let line = |row: &[String; 6]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}  "));
        format!("{}{}\n", cells.collect::<String>(), row[5])
    };
    rows.iter().map(line).collect()
}

fn row(rule: &Rule) -> [String; 6] {
    let fix = match rule.fix {
        FixAvailability::None => "-",
        FixAvailability::Unsafe => "unsafe",
        FixAvailability::Safe => "safe",
    };
    let severity = rule.severity.as_str();
    [rule.code, rule.name, severity, fix, &releases(rule), rule.summary].map(str::to_owned)
}

/// The Nomad releases that a rule is about.
pub(super) fn releases(rule: &Rule) -> String {
    let applies = rule.applies;
    match (applies.is_always(), applies.is_open_ended()) {
        (true, _) => "all".to_owned(),
        (false, true) => format!("since {}", applies.first),
        (false, false) => format!("{} to {}", applies.first, applies.last),
    }
}
