//! The policy rules, by table: what is underlined for which policy and target.

use nomad_vault_core::{Bundle, CheckOptions, DocumentKind, TargetRequest, check};

/// The findings about a policy, as `CODE text` with the text that is underlined.
fn policy(text: &str, target: &str) -> Vec<String> {
    let mut bundle = Bundle::new();
    bundle.add("policy.hcl", DocumentKind::Policy, text);
    let options = CheckOptions { target: TargetRequest::parse(target).unwrap(), ..CheckOptions::default() };
    let report = check(&bundle, &options);
    let line = |diagnostic: &nomad_vault_core::Diagnostic| {
        format!("{} {}", diagnostic.code, diagnostic.span.of(text))
    };
    report.diagnostics.iter().filter(|each| each.code.starts_with("POL")).map(line).collect()
}

/// The findings for the newest server that was measured.
fn newest(text: &str) -> Vec<String> {
    policy(text, "vault=openbao-2.7")
}

#[test]
fn what_the_server_refuses() {
    let table: [(&str, &[&str]); 22] = [
        ("paths \"a\" { capabilities = [\"read\"] }", &["POL001 paths"]),
        ("path \"a\" { capabilities = [\"read\"] ttl = 3 }", &["POL001 ttl"]),
        ("path \"a\" { capabilities = [\"Read\", \"write\"] }", &["POL002 \"Read\"", "POL002 \"write\""]),
        ("path \"a\" { capabilities = [\"subscribe\"] }", &["POL002 \"subscribe\""]),
        ("path \"a\" { capabilities = \"read\" }", &["POL003 \"read\""]),
        ("path = \"a\"", &["POL003 \"a\""]),
        ("path \"a\" { policy = [\"read\"] }", &["POL003 [\"read\"]"]),
        ("path \"a\" { capabilities = [\"read\"] pagination_limit = \"x\" }", &["POL004 \"x\""]),
        ("path \"a/+*\" { capabilities = [\"read\"] }", &["POL005 \"a/+*\""]),
        ("path \"a/{{b\" { capabilities = [\"read\"] }", &["POL006 \"a/{{b\""]),
        ("path \"a\" { policy = \"root\" }", &["POL007 \"root\""]),
        ("path \"a\" { capabilities = [\"read\"] min_wrapping_ttl = \"x\" }", &["POL008 \"x\""]),
        ("path \"a\" { policy = \"read\" min_wrapping_ttl = 2 max_wrapping_ttl = 1 }", &["POL009 1"]),
        ("path \"a\" { policy = \"read\" expiration = \"tomorrow\" }", &["POL010 \"tomorrow\""]),
        ("path \"a\" { policy = \"read\" control_group = { } }", &["POL011 { }"]),
        ("path \"a\" { policy = \"read\" list_scan_response_keys_filter_path = \"x\" }", &["POL012 \"x\""]),
        ("path \"a\\777\" { policy = \"read\" }", &["POL013 \"a\\777\""]),
        // Behind `deny` and in an expired block the server looks no further.
        ("path \"a\" { policy = \"deny\" min_wrapping_ttl = \"x\" }", &[]),
        // Half-typed documents do not cascade.
        ("path \"a\" { capabilities = [", &[]),
        ("path \"a\" { capabilities = ", &[]),
        ("path \"a\" { capabilities = [\"rea", &[]),
        ("= 3", &[]),
    ];
    for (text, expected) in table {
        assert_eq!(newest(text), expected, "{text}");
    }
}

#[test]
fn dialects_differ() {
    let patch = "path \"a\" { capabilities = [\"patch\", \"read\"] }";
    assert_eq!(policy(patch, "nomad=0.5.0,vault=0.6.2"), ["POL002 \"patch\""]);
    assert!(newest(patch).is_empty());
    let limit = "path \"a\" { capabilities = [\"list\"] pagination_limit = 3 }";
    assert_eq!(policy(limit, "vault=1.15"), ["POL001 pagination_limit"]);
    let twice = "path \"a\" { capabilities = [\"list\"] capabilities = [\"read\"] }";
    assert_eq!(policy(twice, "vault=2.0"), ["POL014 capabilities"]);
    let plus = "path \"a/+*\" { capabilities = [\"read\"] }";
    assert!(!policy(plus, "vault=0.6.2").contains(&"POL005 \"a/+*\"".to_owned()));
}

