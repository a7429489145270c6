//! The paths a Rust file uses: `use` trees with their braces, and paths written out in the code.

/// A path, from the crate (`crate`) or a library (`std`) down, and the line it stands on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct UsedPath {
    /// The line, counted from 1.
    pub(super) line: usize,
    /// Its names; a glob ends in `*`.
    pub(super) segments: Vec<String>,
}

/// Every path in `code` that starts with `crate`, `super` or `std`; `super` is resolved, `module` being the file's own path.
pub(super) fn used_paths(code: &str, module: &[&str]) -> Vec<UsedPath> {
    let tokens = tokens(code);
    let mut inline = InlineModules::default();
    let mut paths = Vec::new();
    let mut position = 0;
    while let Some(token) = tokens.get(position) {
        inline.enter(&tokens, position);
        let starts_path =
            ["crate", "super", "std"].contains(&token.text) && text(&tokens, position + 1) == "::";
        if starts_path && (position == 0 || text(&tokens, position - 1) != "::") {
            let (prefix, next) = start_of_path(&tokens, position, module, &inline.names());
            position = expand(&tokens, next, &prefix, &mut paths);
        } else {
            position += 1;
        }
    }
    paths
}

#[derive(Clone, Copy)]
struct Token<'a> {
    text: &'a str,
    line: usize,
}

fn text<'a>(tokens: &[Token<'a>], position: usize) -> &'a str {
    tokens.get(position).map_or("", |token| token.text)
}

fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    for (index, line_text) in code.lines().enumerate() {
        let mut rest = line_text.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = match first {
                _ if is_word(first) => rest.find(|character| !is_word(character)).unwrap_or(rest.len()),
                ':' if rest.starts_with("::") => 2,
                _ => first.len_utf8(),
            };
            let (text, tail) = rest.split_at(length);
            tokens.push(Token { text, line: index + 1 });
            rest = tail.trim_start();
        }
    }
    tokens
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The modules written with braces inside the file, of which `super` must know.
#[derive(Default)]
struct InlineModules<'a> {
    depth: usize,
    open: Vec<(&'a str, usize)>,
}

impl<'a> InlineModules<'a> {
    fn enter(&mut self, tokens: &[Token<'a>], position: usize) {
        match text(tokens, position) {
            "{" => {
                self.depth += 1;
                if position >= 2 && text(tokens, position - 2) == "mod" {
                    self.open.push((text(tokens, position - 1), self.depth));
                }
            }
            "}" => {
                self.open.retain(|(_, depth)| *depth < self.depth);
                self.depth = self.depth.saturating_sub(1);
            }
            _ => {}
        }
    }

    fn names(&self) -> Vec<&'a str> {
        self.open.iter().map(|(name, _)| *name).collect()
    }
}

/// The names a path starts with, `super` resolved, and the position of the `::` after them.
fn start_of_path(
    tokens: &[Token<'_>],
    position: usize,
    module: &[&str],
    inline: &[&str],
) -> (Vec<String>, usize) {
    if text(tokens, position) != "super" {
        return (vec![text(tokens, position).to_owned()], position + 1);
    }
    let mut names: Vec<&str> = module.iter().chain(inline).copied().collect();
    let mut position = position;
    while text(tokens, position) == "super" && text(tokens, position + 1) == "::" {
        names.pop();
        position += 2;
    }
    let prefix = std::iter::once("crate").chain(names).map(str::to_owned).collect();
    (prefix, position - 1)
}

/// Follows a path from the `::` at `position` to its ends; gives the position after it.
fn expand(tokens: &[Token<'_>], position: usize, prefix: &[String], paths: &mut Vec<UsedPath>) -> usize {
    let line = tokens.get(position).map_or(0, |token| token.line);
    let name = text(tokens, position + 1);
    match name {
        "{" if text(tokens, position) == "::" => expand_group(tokens, position + 2, prefix, paths),
        "*" if text(tokens, position) == "::" => {
            paths.push(UsedPath { line, segments: extended(prefix, "*") });
            position + 2
        }
        _ if text(tokens, position) == "::" && name.starts_with(is_word) => {
            expand(tokens, position + 2, &extended(prefix, name), paths)
        }
        _ => {
            paths.push(UsedPath { line, segments: prefix.to_vec() });
            position
        }
    }
}

/// Follows each part of `{a, b::c, …}`; gives the position after the closing brace.
fn expand_group(tokens: &[Token<'_>], start: usize, prefix: &[String], paths: &mut Vec<UsedPath>) -> usize {
    let mut position = start;
    loop {
        match text(tokens, position) {
            "" => return position,
            "}" => return position + 1,
            "," => position += 1,
            "as" => position += 2,
            "{" => position = expand_group(tokens, position + 1, prefix, paths),
            "*" | "self" => {
                let line = tokens[position].line;
                paths.push(UsedPath { line, segments: extended(prefix, text(tokens, position)) });
                position += 1;
            }
            name if name.starts_with(is_word) => {
                position = expand(tokens, position + 1, &extended(prefix, name), paths)
            }
            _ => position += 1,
        }
    }
}

fn extended(prefix: &[String], name: &str) -> Vec<String> {
    let mut segments = prefix.to_vec();
    segments.push(name.to_owned());
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(code: &str, module: &[&str]) -> Vec<String> {
        used_paths(code, module)
            .iter()
            .map(|path| format!("{}:{}", path.line, path.segments.join("::")))
            .collect()
    }

    #[test]
    fn braces_are_expanded() {
        let code =
            "use crate::{text::{Span, Edit as E}, model::*};\nuse std::{fs, collections::{self, BTreeMap}};";
        let expected = [
            "1:crate::text::Span",
            "1:crate::text::Edit",
            "1:crate::model::*",
            "2:std::fs",
            "2:std::collections::self",
            "2:std::collections::BTreeMap",
        ];
        assert_eq!(paths(code, &[]), expected);
    }

    #[test]
    fn paths_in_code_count_as_well() {
        assert_eq!(
            paths("fn f() -> crate::acl::Acl { std::env::var(\"A\"); }", &[]),
            ["1:crate::acl::Acl", "1:std::env::var"]
        );
        assert_eq!(paths("macro!($crate::rules::Rule)", &[]), ["1:crate::rules::Rule"]);
    }

    #[test]
    fn super_is_resolved_also_from_inline_modules() {
        assert_eq!(paths("use super::super::check::X;", &["rules", "role"]), ["1:crate::check::X"]);
        let inline = "fn f() { }\nmod tests {\n use super::*;\n use super::super::Y; }\nuse super::Z;";
        assert_eq!(
            paths(inline, &["text", "span"]),
            ["3:crate::text::span::*", "4:crate::text::Y", "5:crate::text::Z"]
        );
    }
}
