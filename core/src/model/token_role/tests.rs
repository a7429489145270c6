use super::*;
use crate::syntax::{Dialect, parse};

fn role(text: &str) -> TokenRole {
    TokenRole::from_tree(&parse(text.into(), Dialect::Json), Target::NEWEST_TOKEN_BASED)
}

fn names(list: Option<&Field<PolicyList>>) -> Vec<String> {
    let names = list.and_then(Field::value).map(|list| list.names.clone()).unwrap_or_default();
    names.into_iter().map(|name| name.name).collect()
}

#[test]
fn the_form_is_told_by_the_members() {
    let read_back = r#"{"allowed_policies":[],"disallowed_policies":[],"explicit_max_ttl":0,"name":"a",
        "orphan":false,"path_suffix":"","period":1,"renewable":true}"#;
    for (text, form) in [
        (r#"{"period": 1}"#, RoleForm::Written),
        (r#"{"data": {"period": 1}}"#, RoleForm::ReadBack),
        (read_back, RoleForm::ReadBack),
        (r#"{"errors": ["permission denied"]}"#, RoleForm::ErrorAnswer),
        (r#"{"errors": []}"#, RoleForm::ErrorAnswer),
        ("[1]", RoleForm::NotAnObject),
        ("[1", RoleForm::Written),
        (r#"{"user_claim": "sub"}"#, RoleForm::OtherMethod),
    ] {
        assert_eq!(role(text).form, form, "{text}");
    }
}

#[test]
fn policy_names_keep_their_exact_places() {
    let text = r#"{"allowed_policies": " B , a,,c\u0064", "disallowed_policies": ["x,y", 5, " Z "]}"#;
    let role = role(text);
    assert_eq!(names(role.allowed_policies.as_ref()), ["b", "a", "cd"]);
    assert_eq!(names(role.disallowed_policies.as_ref()), ["x,y", "5", "z"]);
    let role = super::tests::role(r#"{"allowed_policies": "nomad-server, web"}"#);
    let list = role.allowed_policies.unwrap().read.unwrap();
    let places: Vec<_> =
        list.names.iter().map(|name| name.span.of(r#"{"allowed_policies": "nomad-server, web"}"#)).collect();
    assert_eq!(places, ["nomad-server", "web"]);
}

#[test]
fn nomad_reads_what_the_server_answers() {
    let old = Target { nomad: Version::new(0, 10, 1), ..Target::NEWEST_TOKEN_BASED };
    let new = Target::NEWEST_TOKEN_BASED;
    let table = [
        (r#"{"period": 10}"#, old, "given 10"),
        (r#"{"token_period": 10}"#, old, "hidden 10"),
        (r#"{"token_period": 10}"#, new, "given 10"),
        (r#"{"token_period": 10}"#, Target::SEED, "hidden 10"),
        (r#"{"period": 10, "token_period": 20}"#, old, "hidden 20"),
        (r#"{"period": 10, "token_period": 20}"#, new, "given 20"),
        (r#"{"period": 10, "token_period": 20}"#, Target::SEED, "given 10"),
        (r#"{"period": "500ms"}"#, new, "given 0"),
        (r#"{"period": "1w"}"#, new, "refused"),
        (r#"{"data": {"period": 0, "token_period": 20}}"#, new, "given 20"),
        ("{}", new, "absent"),
    ];
    for (text, target, expected) in table {
        let role = role(text);
        let read = match role.read_period(target) {
            ReadDuration::Absent => "absent".to_owned(),
            ReadDuration::Given(seconds, _) => format!("given {seconds}"),
            ReadDuration::Hidden(seconds, _) => format!("hidden {seconds}"),
            ReadDuration::Refused => "refused".to_owned(),
        };
        assert_eq!(read, expected, "{text} for {target}");
    }
}

/// Every recorded write of one field: whether the server takes it, in its words, and what it stores.
#[test]
fn fields_have_the_recorded_answers_of_the_server() {
    let rows: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../../../../tests/corpus/vault-role-facts.json")).unwrap();
    let mut compared = 0;
    for row in &rows {
        let body = row["request"].as_str().map_or_else(|| row["request"].to_string(), str::to_owned);
        let role = role(&body);
        let [member] = &role.members[..] else { continue };
        let errors = [
            role.allowed_policies.as_ref().and_then(Field::error),
            role.orphan.as_ref().and_then(Field::error),
            role.renewable.as_ref().and_then(Field::error),
            role.period.both().find_map(Field::error),
            role.explicit_max_ttl.both().find_map(Field::error),
            role.token_num_uses.as_ref().and_then(Field::error),
        ];
        let error = errors.into_iter().flatten().next().map(ToString::to_string);
        let answer = row["response"][0].as_str().unwrap_or_default();
        // These are judged by rules: they are about the value, not its type.
        if ["token_type", "path_suffix", "bound_cidrs"].contains(&&*member.name)
            || answer.contains("negative\"")
        {
            continue;
        }
        compared += 1;
        match error {
            Some(error) => assert!(answer.contains(&error), "{body}: {error}, not {answer}"),
            None if row["status"] == 400 => {
                assert!(answer.contains("cannot be negative") || answer.contains("JSON"), "{body}: {answer}");
            }
            None => {
                let mut allowed = names(role.allowed_policies.as_ref());
                allowed.sort();
                allowed.dedup();
                let stored = &row["stored"];
                if role.has_member("allowed_policies")
                    && stored["allowed_policies"] != serde_json::json!(["root"])
                {
                    assert_eq!(stored["allowed_policies"], serde_json::json!(allowed), "{body}");
                }
                for (name, field) in [("orphan", &role.orphan), ("renewable", &role.renewable)] {
                    if let Some(value) = field.as_ref().and_then(Field::value) {
                        assert_eq!(stored[name], *value, "{body}");
                    }
                }
            }
        }
    }
    assert!(compared > 60, "{compared}");
}
