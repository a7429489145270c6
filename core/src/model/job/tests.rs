//! One job in the four languages that Nomad reads.

use super::*;
use crate::model::Target;
use crate::syntax::{Dialect, parse};

const HCL: &str = r#"
job "web" {
  vault_token = "t"
  group "app" {
    vault { policies = ["a"] }
    constraint {
      attribute = "${attr.vault.version}"
      version   = ">= 1.0"
    }
    task "one" {
      driver = "docker"
      vault {
        policies    = ["b"]
        change_mode = "signal"
      }
      template {
        data        = "x"
        destination = "local/x"
        wait {
          min = "1s"
        }
      }
    }
    task "two" {}
  }
  task "lone" {}
}
"#;

const HCL_JSON: &str = r#"{"job": {"web": {"vault_token": "t",
  "group": {"app": {"vault": {"policies": ["a"]},
    "constraint": [{"attribute": "${attr.vault.version}", "version": ">= 1.0"}],
    "task": {"one": {"driver": "docker", "vault": [{"policies": ["b"], "change_mode": "signal"}],
      "template": {"data": "x", "destination": "local/x", "wait": {"min": "1s"}}}, "two": {}}}},
  "task": {"lone": {}}}}}"#;

const API_JSON: &str = r#"{"Job": {"ID": "web", "VaultToken": "t", "TaskGroups": [
  {"Name": "app", "Vault": {"Policies": ["a"]},
   "Constraints": [{"LTarget": "${attr.vault.version}", "Operand": "version", "RTarget": ">= 1.0"}],
   "Tasks": [{"Name": "one", "Driver": "docker", "Vault": {"policies": ["b"], "ChangeMode": "signal"},
      "Templates": [{"EmbeddedTmpl": "x", "DestPath": "local/x", "Wait": {"Min": "1s"}}]},
     {"Name": "two", "Vault": null, "Templates": null}]},
  {"Name": "lone", "Tasks": [{"Name": "lone"}]}]}}"#;

fn job(text: &str, dialect: Dialect) -> Job {
    let tree = parse(text.into(), dialect);
    assert_eq!(tree.problems(), [], "{dialect:?}");
    Job::from_tree(&tree, Target::SEED)
}

fn text(attribute: Option<&Attribute>) -> &str {
    attribute.and_then(Attribute::text).unwrap_or("none")
}

#[test]
fn four_languages_give_one_model() {
    for (document, dialect) in
        [(HCL, Dialect::Hcl1), (HCL, Dialect::Hcl2), (HCL_JSON, Dialect::Json), (API_JSON, Dialect::Json)]
    {
        let job = job(document, dialect);
        assert_eq!(job.id.as_ref().map(|id| id.value.as_str()), Some("web"), "{dialect:?}");
        assert_eq!(text(job.vault_token.as_ref()), "t");
        let names: Vec<&str> =
            job.tasks().filter_map(|it| it.task.name.as_ref().map(|name| name.value.as_str())).collect();
        assert_eq!(names, ["one", "two", "lone"], "{dialect:?}");
        let policies: Vec<Vec<&str>> = job
            .tasks()
            .map(|it| it.vault().and_then(|block| block.policies.as_ref()))
            .map(|policies| policies.map(|it| it.texts().map(|(name, _)| name).collect()).unwrap_or_default())
            .collect();
        assert_eq!(policies, [vec!["b"], vec!["a"], vec![]], "{dialect:?}");
        let group = job.groups.first().unwrap();
        let constraint = group.constraints.first().unwrap();
        assert_eq!(text(constraint.attribute.as_ref()), "${attr.vault.version}", "{dialect:?}");
        assert_eq!(text(constraint.operator.as_ref()), "version");
        assert_eq!(text(constraint.value.as_ref()), ">= 1.0");
        let task = group.tasks.first().unwrap();
        assert_eq!(text(task.driver.as_ref()), "docker");
        let template = task.templates.first().unwrap();
        assert_eq!(text(template.data.as_ref()), "x");
        assert_eq!(text(template.destination.as_ref()), "local/x");
        assert_eq!(text(template.wait.as_ref().and_then(|wait| wait.min.as_ref())), "1s");
        assert!(!job.needs_workload_identity());
    }
}

#[test]
fn spans_are_those_of_the_attribute_also_when_it_is_evaluated() {
    let text =
        "variable \"p\" {\n  default = [\"x\"]\n}\njob \"j\" {\n  vault {\n    policies = var.p\n  }\n}\n";
    let job = job(text, Dialect::Hcl2);
    let policies = job.vault.first().and_then(|block| block.policies.as_ref()).unwrap();
    let found: Vec<(&str, &str)> = policies.texts().map(|(name, span)| (name, span.of(text))).collect();
    assert_eq!(found, [("x", "var.p")]);
    assert_eq!(policies.span.of(text), "policies = var.p");
}

#[test]
fn a_role_a_cluster_or_an_identity_for_vault_asks_for_a_newer_nomad() {
    for body in ["vault {\n role = \"r\"\n}", "task \"t\" {\n identity {\n name = \"vault_default\"\n }\n}"] {
        let text = format!("job \"j\" {{\n{body}\n}}\n");
        assert!(job(&text, Dialect::Hcl2).needs_workload_identity(), "{text}");
    }
}