#[test]
fn what_the_server_swallows() {
    let table: [(&str, &[&str]); 38] = [
        ("path \"a\" { policy = \"read\" policy = \"write\" }", &["POL015 policy"]),
        ("path \"a\" { comment = 1 comment = 2 policy = \"read\" }", &[]),
        ("path \"/a\" { policy = \"read\" }", &[]),
        ("path \"//a\" { policy = \"read\" }", &["POL016 \"//a\""]),
        ("path \"\" { policy = \"read\" }", &["POL016 \"\""]),
        ("path \"*\" { policy = \"read\" }", &[]),
        ("path \"a/*/b\" { policy = \"read\" }", &["POL016 \"a/*/b\""]),
        ("path \"a**\" { policy = \"read\" }", &["POL016 \"a**\""]),
        ("path \"+/a*\" { policy = \"read\" }", &[]),
        ("path \"+/*/a\" { policy = \"read\" }", &["POL016 \"+/*/a\""]),
        ("path \"v1/secret/*\" { policy = \"read\" }", &["POL016 \"v1/secret/*\""]),
        ("path { policy = \"read\" }", &["POL017 path"]),
        ("{\"path\": {\"policy\": \"read\"}}", &["POL017 \"path\""]),
        ("path \"path\" { policy = \"read\" }", &[]),
        ("path \"a\" \"b\" { policy = \"read\" }", &["POL018 \"b\""]),
        ("path \"a\" { }", &["POL019 path \"a\""]),
        ("path \"a\" { capabilities = [] }", &["POL019 path \"a\""]),
        ("path \"a\" { capabilities = [\"x\"] }", &["POL002 \"x\""]),
        ("path \"a\" { capabilities = [\"read\", \"deny\", \"reed\"] }", &["POL020 \"deny\""]),
        ("path \"a\" { policy = \"deny\" capabilities = [\"read\"] }", &["POL020 \"deny\""]),
        ("path \"auth/token/create\" { capabilities = [\"create\"] }", &["POL021 \"create\""]),
        ("path \"auth/token/roles/a\" { capabilities = [\"create\"] }", &[]),
        ("path \"auth/token/lookup/+\" { policy = \"read\" }", &["POL022 \"auth/token/lookup/+\""]),
        (
            "path \"auth/token/lookup/*\" { policy = \"read\" } path \"auth/token/*\" { policy = \"sudo\" }",
            &[],
        ),
        ("path \"auth/token/lookup/*\" { policy = \"deny\" }", &[]),
        ("path \"a\" { policy = \"write\" allowed_parameters = { x = [1, true] } }", &["POL023 1"]),
        ("path \"a\" { policy = \"write\" allowed_parameters = { \"*\" = [1] } }", &[]),
        ("path \"a\" { policy = \"write\" denied_parameters = { x = [\"*\"] } }", &["POL024 \"*\""]),
        (
            "path \"a\" { policy = \"write\" denied_parameters = { x = [\"a*b\", \"*b*\"] } }",
            &["POL024 \"a*b\""],
        ),
        ("path \"a\" { policy = \"write\" required_parameters = [\"aB\"] }", &["POL025 \"aB\""]),
        (
            "path \"a\" { policy = \"read\" min_wrapping_ttl = 9 } path \"/a\" { policy = \"read\" max_wrapping_ttl = 3 }",
            &["POL026 3"],
        ),
        (
            "path \"a\" { policy = \"read\" max_wrapping_ttl = 3 } path \"b\" { policy = \"read\" min_wrapping_ttl = 9 }",
            &[],
        ),
        ("path \"a*\" { policy = \"deny\" } path \"/a*\" { policy = \"read\" }", &["POL027 path \"/a*\""]),
        ("path \"a*\" { policy = \"deny\" } path \"a\" { policy = \"read\" }", &["POL032 \"a*\""]),
        ("path \"a/{{identity.entity.id}}\" { policy = \"deny\" }", &["POL028 \"a/{{identity.entity.id}}\""]),
        ("path \"{{identity.groups}}\" { policy = \"read\" }", &["POL029 \"{{identity.groups}}\""]),
        ("path \"a\" { policy = \"read\" expiration = 1 }", &["POL030 1"]),
        ("{\"path\": {\"a\": {\"policy\": \"read\"}}} more", &["POL031 more"]),
    ];
    for (text, expected) in table {
        assert_eq!(newest(text), expected, "{text}");
    }
}

