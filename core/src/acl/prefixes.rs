//! The longest of many prefixes that a path starts with.
//!
//! A binary search over the distinct lengths of the prefixes: at each length the path's beginning is looked up
//! among the prefixes of that length and the beginnings of longer ones, which are put there for the search to
//! go on (Waldvogel et al., "Scalable High Speed IP Routing Lookups", 1997). Each entry knows the longest
//! prefix that it starts with, so that a search never goes back.

use super::build::Texts;
use super::hash::{HashedPath, States};
use super::table::Table;
use crate::text::order;

const NONE: u32 = u32::MAX;

/// A prefix, or the beginning of a longer one.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// The rule whose text this is the beginning of.
    rule: u32,
    length: u32,
    /// The longest rule that this starts with.
    best: u32,
}

/// The prefix rules.
#[derive(Clone, Debug, Default)]
pub(super) struct Prefixes {
    lengths: Vec<u32>,
    entries: Vec<Entry>,
    table: Table,
}

/// Paths are shorter than this, but for hostile ones.
const USUAL_LENGTH: usize = 4_096;

/// In one pass where there are many.
fn sort_by_length(rules: &mut Vec<u32>, texts: &Texts) {
    let length = |rule: &u32| texts.bytes(*rule).len();
    if rules.len() < USUAL_LENGTH || rules.iter().any(|rule| length(rule) >= USUAL_LENGTH) {
        return order::sort_by(rules, &|one, two| length(one).cmp(&length(two)));
    }
    let mut by_length = vec![Vec::new(); USUAL_LENGTH];
    for rule in rules.iter() {
        if let Some(same) = by_length.get_mut(length(rule)) {
            same.push(*rule);
        }
    }
    *rules = by_length.concat();
}

impl Prefixes {
    /// Puts rules of different texts in order.
    pub(super) fn new(mut rules: Vec<u32>, texts: &Texts, seed: u64) -> Self {
        sort_by_length(&mut rules, texts);
        let mut lengths: Vec<u32> = rules.iter().map(|rule| texts.bytes(*rule).len() as u32).collect();
        lengths.dedup();
        let mut prefixes = Self { lengths, ..Self::default() };
        for rule in rules {
            prefixes.add(rule, &States::default().of(texts.bytes(rule), seed), texts);
        }
        prefixes
    }

    /// Adds a rule and the beginnings that lead a search to it. Shorter rules must have been added before, so
    /// that the longest one that a beginning starts with can be searched for.
    fn add(&mut self, rule: u32, text: &HashedPath<'_>, texts: &Texts) {
        let own = text.bytes().len() as u32;
        let (mut low, mut high) = (0, self.lengths.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let Some(length) = self.lengths.get(middle).copied() else { return };
            if length > own {
                high = middle;
                continue;
            }
            let hash = text.prefix(length as usize);
            if self.find(hash, length, text.bytes(), texts).is_none() {
                let shorter = || self.longest_within(text, length as usize, texts).unwrap_or(NONE);
                let best = if length == own { rule } else { shorter() };
                self.table.insert(hash, self.entries.len() as u32);
                self.entries.push(Entry { rule, length, best });
            }
            if length == own {
                return;
            }
            low = middle + 1;
        }
    }

    fn find(&self, hash: u32, length: u32, path: &[u8], texts: &Texts) -> Option<Entry> {
        let mut found = None;
        self.table.find(hash, |index| {
            found = self.entries.get(index as usize).copied().filter(|entry| {
                entry.length == length
                    && texts.bytes(entry.rule).get(..length as usize) == path.get(..length as usize)
            });
            found.is_some()
        });
        found
    }

    /// The rule with the longest prefix that the path starts with.
    pub(super) fn longest(&self, path: &HashedPath<'_>, texts: &Texts) -> Option<u32> {
        self.longest_within(path, path.bytes().len(), texts)
    }

    /// The same for the first `limit` bytes of the path.
    pub(super) fn longest_within(&self, path: &HashedPath<'_>, limit: usize, texts: &Texts) -> Option<u32> {
        let mut best = NONE;
        let (mut low, mut high) = (0, self.lengths.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let Some(length) = self.lengths.get(middle).copied() else { break };
            if length as usize > limit {
                high = middle;
                continue;
            }
            let hash = path.prefix(length as usize);
            match self.find(hash, length, path.bytes(), texts) {
                Some(entry) => {
                    best = entry.best;
                    low = middle + 1;
                }
                None => high = middle,
            }
        }
        (best != NONE).then_some(best)
    }

    /// Whether the texts seem to be made to collide.
    pub(super) fn is_crowded(&self) -> bool {
        self.table.is_crowded()
    }

    /// The bytes taken.
    pub(super) fn bytes(&self) -> usize {
        self.table.bytes() + self.lengths.capacity() * 4 + self.entries.capacity() * size_of::<Entry>()
    }
}
