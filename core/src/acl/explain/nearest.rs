//! The rule that goes along with a path the furthest, where none matches.

use super::super::build::{Acl, RuleView};
use crate::diagnostic::Related;
use crate::model::{PathPattern, PatternKind};

impl Acl {
    /// The place of the rule whose text goes along with the path the furthest, and why it does not match. Takes time in
    /// proportion to all rules.
    pub(super) fn nearest(&self, path: &str) -> Option<Related> {
        let mut nearest: Option<(usize, RuleView<'_>)> = None;
        for rule in self.rules() {
            let pairs = std::iter::zip(rule.pattern.text.bytes(), path.bytes());
            let length = pairs.take_while(|(one, two)| one == two).count();
            if nearest.as_ref().is_none_or(|(longest, _)| length > *longest) {
                nearest = Some((length, rule));
            }
        }
        let (length, rule) = nearest?;
        let (start, rest) = path.split_at_checked(length)?;
        // Less than a whole segment in common is chance.
        if !start.contains('/') && !rest.starts_with('/') && !rest.is_empty() {
            return None;
        }
        let mut place = rule.blocks().next()?;
        place.message = format!("the nearest rule; {}", difference(rule.pattern, length, rest));
        Some(place)
    }
}

fn difference(pattern: PathPattern<'_>, length: usize, rest: &str) -> String {
    let own = pattern.text.get(length..).unwrap_or_default();
    match (own, rest) {
        ("/" | "/*", "") if pattern.kind != PatternKind::Exact => {
            "it is about what lies below this path".to_owned()
        }
        ("", rest) => format!("it is about one path, without `{rest}` behind it"),
        (own, "") => format!("its path goes on with `{own}`"),
        (own, rest) => format!("it has `{own}` where this path has `{rest}`"),
    }
}
