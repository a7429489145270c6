//! `cargo xtask oracle`: asks a real server, and compares.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use nomad_vault_oracle::acl::AclQuestion;
use nomad_vault_oracle::http::Client;
use nomad_vault_oracle::parse::{ParseQuestion, VerdictQuestion};
use nomad_vault_oracle::role::RoleQuestion;
use nomad_vault_oracle::run::{Plan, run};
use nomad_vault_oracle::server::Server;
use nomad_vault_oracle::token::TokenQuestion;
use nomad_vault_oracle::{Question, case, scenario, speed};

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
    /// What a token may do: capabilities of paths
    Acl(Cases),
    /// Write policies: are they taken, what does the server say to one that is not?
    Parse(Cases),
    /// Write policies: are they taken?
    Verdict(Cases),
    /// Write the server's answers into a file of stored cases, for cases written by hand
    Answer {
        /// A file of `tests/corpus/oracle`; the `answer` of a case may be `null`
        file: PathBuf,
    },
    /// Write the seed's documents, as they are and repaired, and do with them what Nomad does
    Scenario,
    /// How long the server takes for an answer of `sys/capabilities`, by the number of rules
    Speed,
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
    let client = &mut server.client();
    match &arguments.kind {
        Kind::Role(cases) => all::<RoleQuestion>(client, cases),
        Kind::Token(cases) => all::<TokenQuestion>(client, cases),
        Kind::Acl(cases) => all::<AclQuestion>(client, cases),
        Kind::Parse(cases) => all::<ParseQuestion>(client, cases),
        Kind::Verdict(cases) => all::<VerdictQuestion>(client, cases),
        Kind::Answer { file } => case::answer(file, client),
        Kind::Scenario => scenario::run(client),
        Kind::Speed => speed::measure(client).map(|()| 0),
        Kind::Smoke => smoke(client),
    }
}

/// The last line is that of a test runner, for whoever counts tests.
fn smoke(client: &mut Client) -> std::io::Result<usize> {
    let share = |cases| Cases { cases, seed: vec![0], no_store: true };
    let differences = [
        all::<RoleQuestion>(client, &share(1_000))?,
        all::<TokenQuestion>(client, &share(1_000))?,
        all::<VerdictQuestion>(client, &share(2_000))?,
        all::<AclQuestion>(client, &share(20_000))?,
        scenario::run(client)?,
    ];
    let failed = differences.iter().filter(|differences| **differences > 0).count();
    let (verdict, passed) = (if failed == 0 { "ok" } else { "FAILED" }, differences.len() - failed);
    println!("test result: {verdict}. {passed} passed; {failed} failed; 0 ignored");
    Ok(differences.iter().sum())
}

/// Asks for each seed; the number of differences.
fn all<Q: Question>(client: &mut Client, cases: &Cases) -> std::io::Result<usize> {
    let mut differences = 0;
    for seed in &cases.seed {
        let plan = Plan { checks: cases.cases, seed: *seed, keeps: !cases.no_store };
        differences += run::<Q>(client, plan)?.differences;
    }
    Ok(differences)
}
