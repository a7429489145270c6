//! While a block is being typed into a valid document, the rest of the tree stays.

use std::collections::BTreeSet;

use nomad_vault_core::syntax::{Dialect, NodeKind, parse};
use nomad_vault_core::text::Span;

const POLICY: &str = r#"# What the web application may do.
path "secret/data/web/*" {
  capabilities = ["read", "list"]
}

path "auth/token/renew-self" { capabilities = ["update"] }

path "pki/issue/web"
{
  capabilities = ["create", "update"]
  allowed_parameters = {
    "common_name" = ["web.example.com"]
    "*" = []
  }
}
"#;

const JOB: &str = r#"job "web" {
  datacenters = ["dc1"]

  group "app" {
    count = 2

    task "server" {
      driver = "docker"

      config {
        image = "example/web:1"
        args  = ["-listen", "${NOMAD_ADDR_http}"]
      }

      template {
        data        = <<EOH
{{ with secret "secret/data/web" }}{{ .Data.data.key }}{{ end }}
EOH
        destination = "secrets/key"
      }

      resources {
        cpu = 100
      }
    }
  }
}
"#;

fn nodes(text: &str, dialect: Dialect) -> Vec<(NodeKind, Span)> {
    parse(text.into(), dialect).node_spans().skip(1).collect()
}

/// Types `block` before the line that starts with `before`, key by key: the mean share of nodes kept.
fn mean_share_kept(text: &str, before: &str, block: &str, dialect: Dialect) -> f64 {
    let at = text.find(before).unwrap();
    let old = nodes(text, dialect);
    let mut sum = 0.0;
    for typed in 0..=block.len() {
        let line_end = if typed == block.len() { "" } else { "\n" };
        let inserted = format!("{}{line_end}", &block[..typed]);
        let now = format!("{}{inserted}{}", &text[..at], &text[at..]);
        let new: BTreeSet<_> = nodes(&now, dialect).into_iter().collect();
        let (at, length) = (at as u32, inserted.len() as u32);
        let start = |offset: u32| if offset >= at { offset + length } else { offset };
        let end = |offset: u32| if offset > at { offset + length } else { offset };
        let kept = old
            .iter()
            .filter(|(kind, span)| new.contains(&(*kind, Span::new(start(span.start), end(span.end)))))
            .count();
        sum += kept as f64 / old.len() as f64;
    }
    sum / (block.len() + 1) as f64
}

#[test]
fn a_path_block_in_a_policy() {
    let block = "path \"secret/data/db/*\" {\n  capabilities = [\"read\", \"list\"]\n}\n\n";
    for before in ["path \"auth", "path \"pki"] {
        let share = mean_share_kept(POLICY, before, block, Dialect::Hcl1);
        assert!(share >= 0.97, "before {before}: {share}");
    }
}

#[test]
fn a_vault_block_in_a_job() {
    let block =
        "      vault {\n        policies = [\"web\", \"db\"]\n        change_mode = \"restart\"\n      }\n\n";
    for dialect in [Dialect::Hcl1, Dialect::Hcl2] {
        for before in ["      driver", "      config", "      resources"] {
            let share = mean_share_kept(JOB, before, block, dialect);
            assert!(share >= 0.97, "{dialect:?}, before {before}: {share}");
        }
    }
}

#[test]
fn a_policy_from_nothing_has_a_tree_nearly_always() {
    let prefixes = (1..POLICY.len()).filter(|length| POLICY.is_char_boundary(*length));
    let after_comment = POLICY.find("path").unwrap() + 1;
    for length in prefixes.filter(|length| *length > after_comment) {
        assert!(!nodes(&POLICY[..length], Dialect::Hcl1).is_empty(), "{length}");
    }
}
