//! Finding members that an object has twice, in time n·log n.

use std::borrow::Cow;

use super::super::problem::{ProblemKind, Problems};
use super::super::{Dialect, decode};
use crate::text::{Span, order};

/// Up to so many members, comparing each with each is faster than sorting.
const FEW_MEMBERS: usize = 8;

/// The keys of the objects that are open, outermost first.
#[derive(Default)]
pub(super) struct Keys(Vec<Key>);

struct Key {
    hash: u64,
    /// The key as it is underlined.
    span: Span,
    /// The key without its quotes.
    inner: Span,
    is_escaped: bool,
}

impl Key {
    fn name<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let raw = self.inner.of(text);
        if self.is_escaped { decode::string(raw, Dialect::Json) } else { Cow::Borrowed(raw) }
    }
}

impl Keys {
    /// How many keys there are: what an object that opens now hands to [`Keys::close`].
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Remembers a key; `raw` is the text at `inner`.
    pub(super) fn push(&mut self, raw: &str, inner: Span, span: Span, is_escaped: bool) {
        let hash = if is_escaped { hash(&decode::string(raw, Dialect::Json)) } else { hash(raw) };
        self.0.push(Key { hash, span, inner, is_escaped });
    }

    /// Reports the repeated keys of an object and forgets all of its keys.
    pub(super) fn close(&mut self, first: usize, text: &str, problems: &mut Problems) {
        let keys = self.0.get_mut(first..).unwrap_or_default();
        if keys.len() <= FEW_MEMBERS {
            for (index, key) in keys.iter().enumerate() {
                let is_same = |other: &&Key| other.hash == key.hash && other.name(text) == key.name(text);
                if let Some(other) = keys.iter().take(index).find(is_same) {
                    problems.push(ProblemKind::DuplicateKey { first: other.span }, key.span);
                }
            }
        } else {
            order::sort_by(keys, &|one, other| (one.hash, one.span).cmp(&(other.hash, other.span)));
            for group in keys.chunk_by(|a, b| a.hash == b.hash).filter(|group| group.len() > 1) {
                report_group(group, text, problems);
            }
        }
        self.0.truncate(first);
    }
}

/// Reports the repeated ones among keys of one hash, which somebody may have chosen to be of different names.
fn report_group(group: &[Key], text: &str, problems: &mut Problems) {
    let mut names: Vec<(Cow<'_, str>, Span)> = group.iter().map(|key| (key.name(text), key.span)).collect();
    order::sort(&mut names);
    for same in names.chunk_by(|(a, _), (b, _)| a == b) {
        let Some(((_, first), later)) = same.split_first() else { continue };
        for (_, span) in later {
            problems.push(ProblemKind::DuplicateKey { first: *first }, *span);
        }
    }
}

/// A quick hash that is the same everywhere; equal hashes are only a hint.
fn hash(name: &str) -> u64 {
    name.as_bytes().chunks(8).fold(name.len() as u64, |hash, chunk| {
        let word = chunk.iter().fold(0, |word, byte| (word << 8) | u64::from(*byte));
        (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95)
    })
}
