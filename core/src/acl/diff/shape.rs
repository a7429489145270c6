//! How the paths of a difference are written.

use super::Acl;
use crate::model::{PathPattern, PatternKind};
use crate::text::order;

/// A path of a difference, with a character that stands for any text.
pub(super) struct Shape<'p> {
    pub(super) path: &'p str,
    pub(super) fresh: char,
}

impl Shape<'_> {
    /// The paths that two rules have in common: the narrower rule where one holds the other, else the path itself
    /// with its wildcards.
    pub(super) fn of_both(&self, old: PathPattern<'_>, new: PathPattern<'_>) -> String {
        let (old_parts, new_parts) = (Parts::new(old), Parts::new(new));
        if old_parts.holds(&new_parts) {
            new.to_string()
        } else if new_parts.holds(&old_parts) {
            old.to_string()
        } else {
            self.text(!old_parts.is_open || !new_parts.is_open)
        }
    }

    /// The path with `+` for a segment that may be any, `*` for any rest and `…` for any text.
    pub(super) fn text(&self, is_bounded: bool) -> String {
        let segments: Vec<&str> = self.path.split('/').collect();
        let mut text = String::new();
        for (place, segment) in segments.iter().enumerate() {
            if place > 0 {
                text.push('/');
            }
            let is_last = place + 1 == segments.len();
            match segment.strip_suffix(self.fresh) {
                None => text.push_str(segment),
                Some("") if is_bounded || !is_last => text.push('+'),
                Some(start) => {
                    text.push_str(start);
                    text.push(if is_last && !is_bounded { '*' } else { '…' });
                }
            }
        }
        text
    }
}

/// A pattern's segments.
struct Parts<'t> {
    text: &'t str,
    has_plus: bool,
    is_open: bool,
}

impl<'t> Parts<'t> {
    fn new(pattern: PathPattern<'t>) -> Self {
        let (text, is_open) = match (pattern.kind, pattern.text.strip_suffix('*')) {
            (PatternKind::Prefix, _) => (pattern.text, true),
            (PatternKind::Segments, Some(text)) => (text, true),
            _ => (pattern.text, false),
        };
        Self { text, has_plus: pattern.kind == PatternKind::Segments, is_open }
    }

    /// Whether every path of the other is one of these.
    fn holds(&self, other: &Self) -> bool {
        let (mut own, mut others) = (self.text.split('/').peekable(), other.text.split('/').peekable());
        while let Some(segment) = own.next() {
            let is_beginning = self.is_open && own.peek().is_none();
            let Some(theirs) = others.next() else { return false };
            let is_their_plus = other.has_plus && theirs == "+";
            let is_their_beginning = other.is_open && others.peek().is_none();
            let fits = if is_beginning {
                segment.is_empty() || theirs.starts_with(segment) && !is_their_plus
            } else if self.has_plus && segment == "+" {
                !is_their_beginning
            } else {
                segment == theirs && !is_their_plus && !is_their_beginning
            };
            if !fits || is_beginning {
                return fits;
            }
        }
        others.next().is_none()
    }
}

/// A character that occurs in no rule, and has no meaning in a path.
pub(super) fn fresh_character(old: &Acl, new: &Acl) -> Option<char> {
    let mut used: Vec<char> = Vec::new();
    for acl in [old, new] {
        for rule in acl.rules() {
            used.extend(rule.pattern.text.chars().filter(|character| *character >= FIRST));
        }
    }
    order::sort(&mut used);
    used.dedup();
    let free = (FIRST..=char::MAX).zip(used.iter().map(Some).chain(std::iter::repeat(None)));
    free.into_iter().find(|(character, used)| *used != Some(character)).map(|(character, _)| character)
}

/// The first character of the private use area: no path that people write has one.
const FIRST: char = '\u{e000}';
