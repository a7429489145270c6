//! Whether the server reads the body of a request at all.
//!
//! The server's reader is not RFC 8259: nothing and `null` are an empty object, of a repeated member the last
//! one counts, and after the object another value may begin. So the tree's syntax problems are not its verdict.

use crate::model::Quoted;

/// More strings, names included, are refused.
const MAX_STRINGS: usize = 1_000;

/// Why the server refuses this text as the body of a request, in its own words; `None` when it reads it.
pub fn body_error(text: &str) -> Option<String> {
    let mut reader = Reader { rest: text, strings: 0, open: Vec::new() };
    match reader.read() {
        Ok(()) => None,
        Err(Stop::End) => Some("failed to decode JSON input: unexpected EOF".to_owned()),
        Err(Stop::Syntax(problem)) => Some(format!("failed to decode JSON input: {problem}")),
        Err(Stop::TooManyStrings) => {
            Some("refused JSON input due to high complexity: exceeded maximum number of strings".to_owned())
        }
    }
}

enum Stop {
    /// The text ends where something must follow, but not inside a word.
    End,
    Syntax(String),
    TooManyStrings,
}

struct Reader<'t> {
    rest: &'t str,
    strings: usize,
    /// What is open: `true` is an object.
    open: Vec<bool>,
}

impl Reader<'_> {
    fn read(&mut self) -> Result<(), Stop> {
        let kind = match self.peek() {
            None => return Ok(()),
            Some('[') => Some("array"),
            Some('"') => Some("string"),
            Some('t' | 'f') => Some("bool"),
            Some('-' | '0'..='9') => Some("number"),
            Some(_) => None,
        };
        self.values()?;
        // The server counts what is in the whole text before it takes the first value.
        while self.peek().is_some() {
            match self.values() {
                Err(Stop::End) => break,
                result => result?,
            }
        }
        match kind {
            Some(kind) => Err(Stop::Syntax(format!(
                "json: cannot unmarshal {kind} into Go value of type map[string]interface {{}}"
            ))),
            None => Ok(()),
        }
    }

    /// One value with all that is in it.
    fn values(&mut self) -> Result<(), Stop> {
        self.value(false)?;
        while let Some(is_object) = self.open.last().copied() {
            let close = if is_object { '}' } else { ']' };
            match self.peek().ok_or(Stop::End)? {
                ',' => {
                    self.skip(1);
                    // The server's reader looks ahead, and names the comma.
                    if self.peek().is_some_and(|c| matches!(c, ',' | '}' | ']')) {
                        return Err(unexpected(',', BEGINNING));
                    }
                    if is_object {
                        self.name()?;
                    }
                    self.value(is_object)?;
                }
                c if c == close => {
                    self.skip(1);
                    self.open.pop();
                }
                c if is_object => return Err(unexpected(c, AFTER_MEMBER)),
                c => return Err(unexpected(c, "after array element")),
            }
        }
        Ok(())
    }

    /// A scalar, or the opening of objects and lists up to the first scalar or empty one.
    fn value(&mut self, is_member: bool) -> Result<(), Stop> {
        let mut is_member = is_member;
        loop {
            match self.peek().ok_or(Stop::End)? {
                '{' => {
                    self.skip(1);
                    self.open.push(true);
                    if self.peek() == Some('}') {
                        return Ok(());
                    }
                    self.name()?;
                    is_member = true;
                }
                '[' => {
                    self.skip(1);
                    self.open.push(false);
                    if self.peek() == Some(']') {
                        return Ok(());
                    }
                    is_member = false;
                }
                '}' if is_member => return Err(Stop::Syntax("missing value after object key".to_owned())),
                ']' if is_member => return Err(unexpected(']', AFTER_MEMBER)),
                _ => return self.scalar(),
            }
        }
    }

    fn scalar(&mut self) -> Result<(), Stop> {
        match self.peek().ok_or(Stop::End)? {
            '"' => self.string(),
            't' => self.literal("true"),
            'f' => self.literal("false"),
            'n' => self.literal("null"),
            '-' | '0'..='9' => self.number(),
            c => Err(unexpected(c, BEGINNING)),
        }
    }

    /// A name and the colon behind it.
    fn name(&mut self) -> Result<(), Stop> {
        let first = self.peek().ok_or(Stop::End)?;
        if !matches!(first, '{' | '[') {
            self.scalar()?;
        }
        if first != '"' {
            return Err(Stop::Syntax("object member name must be a string".to_owned()));
        }
        match self.peek().ok_or(Stop::End)? {
            ':' => self.skip(1),
            c => return Err(unexpected(c, "after object key")),
        }
        Ok(())
    }

    fn string(&mut self) -> Result<(), Stop> {
        self.strings += 1;
        if self.strings > MAX_STRINGS {
            return Err(Stop::TooManyStrings);
        }
        self.skip(1);
        loop {
            match self.next().ok_or_else(cut)? {
                '"' => return Ok(()),
                '\\' => self.escape()?,
                c if c < ' ' => return Err(unexpected(c, "in string")),
                _ => {}
            }
        }
    }

    /// What stands behind a backslash; the server looks at its bytes.
    fn escape(&mut self) -> Result<(), Stop> {
        let bytes = self.rest.as_bytes();
        let length = match bytes.first().ok_or_else(cut)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {
                self.skip(1);
                return Ok(());
            }
            b'u' => 5,
            _ => 1,
        };
        let escape = bytes.get(..length).ok_or_else(cut)?;
        if length == 5 && escape.iter().skip(1).all(u8::is_ascii_hexdigit) {
            self.skip(5);
            return Ok(());
        }
        Err(Stop::Syntax(format!("invalid escape sequence {} in string", shown_escape(escape))))
    }

    fn literal(&mut self, word: &'static str) -> Result<(), Stop> {
        for expected in word.chars() {
            match self.next().ok_or_else(cut)? {
                c if c == expected => {}
                c => {
                    return Err(unexpected(c, &format!("in literal {word} (expecting {expected:?})")));
                }
            }
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), Stop> {
        self.take('-');
        if !self.take('0') {
            self.digits()?;
        }
        if self.take('.') {
            self.digits()?;
        }
        if self.take('e') || self.take('E') {
            if !self.take('+') {
                self.take('-');
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Stop> {
        match self.rest.chars().next().ok_or_else(cut)? {
            '0'..='9' => {}
            c => return Err(unexpected(c, "in numeric literal")),
        }
        self.rest = self.rest.trim_start_matches(|c: char| c.is_ascii_digit());
        Ok(())
    }

    /// The next character that is no blank.
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.skip(c.len_utf8());
        Some(c)
    }

    fn take(&mut self, wanted: char) -> bool {
        let rest = self.rest.strip_prefix(wanted);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }
}

const BEGINNING: &str = "looking for beginning of value";

const AFTER_MEMBER: &str = "after object key:value pair";

/// The text ends inside a word.
fn cut() -> Stop {
    Stop::Syntax("unexpected EOF".to_owned())
}

/// In back quotes where Go can, else as Go quotes bytes.
fn shown_escape(escape: &[u8]) -> String {
    let is_plain = |text: &&str| text.chars().all(|c| c != '`' && c != '\u{7f}' && c >= ' ');
    if let Some(text) = std::str::from_utf8(escape).ok().filter(is_plain) {
        return format!("`\\{text}`");
    }
    let mut shown = "\"\\\\".to_owned();
    for chunk in escape.utf8_chunks() {
        shown.push_str(Quoted(chunk.valid()).to_string().trim_matches('"'));
        shown.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    shown.push('"');
    shown
}

fn unexpected(c: char, place: &str) -> Stop {
    let shown = match c {
        '\'' => "\\'".to_owned(),
        '"' => "\"".to_owned(),
        c => Quoted(&c.to_string()).to_string().trim_matches('"').to_owned(),
    };
    Stop::Syntax(format!("invalid character '{shown}' {place}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Measured on OpenBao 2.7.2, one by one.
    #[test]
    fn bodies_are_refused_with_the_servers_words() {
        let table = [
            ("", ""),
            (" ", ""),
            ("null", ""),
            ("{} {}", ""),
            (r#"{"a":1,"a":2}"#, ""),
            ("5", "json: cannot unmarshal number into Go value of type map[string]interface {}"),
            ("true", "json: cannot unmarshal bool into Go value of type map[string]interface {}"),
            (r#"{"a":1,,}"#, "invalid character ',' looking for beginning of value"),
            (r#"{"a" 1}"#, "invalid character '1' after object key"),
            ("[", "unexpected EOF"),
            ("{", "unexpected EOF"),
            (r#"{"a":tru}"#, "invalid character '}' in literal true (expecting 'e')"),
            (r#"{"a":1"#, "unexpected EOF"),
            ("{'a':1}", "invalid character '\\'' looking for beginning of value"),
            (r#"{"a":01}"#, "invalid character '1' after object key:value pair"),
            (r#"{"a":+1}"#, "invalid character '+' looking for beginning of value"),
            ("{\"a\":\"\u{1}\"}", "invalid character '\\x01' in string"),
            (r#"{"a":"\q"}"#, r"invalid escape sequence `\q` in string"),
            ("{\"a\":\"x\ny\"}", "invalid character '\\n' in string"),
            ("{a:1}", "invalid character 'a' looking for beginning of value"),
            (r#"{"a":1}]"#, "invalid character ']' looking for beginning of value"),
            (r#"{"a":[1,]}"#, "invalid character ',' looking for beginning of value"),
            (r#"{"a":[1 2]}"#, "invalid character '2' after array element"),
            ("{,}", "invalid character ',' looking for beginning of value"),
            (r#"{"a":1 "b":2}"#, "invalid character '\"' after object key:value pair"),
            (r#"{"a":}"#, "missing value after object key"),
            (r#"{"a":"abc"#, "unexpected EOF"),
            ("{{", "object member name must be a string"),
            ("{-", "unexpected EOF"),
            ("{} {", ""),
            ("{} tru", "unexpected EOF"),
            ("1 2 x", "invalid character 'x' looking for beginning of value"),
            ("{\"a\":]", "invalid character ']' after object key:value pair"),
            (r#"{"a":"\u12"}"#, r#"invalid escape sequence `\u12"}` in string"#),
            (r#"{"a":"\é"}"#, r#"invalid escape sequence "\\\xc3" in string"#),
            (r#"{"a":"\u00é4"}"#, r#"invalid escape sequence `\u00é` in string"#),
        ];
        for (text, expected) in table {
            let error = body_error(text).unwrap_or_default();
            assert_eq!(error.trim_start_matches("failed to decode JSON input: "), expected, "{text}");
        }
    }

    #[test]
    fn depth_costs_no_stack_and_strings_are_counted() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert_eq!(body_error(&format!("{{\"x\": {deep}}}")), None);
        let strings = |count: usize| format!("{{\"x\": [{}]}}", vec!["\"a\""; count].join(","));
        assert_eq!(body_error(&strings(999)), None);
        assert!(body_error(&strings(1_000)).is_some_and(|error| error.contains("number of strings")));
    }
}
