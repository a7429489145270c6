//! The formats of `nomad-vault check`, against their schemas.

mod support;

use std::fs;

use serde_json::Value;
use support::{BROKEN_POLICY, FIXABLE_ROLE, Folder, GOOD_POLICY, repository};

fn schema(path: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(repository().join(path)).unwrap()).unwrap()
}

fn report_schema() -> jsonschema::Validator {
    jsonschema::validator_for(&schema("docs/schema/report-v1.json")).unwrap()
}

fn sarif_schema() -> jsonschema::Validator {
    let mut schema = schema("tests/corpus/sarif-schema-2.1.0.json");
    // Their pattern has a stray `]`, which strict readers of regular expressions refuse; nothing here uses it.
    for owner in ["run", "toolComponent"] {
        let language = schema.pointer_mut(&format!("/definitions/{owner}/properties/language")).unwrap();
        assert!(language.as_object_mut().unwrap().remove("pattern").is_some());
    }
    jsonschema::validator_for(&schema).unwrap()
}

#[track_caller]
fn assert_valid(schema: &jsonschema::Validator, output: &str) -> Value {
    let output: Value = serde_json::from_str(output).unwrap();
    let errors: Vec<String> =
        schema.iter_errors(&output).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    output
}

/// Documents with findings of many kinds, with fixes and with some left out.
fn folder() -> Folder {
    Folder::with(&[
        ("a b/ü-role.json", FIXABLE_ROLE),
        ("broken.policy", BROKEN_POLICY),
        ("many-role.json", &format!("{{{}}}", "\"period\": 1, ".repeat(500))),
        ("good.policy", GOOD_POLICY),
    ])
}

fn examples() -> [String; 2] {
    ["seed", "recommended"].map(|name| repository().join("examples").join(name).display().to_string())
}

#[test]
fn json_is_what_the_schema_says() {
    let schema = report_schema();
    let folder = folder();
    let report = assert_valid(&schema, &folder.run(&["check", "--format", "json"]).exits(3).stdout);
    assert_eq!(report["version"], 1);
    assert_eq!(report["documents"].as_array().unwrap().len(), 4);
    assert_eq!(report["documents"][3]["name"], "many-role.json");
    assert!(report["documents"][3]["omitted"].as_u64().unwrap() > 200, "{}", report["documents"]);
    for example in examples() {
        assert_valid(&schema, &folder.run(&["check", "--format", "json", &example]).stdout);
    }
    // The schema is strict enough to notice.
    let mut wrong = report.clone();
    wrong["diagnostics"][0]["range"]["start"]["line"] = 0.into();
    assert!(!schema.is_valid(&wrong));
}

#[test]
fn sarif_is_what_the_standard_says() {
    let schema = sarif_schema();
    let folder = folder();
    let log = assert_valid(&schema, &folder.run(&["check", "--format", "sarif"]).exits(3).stdout);
    let run = &log["runs"][0];
    for result in run["results"].as_array().unwrap() {
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
    }
    let locations = run["results"].as_array().unwrap().iter();
    let mut uris =
        locations.map(|result| &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]);
    assert!(uris.any(|uri| uri == "a%20b/%C3%BC-role.json"));
    for example in examples() {
        assert_valid(&schema, &folder.run(&["check", "--format", "sarif", &example]).stdout);
    }
}

#[test]
fn an_output_file_gets_the_findings() {
    let folder = folder();
    let run = folder.run(&["check", "--format", "json", "--output", "out.txt"]).exits(3);
    assert_eq!(run.stdout, "");
    assert_eq!(folder.read("out.txt"), folder.run(&["check", "--format", "json"]).stdout);
    let run = folder.run(&["check", "--output", "no/such/folder.txt"]).exits(1);
    assert!(run.stderr.contains("no/such/folder.txt: "), "{}", run.stderr);
}

#[test]
fn github_annotations_name_file_line_and_column() {
    let folder = Folder::with(&[("broken.policy", BROKEN_POLICY)]);
    let run = folder.run(&["check", "--format", "github"]).exits(3);
    let start =
        "::error file=broken.policy,line=1,endLine=1,col=17,endColumn=18,title=SYN012 unclosed-object::";
    assert!(run.stdout.starts_with(start), "{}", run.stdout);
    assert_eq!(run.stdout.lines().count(), 1);
}

#[test]
fn findings_beyond_the_limit_are_counted() {
    let folder = folder();
    let count = |format| {
        let run = folder.run(&["check", "--select", "SYN", "--format", format, "many-role.json"]).exits(3);
        assert!(run.stdout.contains("more findings"), "{}", run.stdout);
        run.stdout.lines().filter(|line| line.contains("SYN024")).count()
    };
    assert!((190..=200).contains(&count("concise")));
    assert!(count("github") <= 200);
    count("full");
    count("sarif");
}
