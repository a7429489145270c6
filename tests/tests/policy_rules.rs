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
