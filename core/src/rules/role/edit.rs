//! Edits of a role's members that leave valid JSON.

use crate::model::{Field, TokenRole};
use crate::rules::Context;
use crate::text::{Applicability, Fix, Span};

/// Sets a field's value.
pub(super) fn set<T>(cx: &Context<'_>, applicability: Applicability, field: &Field<T>, value: &str) -> Fix {
    let name = field.key.of(cx.text()).trim_matches('"');
    cx.replace(format!("Set `{name}` to `{value}`"), applicability, field.value_span, value)
}

/// Gives a member another name.
pub(super) fn rename(cx: &Context<'_>, applicability: Applicability, key: Span, name: &str) -> Fix {
    cx.replace(format!("Rename it to `{name}`"), applicability, key, format!("\"{name}\""))
}

/// Adds a member behind the last one, laid out as that one is. `None` where there is no member.
pub(super) fn append(
    cx: &Context<'_>,
    applicability: Applicability,
    role: &TokenRole,
    member: &str,
) -> Option<Fix> {
    let last = role.members.last()?;
    let before = role.members.iter().rev().nth(1).map_or(role.header.end, |previous| previous.span.end);
    let between = Span::new(before, last.span.start).of(cx.text());
    let blanks = between.trim_start_matches([',', ' ']);
    let blanks = if blanks.is_empty() { " " } else { blanks };
    let title = format!("Add `{member}`");
    Some(cx.replace(title, applicability, Span::at(last.span.end), format!(",{blanks}{member}")))
}

/// Removes a member together with the comma that it no longer needs.
pub(super) fn remove(
    cx: &Context<'_>,
    applicability: Applicability,
    role: &TokenRole,
    member: Span,
) -> Option<Fix> {
    let index = role.members.iter().position(|each| role.is_whole && each.span == member)?;
    let next = role.members.get(index + 1);
    let previous = index.checked_sub(1).and_then(|before| role.members.get(before));
    let span = match (next, previous) {
        (Some(next), _) => Span::new(member.start, next.span.start),
        (None, Some(previous)) => Span::new(previous.span.end, member.end),
        (None, None) => member,
    };
    let name = role.members.get(index).map_or("", |each| &each.name);
    Some(cx.replace(format!("Remove `{name}`"), applicability, span, ""))
}
