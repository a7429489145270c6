//! The template of `list_scan_response_keys_filter_path`, as far as the server looks at it.

use crate::model::go::Quoted;

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

/// Looks at a template: the tokens of its actions, balanced blocks, known functions, and whether the key is put
/// out. What else Go may find wrong, above all when it fills the template in, is not looked for.
pub(super) fn look_at(template: &str) -> Filter {
    let mut reader = Reader { text: template, position: 0, line: 1, open: 0, variables: Vec::new() };
    match reader.template() {
        Ok(true) => Filter::Varies,
        Ok(false) => Filter::Constant,
        Err(why) => {
            let line = reader.line;
            Filter::Bad(format!("unable to parse template: template: template:{line}: {why}"))
        }
    }
}

/// Reads a template from the left, as Go does, up to the first fault; `line` is then the fault's.
struct Reader<'t> {
    text: &'t str,
    position: usize,
    line: usize,
    /// The blocks that are open.
    open: u32,
    variables: Vec<&'t str>,
}

/// What has been read of an action.
#[derive(Default)]
struct Action<'t> {
    keyword: Option<&'t str>,
    has_operand: bool,
    /// A command begins here, as at the start and behind `|`.
    expects_command: bool,
    has_variable: bool,
    parentheses: u32,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.position..).unwrap_or_default()
    }

    fn advance(&mut self, length: usize) -> &'t str {
        let taken = self.rest().get(..length).unwrap_or(self.rest());
        self.position += taken.len();
        self.line += taken.bytes().filter(|byte| *byte == b'\n').count();
        taken
    }

    /// Whether the key is put out.
    fn template(&mut self) -> Result<bool, String> {
        let mut varies = false;
        while let Some(at) = self.rest().find("{{") {
            self.advance(at + 2);
            if self.rest().starts_with("/*") || self.rest().starts_with("- /*") {
                self.comment()?;
                continue;
            }
            let start = self.position;
            let is_control = self.action()?;
            varies |= !is_control && puts_out_key(self.text.get(start..self.position).unwrap_or_default());
        }
        if self.open > 0 {
            self.advance(self.rest().len());
            return Err("unexpected EOF".to_owned());
        }
        Ok(varies)
    }

    fn comment(&mut self) -> Result<(), String> {
        let Some(end) = self.rest().find("*/") else { return Err("unclosed comment".to_owned()) };
        self.advance(end + 2);
        let length = if self.rest().starts_with(" -}}") { 4 } else { 2 };
        if !self.rest().starts_with("}}") && length == 2 {
            return Err("comment ends before closing delimiter".to_owned());
        }
        self.advance(length);
        Ok(())
    }

    /// Reads an action to its end; the answer is whether it is one of control.
    fn action(&mut self) -> Result<bool, String> {
        let start_line = self.line;
        let mut action = Action { expects_command: true, ..Action::default() };
        if self.rest().starts_with("- ") {
            self.advance(2);
        }
        loop {
            let rest = self.rest();
            let Some(character) = rest.chars().next() else {
                let started = format!(" started at template:{start_line}");
                return Err(format!(
                    "unclosed action{}",
                    if self.line == start_line { "" } else { &started }
                ));
            };
            let close = if rest.starts_with(" -}}") { 4 } else { 2 };
            if close == 4 || rest.starts_with("}}") {
                self.close(&action)?;
                self.advance(close);
                return Ok(action.keyword.is_some());
            }
            match character {
                ' ' | '\t' | '\r' | '\n' => {
                    self.advance(1);
                }
                '"' | '\'' | '`' => self.quoted(character, &mut action)?,
                '(' => {
                    action.parentheses += 1;
                    action.expects_command = true;
                    self.advance(1);
                }
                ')' if action.parentheses == 0 => return Err("unexpected right paren".to_owned()),
                ')' => {
                    action.parentheses -= 1;
                    self.advance(1);
                }
                '|' => {
                    action.expects_command = true;
                    self.advance(1);
                }
                ':' if rest.starts_with(":=") && action.has_variable => {
                    self.advance(2);
                }
                ':' => return Err("expected :=".to_owned()),
                ',' | '=' if action.has_variable => {
                    self.advance(1);
                }
                '.' | '$' | '_' | '+' | '-' => self.word(&mut action)?,
                _ if character.is_alphanumeric() => self.word(&mut action)?,
                _ if character.is_ascii_graphic() => {
                    let place = if action.expects_command { "command" } else { "operand" };
                    return Err(format!("unexpected {} in {place}", Quoted(&character.to_string())));
                }
                _ => return Err("unrecognized character in action".to_owned()),
            }
        }
    }

    fn close(&mut self, action: &Action<'_>) -> Result<(), String> {
        if action.parentheses > 0 {
            return Err("unclosed left paren".to_owned());
        }
        match action.keyword {
            Some("end") if self.open == 0 => return Err("unexpected {{end}}".to_owned()),
            Some("end") => self.open -= 1,
            Some("else") if self.open == 0 => return Err("unexpected {{else}}".to_owned()),
            Some(keyword) if OPENING.contains(&keyword) => {
                self.open += 1;
                if !action.has_operand {
                    return Err(format!("missing value for {keyword}"));
                }
            }
            None if !action.has_operand => return Err("missing value for command".to_owned()),
            _ => {}
        }
        Ok(())
    }

    fn quoted(&mut self, quote: char, action: &mut Action<'t>) -> Result<(), String> {
        let what = match quote {
            '"' => "quoted string",
            '`' => "raw quoted string",
            _ => "character constant",
        };
        let mut escaped = false;
        let end = self.rest().char_indices().skip(1).find(|(_, character)| {
            let was_escaped = std::mem::take(&mut escaped);
            match character {
                '\n' => quote != '`',
                '\\' if quote != '`' && !was_escaped => {
                    escaped = true;
                    false
                }
                other => *other == quote && !was_escaped,
            }
        });
        match end {
            Some((at, character)) if character == quote => self.advance(at + 1),
            _ => return Err(format!("unterminated {what}")),
        };
        (action.has_operand, action.expects_command) = (true, false);
        Ok(())
    }

    /// Reads a field, a variable, a number, a keyword or a function's name.
    fn word(&mut self, action: &mut Action<'t>) -> Result<(), String> {
        let rest = self.rest();
        let is_part = |character: char| character.is_alphanumeric() || "_.$+-".contains(character);
        let length = rest.find(|character| !is_part(character)).unwrap_or(rest.len());
        let word = rest.get(..length).unwrap_or_default();
        let first = word.chars().next().unwrap_or_default();
        let name = word.split('.').next().unwrap_or_default();
        let is_keyword = OPENING.contains(&word) || OTHER_KEYWORDS.contains(&word) || word == "end";
        if is_keyword && action.keyword.is_none() {
            action.keyword = Some(word);
            self.advance(length);
            return Ok(());
        }
        let is_known = |name: &str| FUNCTIONS.contains(&name) || MORE_FUNCTIONS.contains(&name) || is_keyword;
        match first {
            '$' => {
                let after = rest.get(length..).unwrap_or_default().trim_start();
                if after.starts_with(":=") || action.keyword == Some("range") && after.starts_with(',') {
                    self.variables.push(name);
                } else if name != "$" && !self.variables.contains(&name) {
                    return Err(format!("undefined variable {}", Quoted(name)));
                }
                action.has_variable = true;
            }
            '0'..='9' if word.parse::<f64>().is_err() && !word.starts_with('0') => {
                return Err(format!("bad number syntax: {}", Quoted(word)));
            }
            _ if (first.is_alphabetic() || first == '_') && !is_known(name) => {
                return Err(format!("function {} not defined", Quoted(name)));
            }
            _ => {}
        }
        (action.has_operand, action.expects_command) = (true, false);
        self.advance(length);
        Ok(())
    }
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
            ("{{ p", bad("function \"p\" not defined")),
            ("{{ .key \"a", bad("unterminated quoted string")),
            ("{{ `a", bad("unterminated raw quoted string")),
            ("{{ 'a }}", bad("unterminated character constant")),
            ("{{ .key }", bad("unexpected \"}\" in operand")),
            ("{{ # }}", bad("unexpected \"#\" in command")),
            ("{{ .key ) }}", bad("unexpected right paren")),
            ("{{ (.key }}", bad("unclosed left paren")),
            ("{{ foo ) }}", bad("function \"foo\" not defined")),
            ("{{ }}", bad("missing value for command")),
            ("{{ if }}{{end}}", bad("missing value for if")),
            ("{{ 1a }}", bad("bad number syntax: \"1a\"")),
            ("{{ $x }}", bad("undefined variable \"$x\"")),
            ("{{ $x := .key }}{{ $x }}{{ .key }}", Filter::Varies),
            ("{{/* c */}}{{- .key -}}", Filter::Varies),
            ("{{/* c }}{{.key}}", bad("unclosed comment")),
            ("{{ else }}", bad("unexpected {{else}}")),
            ("{{ printf \"%s-%d\" (lowercase .key) -5 }}", Filter::Varies),
            ("{{ .key | }}", Filter::Varies),
            ("{{ if .key }}x", bad("unexpected EOF")),
        ];
        for (template, expected) in table {
            assert_eq!(look_at(template), expected, "{template}");
        }
    }
}
