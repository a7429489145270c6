//! The template of `list_scan_response_keys_filter_path`, as far as the server looks at it.

use super::number::Quoted;

/// Functions of the server's templates and of Go's.
const FUNCTIONS: [&str; 31] = [
    "and",
    "base64",
    "call",
    "eq",
    "false",
    "ge",
    "gt",
    "html",
    "index",
    "js",
    "le",
    "len",
    "lowercase",
    "lt",
    "ne",
    "nil",
    "not",
    "or",
    "print",
    "printf",
    "println",
    "random",
    "replace",
    "sha256",
    "slice",
    "timestamp",
    "true",
    "truncate",
    "truncate_sha256",
    "unix_time",
    "unix_time_millis",
];
const MORE_FUNCTIONS: [&str; 3] = ["uppercase", "urlquery", "uuid"];
const OPENING: [&str; 5] = ["block", "define", "if", "range", "with"];
const OTHER_KEYWORDS: [&str; 4] = ["break", "continue", "else", "template"];

/// What a template turns out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    /// It gives another path for another key.
    Varies,
    /// It gives the same path for every key.
    Constant,
    /// The server cannot read it, and says this.
    Bad(String),
}

/// Looks at a template: balanced actions and blocks, known functions, and whether the key is put out. What
/// else Go may find wrong in a template is not looked for.
pub(super) fn look_at(template: &str) -> Filter {
    let bad = |line: usize, why: &str| {
        Filter::Bad(format!("unable to parse template: template: template:{line}: {why}"))
    };
    let (mut rest, mut line, mut open, mut varies) = (template, 1, 0_u32, false);
    while let Some((before, inside)) = rest.split_once("{{") {
        line += before.matches('\n').count();
        let Some(length) = action_length(inside) else { return bad(line, "unclosed action") };
        let action = inside.get(..length).unwrap_or_default();
        rest = inside.get(length + 2..).unwrap_or_default();
        let mut control = false;
        for word in words(action) {
            match word {
                "end" if open == 0 => return bad(line, "unexpected {{end}}"),
                "end" => open -= 1,
                _ if OPENING.contains(&word) => (open, control) = (open + 1, true),
                _ if OTHER_KEYWORDS.contains(&word) => control = true,
                _ if FUNCTIONS.contains(&word) || MORE_FUNCTIONS.contains(&word) => {}
                _ => return bad(line, &format!("function {} not defined", Quoted(word))),
            }
        }
        varies |= !control && puts_out_key(action);
        line += action.matches('\n').count();
    }
    match (open, varies) {
        (0, true) => Filter::Varies,
        (0, false) => Filter::Constant,
        _ => bad(line, "unexpected EOF"),
    }
}

/// The length of an action up to its `}}`; quoted texts may hold anything.
fn action_length(inside: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    for (at, byte) in inside.bytes().enumerate() {
        match quote {
            Some(b'"') if escaped => escaped = false,
            Some(b'"') if byte == b'\\' => escaped = true,
            Some(open) if open == byte => quote = None,
            Some(_) => {}
            None if matches!(byte, b'"' | b'`') => quote = Some(byte),
            None if inside.as_bytes().get(at..at + 2) == Some(b"}}") => return Some(at),
            None => {}
        }
    }
    None
}

/// The bare words of an action: no fields, variables, texts or numbers.
fn words(action: &str) -> impl Iterator<Item = &str> {
    let is_separator =
        |character: char| !(character.is_alphanumeric() || matches!(character, '_' | '.' | '$' | '"' | '`'));
    let pieces = action.split(['"', '`']).step_by(2).flat_map(move |outside| outside.split(is_separator));
    pieces.filter(|word| word.starts_with(|first: char| first.is_alphabetic() || first == '_'))
}

fn puts_out_key(action: &str) -> bool {
    let outside = action.split(['"', '`']).step_by(2);
    let mut fields =
        outside.flat_map(|text| text.split(|c: char| !(c.is_alphanumeric() || "._$".contains(c))));
    fields.any(|field| matches!(field, ".key" | "$.key" | "." | "$"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_judged_as_the_server_does() {
        let bad = |why: &str| Filter::Bad(format!("unable to parse template: template: template:1: {why}"));
        let table = [
            ("{{ .path }}{{ .key }}", Filter::Varies),
            ("{{ .foo }}{{ .key | lowercase }}", Filter::Varies),
            ("abc", Filter::Constant),
            ("{{ .path }}", Filter::Constant),
            ("{{ if .key }}x{{ end }}", Filter::Constant),
            ("{{ .key", bad("unclosed action")),
            ("{{ foo }}{{ .key }}", bad("function \"foo\" not defined")),
            ("{{ if .key }}x", bad("unexpected EOF")),
        ];
        for (template, expected) in table {
            assert_eq!(look_at(template), expected, "{template}");
        }
    }
}
