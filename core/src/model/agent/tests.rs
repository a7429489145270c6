use super::*;
use crate::model::{Bundle, Model, TargetRequest};
use crate::text::DocumentKind;

fn request(nomad: &str) -> TargetRequest {
    TargetRequest { nomad: Version::parse(nomad), vault: None }
}

fn config(text: &str, nomad: &str) -> AgentConfig {
    let mut bundle = Bundle::new();
    bundle.add("agent.hcl", DocumentKind::AgentConfig, text);
    match bundle.parse(request(nomad)).documents.remove(0).model {
        Model::AgentConfig(config) => config,
        _ => AgentConfig::default(),
    }
}

/// The settings of the last block as `key=value`, its wrong types as `key!`, its unknown keys as `key?`.
fn summary(text: &str, nomad: &str) -> String {
    let config = config(text, nomad);
    let Some(vault) = config.vaults.last() else { return "no block".to_owned() };
    let settings = vault.settings().map(|(key, setting)| match &setting.value {
        SettingValue::Bool(value) => format!("{}={value}", key.as_str()),
        SettingValue::Text(value) => format!("{}={value}", key.as_str()),
    });
    let wrong = vault.wrong_types.iter().map(|wrong| format!("{}!", wrong.name));
    let unknown = vault.unknown_keys.iter().map(|key| format!("{}?", key.name));
    settings.chain(wrong).chain(unknown).collect::<Vec<_>>().join(" ")
}

#[test]
fn values_are_decoded_as_each_nomad_does() {
    for (value, weak, direct) in [
        ("true", "enabled=true", "enabled=true"),
        ("\"TRUE\"", "enabled=true", "enabled=true"),
        ("\"tRuE\"", "enabled!", "enabled=true"),
        ("\"t\"", "enabled=true", "enabled!"),
        ("\"\"", "enabled=false", "enabled!"),
        ("1", "enabled=true", "enabled=true"),
        ("2", "enabled=true", "enabled!"),
        ("0", "enabled=false", "enabled=false"),
        ("\"yes\"", "enabled!", "enabled!"),
        ("[true]", "enabled!", "enabled!"),
    ] {
        let text = format!("vault {{ enabled = {value} }}");
        for (nomad, expected) in
            [("0.5.0", weak), ("0.9.1", weak), ("0.9.2", direct), ("1.6.10", direct), ("1.7.0", weak)]
        {
            assert_eq!(summary(&text, nomad), expected, "{value} in {nomad}");
        }
    }
    for (value, weak, direct) in [
        ("\"x\"", "address=x", "address=x"),
        ("010", "address=8", "address=010"),
        ("true", "address=1", "address=true"),
        ("[\"x\"]", "address!", "address!"),
        ("{}", "address!", "address!"),
    ] {
        let text = format!("vault {{ address = {value} }}");
        assert_eq!(summary(&text, "0.5.0"), weak, "{value}");
        assert_eq!(summary(&text, "1.0.0"), direct, "{value}");
    }
}

#[test]
fn keys_belong_to_releases() {
    for (text, nomad, expected) in [
        ("vault { create_from_role = \"a\" }", "0.5.2", "create_from_role?"),
        ("vault { create_from_role = \"a\" }", "0.5.3", "create_from_role=a"),
        ("vault { namespace = \"a\" }", "0.9.1", "namespace?"),
        ("vault { namespace = \"a\" }", "0.9.2", "namespace=a"),
        ("vault { Address = \"a\" }", "0.9.1", "Address?"),
        ("vault { Address = \"a\" }", "0.9.2", "address=a"),
        ("vault { default_identity { aud = [\"a\"] } }", "1.6.10", "default_identity?"),
        ("vault { default_identity { aud = [\"a\"] } }", "1.7.0", ""),
        ("vault { adress = \"a\" }", "1.7.0", "adress?"),
    ] {
        assert_eq!(summary(text, nomad), expected, "{text} in {nomad}");
    }
}

#[test]
fn every_form_of_a_block_is_read() {
    for text in [
        "vault { enabled = true }",
        "vault = { enabled = true }",
        "\"vault\" { \"enabled\" = \"true\" }",
        "vault {}\nvault { enabled = true }",
        r#"{"vault": {"enabled": true}}"#,
        r#"{"vault": [{"enabled": true}]}"#,
        r#"{"vault": [{}, {"enabled": 1}], "server": {"enabled": true}}"#,
    ] {
        assert_eq!(summary(text, "1.6.10"), "enabled=true", "{text}");
    }
    assert_eq!(config("vault = 3", "1.6.10").wrong_types.len(), 1);
    assert_eq!(summary("vault { enabled = }", "1.6.10"), "");
}

#[test]
fn the_agents_kind_is_read() {
    for (text, server, client) in [
        ("server { enabled = true }", Some(true), None),
        ("client { enabled = true }\nserver { enabled = false }", Some(false), Some(true)),
        (r#"{"server": [{"enabled": true}], "client": {"enabled": "1"}}"#, Some(true), Some(true)),
        ("server {}", None, None),
    ] {
        let config = config(text, "1.6.10");
        assert_eq!(config.server.map(|it| it.value), server, "{text}");
        assert_eq!(config.client.map(|it| it.value), client, "{text}");
    }
}

#[test]
fn files_are_merged_as_each_nomad_does() {
    let first = "vault { enabled = true address = \"https://a:1\" allow_unauthenticated = false }";
    for (second, nomad, address, allows, resets) in [
        ("vault { enabled = true }", "0.9.1", DEFAULT_VAULT_ADDRESS, true, 2),
        ("vault { address = \"https://b:1\" }", "0.9.1", "https://b:1", true, 1),
        ("vault { address = \"\" }", "0.9.1", "https://a:1", true, 1),
        ("server { enabled = true }", "0.9.1", "https://a:1", false, 0),
        ("server { enabled = true }", "0.9.2", DEFAULT_VAULT_ADDRESS, true, 2),
        ("vault { enabled = true }", "0.9.3", "https://a:1", false, 0),
        ("vault { allow_unauthenticated = true }", "1.6.10", "https://a:1", true, 0),
        ("vault { name = \"other\" address = \"https://b:1\" }", "1.7.0", "https://a:1", false, 0),
    ] {
        let mut bundle = Bundle::new();
        for (name, text) in [("a/1.hcl", first), ("a/2.hcl", second), ("b/1.hcl", "vault {}")] {
            bundle.add(name, DocumentKind::AgentConfig, text);
        }
        let parsed = bundle.parse(request(nomad));
        let agents = parsed.vault_configs();
        let agent = agents.first().unwrap();
        assert_eq!(agents.len(), 2);
        assert_eq!(agent.documents.len(), 2);
        assert_eq!(agent.address(), address, "{second} in {nomad}");
        assert_eq!(agent.allows_unauthenticated(), allows, "{second} in {nomad}");
        assert_eq!(agent.resets.len(), resets, "{second} in {nomad}");
    }
}
