//! The role rules, by table: what is underlined for which role and target.

use nomad_vault_core::{Bundle, CheckOptions, DocumentKind, TargetRequest, check};

/// The findings about a bundle, as `CODE text` with the text that is underlined.
fn findings(documents: &[(&str, DocumentKind, &str)], target: &str) -> Vec<String> {
    let mut bundle = Bundle::new();
    for (name, kind, text) in documents {
        bundle.add(name, *kind, text);
    }
    let options = CheckOptions { target: TargetRequest::parse(target).unwrap(), ..CheckOptions::default() };
    let report = check(&bundle, &options);
    let line = |diagnostic: &nomad_vault_core::Diagnostic| {
        let text = bundle.document(diagnostic.document).map_or("", |document| document.text());
        format!("{} {}", diagnostic.code, diagnostic.span.of(text))
    };
    report.diagnostics.iter().filter(|each| each.code.starts_with("ROLE")).map(line).collect()
}

fn role(text: &str, target: &str) -> Vec<String> {
    findings(&[("role.json", DocumentKind::TokenRole, text)], target)
}

const SEED_ROLE: &str = r#"{
  "allowed_policies": "<comma-seperated list of policies>",
  "explicit_max_ttl": 0,
  "name": "nomad",
  "orphan": false,
  "period": 259200,
  "renewable": true
}
"#;

const SEED_POLICY: &str = r#"# Allow creating tokens under the role
path "auth/token/create/nomad-server" {
    capabilities = ["create", "update"]
}

# Allow looking up the role
path "auth/token/roles/nomad-server" {
    capabilities = ["read"]
}
"#;

#[test]
fn the_page_of_nomad_0_5_gives_its_two_findings() {
    let placeholder = "ROLE010 \"<comma-seperated list of policies>\"";
    let by_policy = [
        ("policy.hcl", DocumentKind::Policy, SEED_POLICY),
        ("role.json", DocumentKind::TokenRole, SEED_ROLE),
    ];
    let by_file = [("data/nomad-server-role.json", DocumentKind::TokenRole, SEED_ROLE)];
    for target in ["nomad=0.5.0,vault=0.6.2", "nomad=1.6.10"] {
        // With the policy beside it, XREF001 speaks of the name.
        assert_eq!(findings(&by_policy, target), [placeholder], "{target}");
        assert_eq!(findings(&by_file, target), [placeholder, "ROLE001 \"nomad\""], "{target}");
    }
}

