//! The calls in a template's text that read from Vault.
//!
//! Not a reader of templates: only as much of Go's template lexer as it takes to tell a call from a comment,
//! a string, a field (`.secret`), a variable (`$secret`) and text outside the delimiters.

use crate::text::Span;

/// The functions of Nomad's template engine that read from Vault.
const VAULT_FUNCTIONS: [&str; 3] = ["pkiCert", "secret", "secrets"];

const DEFAULT_LEFT: &str = "{{";
const DEFAULT_RIGHT: &str = "}}";

/// A call that reads from Vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VaultCall {
    /// The function: `secret`, `secrets` or `pkiCert`.
    pub function: &'static str,
    /// The function and its first argument, where that is a string; an offset in the template's text.
    pub span: Span,
}

/// The calls in `text` that read from Vault, in their order. An empty delimiter is the default one.
pub fn vault_calls<'t>(text: &'t str, left: &'t str, right: &'t str) -> impl Iterator<Item = VaultCall> + 't {
    let left = if left.is_empty() { DEFAULT_LEFT } else { left };
    let right = if right.is_empty() { DEFAULT_RIGHT } else { right };
    Scanner { text, left, right, position: 0, in_action: false }
}

struct Scanner<'t> {
    text: &'t str,
    left: &'t str,
    right: &'t str,
    position: usize,
    in_action: bool,
}

impl Iterator for Scanner<'_> {
    type Item = VaultCall;

    fn next(&mut self) -> Option<VaultCall> {
        loop {
            if !self.in_action {
                self.enter_action()?;
            }
            if let Some(call) = self.scan_action() {
                return Some(call);
            }
        }
    }
}

impl<'t> Scanner<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.position..).unwrap_or_default()
    }

    /// Goes past the next left delimiter and past a comment behind it.
    fn enter_action(&mut self) -> Option<()> {
        let found = self.rest().find(self.left)?;
        self.position += found + self.left.len();
        let inside = self.rest();
        // `{{-` trims the text before it, when a blank follows.
        let trimmed = inside.strip_prefix('-').map_or(inside, str::trim_start);
        if let Some(comment) = trimmed.strip_prefix("/*") {
            let end = comment.find("*/").map_or(comment.len(), |end| end + 2);
            self.position = self.text.len() - comment.len() + end;
        }
        self.in_action = true;
        Some(())
    }

    /// Reads tokens up to a call or to the end of the action; the end of the text ends the action too.
    fn scan_action(&mut self) -> Option<VaultCall> {
        loop {
            let rest = self.rest();
            if rest.starts_with(self.right) {
                self.position += self.right.len();
                self.in_action = false;
                return None;
            }
            let Some(first) = rest.chars().next() else {
                self.in_action = false;
                return None;
            };
            let length = match first {
                '"' | '\'' => quoted_length(rest, first),
                '`' => raw_length(rest),
                '.' | '$' => first.len_utf8() + word_length(rest.get(1..).unwrap_or_default()),
                _ if is_word(first) => {
                    let length = word_length(rest);
                    let word = rest.get(..length).unwrap_or_default();
                    if let Some(function) = VAULT_FUNCTIONS.into_iter().find(|name| *name == word) {
                        return Some(self.call(function, length));
                    }
                    length
                }
                _ => first.len_utf8(),
            };
            self.position += length;
        }
    }

    fn call(&mut self, function: &'static str, name_length: usize) -> VaultCall {
        let start = self.position;
        self.position += name_length;
        let after = self.rest();
        let argument = after.trim_start_matches([' ', '\t']);
        let length = match argument.chars().next() {
            Some('"') => quoted_length(argument, '"'),
            Some('`') => raw_length(argument),
            _ => 0,
        };
        if length > 0 {
            self.position += after.len() - argument.len() + length;
        }
        VaultCall { function, span: Span::new(start as u32, self.position as u32) }
    }
}

fn is_word(each: char) -> bool {
    each.is_alphanumeric() || each == '_'
}

fn word_length(text: &str) -> usize {
    text.find(|each| !is_word(each)).unwrap_or(text.len())
}

/// The length of a quoted string with its quotes. It ends with its line at the latest.
fn quoted_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (offset, each) in text.char_indices().skip(1) {
        match each {
            '\n' => return offset,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if each == quote => return offset + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a string in backquotes with its quotes.
fn raw_length(text: &str) -> usize {
    text.get(1..).and_then(|inner| inner.find('`')).map_or(text.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, left: &str, right: &str, expected: &[&str]) {
        let calls: Vec<&str> = vault_calls(text, left, right).map(|call| call.span.of(text)).collect();
        assert_eq!(calls, expected, "{text}");
    }

    #[test]
    fn calls_are_found_with_their_argument() {
        for (text, expected) in [
            (
                r#"{{ with secret "secret/data/app" }}{{ .Data.data.key }}{{ end }}"#,
                &[r#"secret "secret/data/app""#][..],
            ),
            (r#"{{secret "a"}} {{- secrets `kv/` -}}"#, &[r#"secret "a""#, "secrets `kv/`"]),
            (r#"{{ with pkiCert (printf "pki/%s" "x") }}"#, &["pkiCert"]),
            (r#"{{ "kv/app" | secret }}"#, &["secret"]),
            (r#"{{ with (secret "a" "b=c") }}"#, &[r#"secret "a""#]),
            ("{{ secret \"a\\\"}}\" }} {{ secrets \"b\" }}", &["secret \"a\\\"}}\"", "secrets \"b\""]),
            ("{{ if true }}\nsecret \"no\"\n{{ end }}", &[]),
        ] {
            check(text, "", "", expected);
        }
    }

    #[test]
    fn what_only_looks_like_a_call_is_none() {
        for text in [
            r#"{{/* secret "a" */}}"#,
            r#"{{- /* {{ secret "a" }} */ -}}"#,
            r#"{{ "secret" }} {{ `secret` }} {{ 'secret' }}"#,
            r#"{{ .secret }} {{ $secret }} {{ $x.secret }} {{ mysecret "a" }} {{ secret_id }}"#,
            r#"{{ key "secret" }}"#,
            "secret \"a\"",
            "{ { secret \"a\" } }",
            "",
            "{{",
            "{{ \"",
            "{{ `secret",
        ] {
            check(text, "", "", &[]);
        }
    }

    #[test]
    fn delimiters_can_be_others() {
        check(r#"[[ secret "a" ]] {{ secret "b" }}"#, "[[", "]]", &[r#"secret "a""#]);
        check(r#"<% secret "a" }} secret "b""#, "<%", "", &[r#"secret "a""#]);
    }
}
