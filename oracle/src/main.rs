//! `cargo xtask oracle`: asks a real server, and compares.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use nomad_vault_oracle::role::RoleQuestion;
use nomad_vault_oracle::run::{Outcome, Plan, run};
use nomad_vault_oracle::server::Server;
use nomad_vault_oracle::token::TokenQuestion;

/// Asks a real server the questions that the core answers, and compares
#[derive(Debug, Parser)]
#[command(name = "cargo xtask oracle", bin_name = "cargo xtask oracle")]
struct Arguments {
    /// The server's program, `bao`
    #[arg(long, env = "NOMAD_VAULT_ORACLE_SERVER", value_name = "FILE")]
    server: PathBuf,
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Debug, Subcommand)]
enum Kind {
    /// Write token roles: are they taken, what is stored?
    Role(Cases),
    /// Create tokens: policies, life, type, warnings, refusals
    Token(Cases),
    /// A small share of each, for `cargo xtask test`
    Smoke,
}

#[derive(Debug, Args)]
struct Cases {
    /// How many questions to ask
    #[arg(long, visible_alias = "checks", default_value_t = 5_000)]
    cases: usize,
    /// The seeds of the questions; each asks so many
    #[arg(long, value_delimiter = ',', default_value = "1")]
    seed: Vec<u64>,
    /// Do not store questions whose answers differ
    #[arg(long)]
    no_store: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match ask(&arguments) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("oracle: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The number of differences.
fn ask(arguments: &Arguments) -> std::io::Result<usize> {
    let server = Server::start(&arguments.server, &std::env::temp_dir())?;
    let mut client = server.client();
    let mut differences = 0;
    let mut add = |outcome: Outcome| differences += outcome.differences;
    match &arguments.kind {
        Kind::Role(cases) => {
            for plan in plans(cases) {
                add(run::<RoleQuestion>(&mut client, plan)?);
            }
        }
        Kind::Token(cases) => {
            for plan in plans(cases) {
                add(run::<TokenQuestion>(&mut client, plan)?);
            }
        }
        Kind::Smoke => {
            let plan = |checks| Plan { checks, seed: 0, keeps: false };
            add(run::<RoleQuestion>(&mut client, plan(500))?);
            add(run::<TokenQuestion>(&mut client, plan(500))?);
        }
    }
    Ok(differences)
}

fn plans(cases: &Cases) -> Vec<Plan> {
    cases.seed.iter().map(|seed| Plan { checks: cases.cases, seed: *seed, keeps: !cases.no_store }).collect()
}