/// A whole role with further members, for the newest Nomad.
fn with(members: &str) -> String {
    format!(r#"{{"allowed_policies": "web", "orphan": true, {members}}}"#)
}

#[test]
fn fields_are_judged_as_the_server_and_nomad_judge_them() {
    let table: &[(&str, &[&str])] = &[
        (r#""period": 60"#, &[]),
        (r#""period": "72h""#, &[]),
        (r#""period": "500ms""#, &["ROLE008 \"500ms\""]),
        (r#""period": null"#, &["ROLE008 null"]),
        (r#""period": """#, &["ROLE008 \"\""]),
        (r#""period": "1w""#, &["ROLE015 \"1w\""]),
        (r#""period": 1e3"#, &["ROLE015 1e3"]),
        (r#""period": [1]"#, &["ROLE015 [1]"]),
        (r#""period": "9999h""#, &["ROLE027 \"9999h\""]),
        (r#""renewable": true"#, &["ROLE008 {"]),
        (r#""period": 60, "renewable": "f""#, &["ROLE006 \"f\""]),
        (r#""period": 60, "renewable": 0"#, &["ROLE006 0"]),
        (r#""period": 60, "renewable": null"#, &["ROLE012 null"]),
        (r#""period": 60, "renewable": []"#, &["ROLE016 []"]),
        (r#""period": 60, "explicit_max_ttl": "1h""#, &["ROLE007 \"1h\""]),
        (r#""period": 60, "token_period": 60"#, &["ROLE014 \"period\""]),
        (r#""period": 60, "token_type": 5"#, &["ROLE017 5"]),
        (r#""period": 60, "token_type": null"#, &["ROLE017 null"]),
        (r#""period": 60, "token_num_uses": -1"#, &["ROLE016 -1"]),
        (r#""period": 60, "token_num_uses": 3"#, &["ROLE028 3"]),
        (r#""period": 60, "token_bound_cidrs": "10.0.0.0/8,nope""#, &["ROLE023 nope"]),
        (r#""period": 60, "path_suffix": "!!abc!!""#, &[]),
        (r#""period": 60, "path_suffix": "a..b""#, &["ROLE024 \"a..b\""]),
        (r#""period": 60, "disallowed_policies": "x,WEB""#, &["ROLE031 web"]),
        (r#""period": 60, "disallowed_policies": "default""#, &["ROLE022 default"]),
        (r#""period": 60, "num_uses": 5"#, &["ROLE013 \"num_uses\""]),
        (r#""period": 60, "_comment": 5"#, &[]),
        (r#""period": 60, "token_type": "batch""#, &["ROLE021 \"batch\""]),
        (r#""renewable": false, "token_type": "batch""#, &["ROLE020 \"batch\""]),
    ];
    for (members, expected) in table {
        assert_eq!(role(&with(members), "nomad=1.6.10"), *expected, "{members}");
    }
}

#[test]
fn lists_are_judged_by_what_is_stored() {
    let table: &[(&str, &[&str])] = &[
        (r#""allowed_policies": ["a,b"]"#, &["ROLE011 \"a,b\""]),
        (r#""allowed_policies": " ROOT , a""#, &["ROLE018 ROOT"]),
        (r#""allowed_policies": "*""#, &["ROLE030 *"]),
        (r#""allowed_policies": """#, &["ROLE029 \"\""]),
        (r#""allowed_policies": null"#, &["ROLE029 null"]),
        (r#""allowed_policies": {"a": 1}"#, &["ROLE016 {\"a\": 1}"]),
        (r#""allowed_policies": "web,nomad-server""#, &["ROLE019 nomad-server"]),
        (r#""allowed_policies_glob": "web-*""#, &["ROLE025 \"allowed_policies_glob\""]),
        (r#""allowed_policies_glob": "*""#, &["ROLE026 \"*\""]),
        (r#""disallowed_policies": "nomad-server""#, &["ROLE026 \"disallowed_policies\""]),
        (r#""allowed_polices": "web""#, &["ROLE013 \"allowed_polices\""]),
        (r#""orphan": true"#, &["ROLE029 {"]),
    ];
    for (members, expected) in table {
        let text = format!(r#"{{"period": 60, {members}}}"#);
        assert_eq!(role(&text, "nomad=1.6.10"), *expected, "{members}");
    }
}

#[test]
fn old_releases_see_less() {
    let table: &[(&str, &str, &[&str])] = &[
        (r#""token_period": 60"#, "nomad=0.10.1", &["ROLE008 \"token_period\""]),
        (r#""token_period": 60"#, "nomad=0.10.2", &[]),
        (r#""token_period": 60"#, "nomad=0.10.2,vault=0.6.2", &["ROLE008 \"token_period\""]),
        (r#""period": 60, "token_period": 60"#, "nomad=0.10.1", &["ROLE008 \"token_period\""]),
        (r#""period": 60, "token_explicit_max_ttl": 60"#, "nomad=0.10.1", &["ROLE009 60"]),
        (r#""period": 60, "token_explicit_max_ttl": 60"#, "nomad=0.10.2", &["ROLE007 60"]),
        (r#""period": 60"#, "nomad=0.7.1", &["ROLE003 true"]),
        (r#""period": 60"#, "nomad=0.8.0", &[]),
        (r#""period": 60, "disallowed_policies": ["x"]"#, "nomad=0.8.0,vault=0.6.2", &["ROLE016 [\"x\"]"]),
    ];
    for (members, target, expected) in table {
        assert_eq!(role(&with(members), target), *expected, "{members} for {target}");
    }
}

#[test]
fn half_typed_roles_have_no_findings_about_what_is_not_there_yet() {
    for text in
        ["{", "{\"", "{\"allowed_policies\": \"web\", \"per", "{\"period\": ", "{\"renewable\": fals", ""]
    {
        assert_eq!(role(text, "nomad=1.6.10"), [""; 0], "{text}");
    }
}

#[test]
fn a_role_of_another_method_is_left_alone() {
    assert_eq!(role(r#"{"role_type": "jwt", "user_claim": "/nomad_job_id"}"#, "nomad=1.7.0"), [""; 0]);
}
