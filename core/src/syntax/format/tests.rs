use super::*;
use crate::syntax::{Dialect, parse};

fn dialect(text: &str) -> Dialect {
    if text.trim_start().starts_with('{') { Dialect::Json } else { Dialect::Hcl1 }
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let tree = parse(text.into(), dialect(text));
    let written = format(&tree).unwrap_or_else(|error| panic!("{error:?}: {:?}", tree.problems()));
    assert_eq!(written, expected);
    let again = parse(written.as_str().into(), dialect(text));
    assert!(same_tokens(&tree, &again), "{written}");
    assert_eq!(format(&again).as_deref(), Ok(expected));
}

#[test]
fn blocks_open_on_their_line_and_stand_apart() {
    check(
        "path \"a\"\n{\n      capabilities=[ \"read\",\"list\" ]\n}\npath \"b\" { policy = \"read\", capabilities = [] }\n\n\npath \"c\" { }",
        "path \"a\" {\n  capabilities = [\"read\", \"list\"]\n}\n\npath \"b\" {\n  policy       = \"read\"\n  capabilities = []\n}\n\npath \"c\" {}\n",
    );
    check("path\n\"a\"\nb\n{}", "path \"a\" b {}\n");
    check("name =", "name =\n");
    check("", "");
    check(" \n\n", "\n");
    check("\n\n# only\n\n\n# comments\n", "# only\n\n# comments\n");
}

#[test]
fn runs_of_lines_are_aligned() {
    check(
        "path \"a\" {\n min_wrapping_ttl = 60 // a\n x=1 # b\n yy = 2\n\n z = 3\n # own\n zzzz = 4\n}",
        "path \"a\" {\n  min_wrapping_ttl = 60 // a\n  x                = 1  # b\n  yy               = 2\n\n  z = 3\n  # own\n  zzzz = 4\n}\n",
    );
}

#[test]
fn lists_stay_as_wide_as_they_are() {
    check(
        "path \"a\" {\n capabilities = [\"read\",   # why\n \"list\"]\n policy = \"x\" }",
        "path \"a\" {\n  capabilities = [\n    \"read\", # why\n    \"list\",\n  ]\n\n  policy = \"x\"\n}\n",
    );
    check("a = [,\"x\",,\"y\",]\nb = [\n]\n", "a = [\"x\", \"y\"]\nb = []\n");
    check("a = [ # first\n # own\n 1 # last\n # end\n]", "a = [ # first\n  # own\n  1, # last\n  # end\n]\n");
    check("a = [[\"x\"] [\"y\"]]", "a = [[\"x\"], [\"y\"]]\n");
    check("a = [{x = 1}]", "a = [\n  {\n    x = 1\n  },\n]\n");
}

#[test]
fn comments_stay_where_they_are() {
    check(
        "/* head\n  er */\npath /* odd */ \"a\" { # open\n  # first\n  x = 1\n  # tail\n} # end\n# last",
        "/* head\n  er */\n/* odd */\npath \"a\" { # open\n  # first\n  x = 1\n  # tail\n} # end\n\n# last\n",
    );
    check("path \"a\" { /* nothing */ }", "path \"a\" { /* nothing */\n}\n");
    check("x = # why\n 1, # what\n", "# why\nx = 1 # what\n");
}

#[test]
fn what_spans_lines_is_copied() {
    check(
        "x = <<-EOF\n    a\n   EOF\ny=1\nz = [<<E\nq\nE\n, \"b\"]",
        "x = <<-EOF\n    a\n   EOF\n\ny = 1\n\nz = [\n  <<E\nq\nE\n  ,\n  \"b\",\n]\n",
    );
    check("x = \"${\na }\"\n", "x = \"${\na }\"\n");
    check("path \"a\" {\r\n x = <<E\r\nq\r\nE\r\n}\r\n", "path \"a\" {\r\n  x = <<E\r\nq\r\nE\r\n}\r\n");
}

#[test]
fn json_is_written_as_json() {
    check(
        "{\"path\":{\"a/*\":{\"capabilities\":[\"read\", \"list\"], \"x\": [1,\n2], \"y\": {}}}}",
        "{\n  \"path\": {\n    \"a/*\": {\n      \"capabilities\": [\"read\", \"list\"],\n      \"x\": [\n        1,\n        2\n      ],\n      \"y\": {}\n    }\n  }\n}\n",
    );
}

#[test]
fn broken_and_endless_texts_are_refused() {
    let broken = parse("path \"a\" {".into(), Dialect::Hcl1);
    assert_eq!(format(&broken), Err(FormatError::Syntax));
    let deep = format!("{}{}{}", "a {\n".repeat(190), "x=1\n".repeat(100_000), "}\n".repeat(190));
    assert_eq!(super::format(&parse(deep.into(), Dialect::Hcl1)), Err(FormatError::TooLarge));
}