#[test]
fn what_a_more_specific_block_does() {
    let table: [(&str, &[&str]); 19] = [
        // A `deny` that is the more specific one, or has nothing in common with the grant.
        ("path \"a/*\" { policy = \"read\" } path \"a/b/*\" { policy = \"deny\" }", &[]),
        ("path \"a/+/c\" { policy = \"deny\" } path \"a/*\" { policy = \"read\" }", &[]),
        ("path \"a/+/c\" { policy = \"deny\" } path \"b/x/*\" { policy = \"read\" }", &[]),
        ("path \"a/+/c\" { policy = \"deny\" } path \"a/b/*\" { policy = \"read\" }", &["POL032 \"a/+/c\""]),
        (
            "path \"a/+/c\" { policy = \"deny\" } path \"a/b/*\" { policy = \"read\" } path \"a/b/c\" { policy = \"deny\" }",
            &[],
        ),
        ("path \"a/*\" { policy = \"deny\" } path \"a/b\" { policy = \"read\" }", &["POL032 \"a/*\""]),
        // Less of what a wider block grants may be meant; the same and more is.
        ("path \"a/*\" { policy = \"write\" } path \"a/b\" { capabilities = [\"create\", \"update\"] }", &[]),
        ("path \"a/*\" { policy = \"read\" } path \"a/b\" { policy = \"write\" }", &[]),
        (
            "path \"a/*\" { policy = \"read\" } path \"a/b\" { capabilities = [\"update\"] }",
            &["POL033 \"a/b\""],
        ),
        (
            "path \"a/*\" { policy = \"read\" } path \"a/b\" { capabilities = [\"update\"] } path \"a/b\" { policy = \"read\" }",
            &[],
        ),
        ("path \"t/*\" { policy = \"read\" } path \"t/encrypt/k\" { capabilities = [\"update\"] }", &[]),
        (
            "path \"a/+/c\" { policy = \"read\" } path \"a/b/c\" { capabilities = [\"update\"] }",
            &["POL033 \"a/b/c\""],
        ),
        (
            "path \"sys/*\" { policy = \"sudo\" } path \"sys/audit\" { policy = \"read\" }",
            &["POL034 \"sys/audit\""],
        ),
        ("path \"sys/raw/*\" { policy = \"write\" }", &["POL034 \"sys/raw/*\""]),
        ("path \"sys/raw*\" { policy = \"write\" } path \"sys/audit*\" { policy = \"sudo\" }", &[]),
        ("path \"sys/raw/*\" { policy = \"write\" } path \"sys/raw/*\" { policy = \"sudo\" }", &[]),
        (
            "path \"a\" { policy = \"read\" } path \"/a\" { policy = \"write\" max_wrapping_ttl = 60 }",
            &["POL036 \"a\""],
        ),
        (
            "path \"a\" { policy = \"write\" allowed_parameters = { \"*\" = [] } } path \"a\" { policy = \"write\" allowed_parameters = { b = [] } }",
            &[],
        ),
        (
            "path \"a\" { capabilities = [\"list\"] } path \"a\" { policy = \"write\" denied_parameters = { b = [] } }",
            &[],
        ),
    ];
    for (text, expected) in table {
        assert_eq!(newest(text), expected, "{text}");
    }
    let listing = "path \"a/*\" { policy = \"read\" } path \"a/b/*\" { policy = \"deny\" }";
    assert_eq!(policy(listing, "vault=openbao-2.5"), ["POL035 \"a/b/*\""]);
    assert!(policy(listing, "vault=openbao-2.6").is_empty());
}

#[test]
fn templates_of_every_kind_are_known() {
    for directive in [
        "identity.entity.name",
        "identity.entity.metadata.team",
        "identity.entity.aliases.auth_jwt_1.name",
        "identity.entity.aliases.auth_jwt_1.custom_metadata.a",
        "identity.groups.names.my.group.id",
        "identity.groups.ids.1-2.metadata.a",
        "time.now.plus.1h",
    ] {
        assert!(newest(&format!("path \"a/{{{{ {directive} }}}}\" {{ policy = \"read\" }}")).is_empty());
    }
}

#[test]
fn older_servers_take_wildcards_and_templates_for_letters() {
    let plus = "path \"a/+/b\" { capabilities = [\"read\"] }";
    assert_eq!(policy(plus, "vault=0.6.2"), ["POL016 \"a/+/b\""]);
    let template = "path \"a/{{identity.entity.id}}\" { capabilities = [\"deny\"] }";
    assert_eq!(policy(template, "vault=0.6.2"), ["POL016 \"a/{{identity.entity.id}}\""]);
    let url = "path \"auth/token/lookup/*\" { capabilities = [\"read\"] }";
    assert!(policy(url, "vault=0.6.2").is_empty());
}

#[test]
fn large_policies_stay_linear() {
    let rules: String = (0..100_000)
        .map(|index| format!("path \"secret/{index}\" {{ capabilities = [\"create\", \"deny\"] }}\n"))
        .collect();
    assert!(!newest(&rules).is_empty());
    let same = "path \"a\" { policy = \"read\" min_wrapping_ttl = 9 }\n".repeat(100_000);
    assert!(newest(&same).is_empty());
    let bad = "paht \"a\" { }\npath \"b\" { capabilites = [\"reed\"] policy = \"wirte\" }\n".repeat(50_000);
    assert!(!newest(&bad).is_empty());
}
