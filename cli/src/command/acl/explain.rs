//! `nomad-vault acl explain`.

use std::io;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use nomad_vault_core::acl::OperationKind;
use nomad_vault_core::diagnostic::render::{self, RenderOptions, explanation};
use nomad_vault_core::wire::PositionEncoding;
use nomad_vault_core::wire::acl::{AclExplanation, Asked, Members};

use crate::exit::{Error, Exit};
use crate::output;
use crate::policies::{self, Server};

/// Explain why a request is allowed or denied, and what would have to be written
#[derive(Args, Debug)]
#[command(after_help = "\
Exit codes:
  0  allowed
  1  a file could not be read
  2  wrong usage
  3  the server refuses one of the policies
  4  denied

Examples:
  nomad-vault acl explain -p web.hcl -o read secret/data/web
  nomad-vault acl explain -p nomad-server.hcl -o update auth/token/lookup
  nomad-vault acl explain -p base.hcl -p ci.hcl -o update --param ttl=1h auth/token/create
  nomad-vault acl explain -p team.hcl --identity bob.json -o list secret/metadata/bob/

`-p root` is the built-in policy.")]
pub(crate) struct Explain {
    /// A policy of the token: a file, a folder of policies, `-`, or `root`; may be given several times
    #[arg(short, long = "policy", value_name = "FILE", required = true)]
    policies: Vec<PathBuf>,

    /// What is asked of the server. A POST or PUT is `create` where the server can tell that nothing is there
    /// yet, else `update`
    #[arg(short, long, value_name = "OPERATION", value_parser = PossibleValuesParser::new(OperationKind::ALL.map(OperationKind::as_str)))]
    operation: String,

    /// A parameter of the request: `ttl=1h` is a text, `renewable:=true` is JSON; may be given several times
    #[arg(long, value_name = "NAME=VALUE", value_parser = parse_parameter)]
    param: Vec<(String, serde_json::Value)>,

    /// The TTL that the answer is to be wrapped for: `60`, `1m`
    #[arg(long, value_name = "TTL")]
    wrap_ttl: Option<String>,

    /// The path, without `/v1/`
    #[arg(value_name = "PATH")]
    path: String,

    /// The form of the answer
    #[arg(long, value_enum, default_value_t = Format::Full)]
    format: Format,

    #[command(flatten)]
    server: Server,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Full,
    /// For programs
    Json,
}

/// `name=text` or `name:=JSON`.
fn parse_parameter(text: &str) -> Result<(String, serde_json::Value), String> {
    let usage = "write `name=text`, or `name:=JSON` for a value that is no text";
    let (name, value) = text.split_once('=').ok_or(usage)?;
    let (name, value) = match name.strip_suffix(':') {
        Some(name) => {
            let value =
                serde_json::from_str(value).map_err(|error| format!("`{value}` is no JSON: {error}"))?;
            (name, value)
        }
        None => (name, value.into()),
    };
    if name.is_empty() {
        return Err(usage.to_owned());
    }
    Ok((name.to_owned(), value))
}

impl Explain {
    pub(crate) fn run(self) -> Result<Exit, Error> {
        let parameters = Members::from_iter(self.param);
        let asked = Asked::read(&self.operation, &parameters, self.wrap_ttl.as_deref())
            .map_err(|error| Error::Usage(error.message))?;
        let policies = policies::load(&self.policies, self.server.dialect)?;
        if policies::tell_refusals(&policies) {
            return Ok(Exit::Findings);
        }
        let acl = policies.acl(&self.server.identity()?);
        let (text, is_allowed) = asked.on(&self.path, |operation| {
            let explained = acl.explain(operation);
            let text = match self.format {
                Format::Full => {
                    let colour = output::stdout_has_colour();
                    let options = RenderOptions { colour, ..RenderOptions::new(render::Format::Full) };
                    Ok(explanation(&policies.bundle, &explained, options))
                }
                Format::Json => {
                    let answer = AclExplanation::new(&policies, &explained, PositionEncoding::Utf8);
                    serde_json::to_string_pretty(&answer).map(|text| text + "\n")
                }
            };
            (text, explained.decision.is_allowed)
        });
        output::print(&text.map_err(io::Error::from)?)?;
        Ok(if is_allowed { Exit::Clean } else { Exit::Denied })
    }
}
