//! What kind of file a path names, and Rust's text with comments told from code.

/// Whether a person writes programs in this kind of file.
pub(super) fn is_code(path: &str) -> bool {
    [".rs", ".ts", ".js", ".mjs", ".css", ".html"].iter().any(|extension| path.ends_with(extension))
}

/// The two halves of a Rust file. Each has the file's lines; what belongs to the other half, or to a string, is blank.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Halves {
    /// Everything that is compiled, without the contents of strings.
    pub(super) code: String,
    /// The comments.
    pub(super) comments: String,
}

/// Splits a Rust file. Strings, raw strings, characters and nested comments are understood; nothing else needs to be.
pub(super) fn halves(text: &str) -> Halves {
    let mut halves = Halves::default();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (length, kind) = next_piece(rest, first, halves.code.ends_with(is_word));
        let (piece, tail) = rest.split_at(length);
        halves.code.extend(piece.chars().map(|character| shown(character, kind == Kind::Code)));
        halves.comments.extend(piece.chars().map(|character| shown(character, kind == Kind::Comment)));
        rest = tail;
    }
    halves
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    Comment,
    Text,
}

fn shown(character: char, here: bool) -> char {
    if here || character == '\n' { character } else { ' ' }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The length and kind of what `rest` starts with.
fn next_piece(rest: &str, first: char, inside_word: bool) -> (usize, Kind) {
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), Kind::Comment);
    }
    if rest.starts_with("/*") {
        return (block_comment(rest), Kind::Comment);
    }
    if let Some(length) = raw_string(rest).filter(|_| !inside_word) {
        return (length, Kind::Text);
    }
    match first {
        '"' => (quoted(rest, '"'), Kind::Text),
        '\'' => character_literal(rest).map_or((1, Kind::Code), |length| (length, Kind::Text)),
        _ => (first.len_utf8(), Kind::Code),
    }
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut position = 0;
    while position < rest.len() {
        let here = &rest[position..];
        if here.starts_with("/*") {
            depth += 1;
            position += 2;
        } else if here.starts_with("*/") {
            depth -= 1;
            position += 2;
            if depth == 0 {
                return position;
            }
        } else {
            position += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// `r"…"`, `r#"…"#`, `br"…"`.
fn raw_string(rest: &str) -> Option<usize> {
    let start = ["r", "br", "cr"].iter().find_map(|prefix| {
        let after = rest.strip_prefix(prefix)?;
        after.trim_start_matches('#').starts_with('"').then_some(prefix.len())
    })?;
    let hashes = rest[start..].chars().take_while(|character| *character == '#').count();
    let body = start + hashes + 1;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(rest[body..].find(&end).map_or(rest.len(), |found| body + found + end.len()))
}

fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (position, character) in rest.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return position + quote.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

/// `'x'` or `'\n'`, but not the lifetime `'x`.
fn character_literal(rest: &str) -> Option<usize> {
    let mut characters = rest.char_indices().skip(1);
    let (_, first) = characters.next()?;
    if first == '\\' {
        return Some(quoted(rest, '\''));
    }
    let (position, second) = characters.next()?;
    (second == '\'').then_some(position + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_told_from_code() {
        let halves = halves("let a = \"// no\"; // yes\n/* b /* c */ d */ let e = 'f';");
        assert_eq!(halves.code, "let a =        ;       \n                  let e =    ;");
        assert_eq!(
            halves.comments.split_whitespace().collect::<Vec<_>>(),
            ["//", "yes", "/*", "b", "/*", "c", "*/", "d", "*/"]
        );
    }

    #[test]
    fn raw_strings_lifetimes_and_quotes_are_understood() {
        assert_eq!(halves("r#\"a\"b\"# c").code.trim(), "c");
        assert_eq!(halves("fn f<'a>(x: &'a str) {}").code, "fn f<'a>(x: &'a str) {}");
        assert_eq!(halves("'\"' x '\\'' y").code.split_whitespace().collect::<Vec<_>>(), ["x", "y"]);
        assert_eq!(halves("var\"a\" z").code.split_whitespace().collect::<Vec<_>>(), ["var", "z"]);
    }

    #[test]
    fn lines_stay_where_they_are() {
        let text = "a\n\"b\nc\"\n// d\né /* ü\n */ e\n";
        assert_eq!(halves(text).code.lines().count(), text.lines().count());
        assert_eq!(halves(text).comments.lines().count(), text.lines().count());
    }
}
