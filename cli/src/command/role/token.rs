//! `nomad-vault role token`.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use nomad_vault_core::diagnostic::render::visible_lines;
use nomad_vault_core::model::Seconds;
use nomad_vault_core::text::MAX_DOCUMENT_BYTES;
use nomad_vault_core::wire::answer::{AnswerErrorKind, role_token};
use nomad_vault_core::wire::{self, RefusalOf, RoleToken, RoleTokenRequest};

use crate::exit::{Error, Exit};
use crate::output;

/// Tell which token a role and a request lead to, as the server would answer
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  nomad-vault role token -r role.json --request '{\"policies\": [\"web\"]}'
  nomad-vault role token -r role.json --request request.json --parent lookup-self.json
  nomad-vault role token -r role.json --request request.json --dialect vault-0.6.2 --format json

Without --parent a root token asks. The end is 4 when the server would refuse.")]
pub(crate) struct Token {
    /// The role, as it is written or as it is read back; without it the token is made without a role
    #[arg(short, long, value_name = "FILE")]
    role: Option<PathBuf>,
    /// The body of the request: a file, `-`, or the JSON itself
    #[arg(long, value_name = "FILE|JSON", default_value = "{}")]
    request: PathBuf,
    /// The lookup of the token that asks
    #[arg(long, value_name = "FILE")]
    parent: Option<PathBuf>,
    /// The role's name in the URL, where it is not the one in its text
    #[arg(long, value_name = "NAME")]
    role_name: Option<String>,
    /// The policies of the token that asks grant `sudo` on the path
    #[arg(long)]
    sudo: bool,
    /// The server: `openbao-2.7`, `vault-0.6.2`
    #[arg(long, value_name = "SERVER")]
    dialect: Option<String>,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t = Format::Full)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Full,
    /// For programs
    Json,
}

impl Token {
    pub(crate) fn run(self) -> Result<Exit, Error> {
        let request = RoleTokenRequest {
            role: self.role.as_deref().map(read).transpose()?,
            role_name: self.role_name,
            request: read_request(&self.request)?,
            parent: self.parent.as_deref().map(read).transpose()?,
            sudo: self.sudo,
            dialect: self.dialect,
            ..RoleTokenRequest::default()
        };
        let text = role_token(&serde_json::to_string(&request).map_err(io::Error::from)?);
        let Ok(answer) = serde_json::from_str::<RoleToken>(&text) else {
            return Err(misuse(&text)?);
        };
        match self.format {
            Format::Json => output::print(&format!("{text}\n"))?,
            Format::Full => output::print_styled(&full(&answer))?,
        }
        Ok(if answer.refusal.is_some() { Exit::Denied } else { Exit::Clean })
    }
}

/// The error of an answer that is none.
fn misuse(text: &str) -> Result<Error, Error> {
    let answer: wire::answer::ErrorAnswer = serde_json::from_str(text).map_err(io::Error::from)?;
    Ok(match answer.error.kind {
        AnswerErrorKind::Target => Error::Usage(format!("--dialect: {}", answer.error.message)),
        _ => Error::Usage(answer.error.message),
    })
}

fn read_request(path: &Path) -> Result<String, Error> {
    let text = path.to_string_lossy();
    if text.starts_with('{') { Ok(text.into_owned()) } else { read(path) }
}

fn read(path: &Path) -> Result<String, Error> {
    let name = path.display().to_string();
    let mut text = String::new();
    let limit = MAX_DOCUMENT_BYTES as u64;
    let result = if path.as_os_str() == "-" {
        io::stdin().lock().take(limit + 1).read_to_string(&mut text)
    } else {
        File::open(path).and_then(|file| file.take(limit + 1).read_to_string(&mut text))
    };
    result.map_err(|error| Error::file(&name, error))?;
    if text.len() as u64 > limit {
        return Err(Error::file(name, "is larger than 8 MiB, the most that is read"));
    }
    Ok(text)
}

const BOLD: &str = "\u{1b}[1m";
const RED: &str = "\u{1b}[1;91m";
const YELLOW: &str = "\u{1b}[1;93m";
const RESET: &str = "\u{1b}[0m";

fn full(answer: &RoleToken) -> String {
    let mut text = String::new();
    let role_warnings = answer.role.iter().flat_map(|role| &role.warnings);
    let token_warnings = answer.token.iter().flat_map(|token| &token.warnings);
    if let Some(token) = &answer.token {
        for (name, value) in facts(token) {
            text.push_str(&format!("{BOLD}{name:<16}{RESET} {}\n", visible_lines(&value)));
        }
    }
    for warning in role_warnings.chain(token_warnings) {
        text.push_str(&format!("{YELLOW}warning{RESET}: {}\n", visible_lines(warning)));
    }
    if let Some(refusal) = &answer.refusal {
        let what = match refusal.of {
            RefusalOf::Role => "the role",
            RefusalOf::Token => "the token",
        };
        let status = refusal.status;
        text.push_str(&format!("{RED}refused{RESET}: {what}, by {} with status {status}\n", answer.dialect));
        for error in &refusal.errors {
            text.push_str(&format!("  {}\n", visible_lines(error.trim_end())));
        }
    }
    text
}

fn facts(token: &wire::CreatedToken) -> Vec<(&'static str, String)> {
    let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
    let ttl = match token.ttl {
        0 => "without end".to_owned(),
        ttl => format!("{} ({ttl} s)", Seconds(ttl)),
    };
    let mut facts = vec![
        ("policies", token.policies.join(", ")),
        ("ttl", ttl),
        ("type", token.token_type.clone()),
        ("renewable", yes(token.renewable)),
        ("orphan", yes(token.orphan)),
        ("path", token.path.clone()),
    ];
    if token.period > 0 && token.renewable {
        facts.push(("period", format!("{}: what each renewal gives", Seconds(token.period))));
    }
    if token.explicit_max_ttl > 0 {
        facts.push(("explicit_max_ttl", format!("{}: it ends then", Seconds(token.explicit_max_ttl))));
    }
    if token.num_uses > 0 {
        facts.push(("num_uses", token.num_uses.to_string()));
    }
    if !token.bound_cidrs.is_empty() {
        facts.push(("bound_cidrs", token.bound_cidrs.join(", ")));
    }
    facts
}
