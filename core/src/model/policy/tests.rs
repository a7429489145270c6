use super::*;
use crate::text::LineIndex;

fn read(text: &str) -> Policy {
    Policy::parse(text, VaultDialect::OPENBAO_2_7)
}

#[test]
fn problems_underline_what_is_wrong() {
    let table: [(&str, &[&str]); 7] = [
        ("path \"a\" { caps = [1]\n capabilities = [\"reed\", \"list\"] }", &["caps", "\"reed\""]),
        ("path \"a+*\" { capabilities = [\"deny\", \"x\"] }", &["\"a+*\""]),
        ("path \"a\" { min_wrapping_ttl = 60\n max_wrapping_ttl = \"59s\" }", &["\"59s\""]),
        ("path \"a\" { allowed_parameters = { x = \"a\" } }", &["\"a\""]),
        ("path \"a\" { capabilities = [\"x\"]\n expiration = 1 }", &[]),
        ("path \"{{a\" {}\nfoo = 1", &["foo", "\"{{a\""]),
        ("path \"a\" { capabilities = [", &[]),
    ];
    for (text, expected) in table {
        let policy = read(text);
        let found: Vec<&str> = policy.problems.iter().map(|problem| problem.span.of(text)).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn dialects_differ_in_keys_and_words() {
    let text = "path \"a\" { capabilities = [\"patch\"]\n min_wrapping_ttl = 1 }";
    let old = Policy::parse(text, VaultDialect::VAULT_0_6_2);
    let error = "Failed to parse policy: 1 error occurred:\n\t* path 'a': invalid key 'min_wrapping_ttl' on line 2\n\n";
    assert_eq!(old.server_error(text).as_deref(), Some(error));
    assert_eq!(old.problems.len(), 2);
    let before = Policy::parse("path \"a\" { policy = \"x\" }", VaultDialect::parse("openbao-2.6").unwrap());
    let error = "failed to parse policy: path \"a\": invalid policy \"x\"";
    assert_eq!(before.server_error("").as_deref(), Some(error));
    let twice = "path \"a\" { policy = \"read\"\n policy = \"write\" }";
    assert!(read(twice).is_accepted() && read(twice).repeated_keys.len() == 1);
    let newest = Policy::parse(twice, VaultDialect::parse("vault-2.0").unwrap());
    let error = "The argument \"policy\" at 2:2 was already set. Each argument can only be defined once";
    assert_eq!(
        newest.problems.first().map(|problem| problem.server_text(twice, &LineIndex::new(twice))).as_deref(),
        Some(error)
    );
}

#[test]
fn line_ends_mean_nothing() {
    let policy = read("path\nabc\n{ capabilities = [\"read\"] }\nname =");
    assert!(policy.is_accepted());
    assert_eq!(policy.paths[0].path.value, "abc");
    // A half-typed key is no key of the block below it.
    let damaged = read("capab\npath \"a\" { capabilities = [\"read\"] }\n}");
    assert!(damaged.has_syntax_errors && damaged.problems.is_empty());
    assert_eq!(damaged.paths.len(), 1);
}

#[test]
fn a_second_brace_does_not_mend_a_missing_value() {
    for value in ["}}", "[}}", "[ \"a\" }}"] {
        let text = format!("path \"a\" {{ comment = {{ y = {value}\n capabilities = [\"read\"] }}");
        assert!(read(&text).has_syntax_errors, "{text}");
    }
}

/// Texts of which the real server (OpenBao 2.7.2) said this; found by generated policies.
#[test]
fn values_are_decoded_before_they_are_read() {
    let table = [
        ("expiration = \"x\"\n pagination_limit = \"y\"", "strconv.ParseInt: parsing \"y\": invalid syntax"),
        (
            "min_wrapping_ttl = 60\n min_wrapping_ttl = \"2m\"",
            "strconv.ParseInt: parsing \"2m\": invalid syntax",
        ),
        (
            "max_wrapping_ttl = .5\n max_wrapping_ttl = \"1\"",
            "At 2:21: root.max_wrapping_ttl: unknown type *ast.LiteralType",
        ),
        (
            "max_wrapping_ttl = \"1\"\n max_wrapping_ttl = { a = 1 }",
            "At 2:23: root.max_wrapping_ttl: unknown type for string *ast.ObjectList",
        ),
        (
            "allowed_parameters \"x\" \"y\" { a = [1] }",
            "root.allowed_parameters.x[0]: cannot decode into interface: *ast.ObjectItem",
        ),
        ("policy = {}", "At -: root.Policy: unknown type for string *ast.ObjectList"),
    ];
    for (body, expected) in table {
        let text = format!("path \"a\" {{ {body} }}");
        let expected = format!("failed to parse policy: path \"a\": path \"a\": {expected}");
        assert_eq!(read(&text).server_error(&text), Some(expected), "{body}");
    }
}

/// Texts of which the real server (OpenBao 2.7.2) said this.
#[test]
fn refusals_have_the_words_of_the_server() {
    let table = [
        ("\"\\xfb\"{i=[]}", "1 error occurred:\n\t* invalid key \"\\xfb\" on line 0\n\n"),
        (
            "path \"a\" { capabilities = [\"\\xe2\\x82\"] }",
            "path \"a\": path \"a\": invalid capability \"\\xe2\\x82\"",
        ),
        (
            "path \"a\" { max_wrapping_ttl {}\n max_wrapping_ttl = [\"r\"] }",
            "path \"a\": path \"a\": At 2:22: root.max_wrapping_ttl[0]: not an object type for map (*ast.LiteralType)",
        ),
        (
            "path \"a\" { min_wrapping_ttl = []\n min_wrapping_ttl { a = [] } }",
            "path \"a\": path \"a\": root.min_wrapping_ttl[0]: cannot decode into interface: *ast.ObjectItem",
        ),
        (
            "path \"a\" { min_wrapping_ttl = 4e }",
            "path \"a\": path \"a\": strconv.ParseFloat: parsing \"4e \": invalid syntax",
        ),
        (
            "path \"a\" { control_group { m = 1\n n = 2 } }",
            "path \"a\": error handling control_group: 2 errors occurred:\n\t* invalid key \"m\" on line 1\n\t* invalid key \"n\" on line 2\n\n",
        ),
        (
            "path \"a\" { control_group { factor { x = 1 } } }",
            "path \"a\": error handling control_group: 1 error occurred:\n\t* error handling control_group factor: 1 error occurred:\n\t* path control_group factor: invalid key \"x\" on line 1\n\n\n\n",
        ),
        (
            "path \"a\" { control_group { }\n control_group { ttl = \"x\" } }",
            "path \"a\": error handling control_group: 2 errors occurred:\n\t* requires at least one factor but had none\n\t* path control_group: invalid ttl: time: invalid duration \"x\"\n\n",
        ),
    ];
    for (text, expected) in table {
        let expected = format!("failed to parse policy: {expected}");
        assert_eq!(read(text).server_error(text), Some(expected), "{text}");
    }
}

/// After an exponent without digits, the scanner takes the next character along.
#[test]
fn an_exponent_without_digits_swallows_a_character() {
    let table = [
        ("path \"a\" { comment = 4e }", true),
        ("path \"a\" { comment = 4e}", false),
        ("path \"a\" { comment = 4.5e+} }", true),
        ("path \"a\" { comment = .5e1 }", false),
        ("path \"a\" { comment = .5e }", true),
        ("path \"a\" { comment = 4e-12}", true),
    ];
    for (text, is_accepted) in table {
        assert_eq!(read(text).is_accepted(), is_accepted, "{text}");
    }
}

#[test]
fn parameters_keep_their_values_and_places() {
    let text = "path \"a\" { allowed_parameters = { foo = [\"a\"], bar = [], foo = [\"b\"], BAR = [1] } }";
    let policy = read(text);
    let constraints = policy.paths[0].constraints.as_ref().unwrap();
    let found: Vec<(&str, Vec<&str>)> = constraints
        .allowed_parameters
        .iter()
        .map(|rule| (rule.name.value.as_str(), rule.values.iter().map(|value| value.span.of(text)).collect()))
        .collect();
    assert_eq!(found, [("foo", vec!["\"a\"", "\"b\""]), ("BAR", vec!["1"])]);
}

#[test]
fn a_hostile_policy_is_read_in_linear_time() {
    let mut text = String::from("path \"a\" {");
    for _ in 0..20_000 {
        text.push_str(" bad = 1 policy = \"read\" capabilities = [\"x\"]");
    }
    text.push('}');
    let policy = read(&text);
    assert_eq!(policy.problems.len(), 40_000);
    assert!(
        policy.server_error(&text).unwrap().starts_with("failed to parse policy: path \"a\": 20000 errors")
    );
}
