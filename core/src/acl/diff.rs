//! Which paths, and which capabilities on them, two sets of policies differ in.
//!
//! **Why no difference is missed.** Everything the server looks at in a path is whether each rule matches it, and,
//! where it ends in `/`, whether each rule matches it without that slash. A rule compares segment by segment: a
//! segment is a literal, `+`, or (the last one before a final `*`) a beginning. So after some segments all that
//! matters is the set of rules still alive, and those that have matched for good; the next segment leads two paths
//! to the same set unless it is one of the literals of the rules alive, or starts with one of their beginnings.
//! The walk follows each literal, each beginning with a character behind it that occurs in no rule, and that
//! character alone for every other segment; at each stop it asks both sides about the path and about the path with
//! a `/` behind it. Once no rule is alive, deeper paths match what this one does. Hence each combination of rules
//! that any path can match is met by one path that is asked. Combinations in which no rule that differs takes
//! part are left out: both sides decide them alike.
//!
//! Rules with many different segments before and behind a `+` have as many combinations as the product of their
//! numbers. [`MAX_DIFF_WORK`] bounds the walk, and [`Diff::is_complete`] says whether it was long enough.

mod shape;
mod trie;

use super::build::{Acl, NONE, RuleId};
use super::constraints::MergedConstraints;
use crate::model::CapabilitySet;
use crate::text::order;
use shape::{Shape, fresh_character};
use trie::{Choice, Trie};

/// The most that is done to compare two sets of policies, in bytes of paths asked about and rules visited: about a
/// million paths, a second's work.
pub const MAX_DIFF_WORK: usize = 1 << 26;

/// What is charged for a path besides its bytes.
const PATH_WORK: usize = 64;

/// How two sets of policies differ.
#[derive(Clone, Debug)]
pub struct Diff {
    /// The differences, by path. Empty when either side is the policy `root`: ask [`Acl::is_root`].
    pub changes: Vec<Change>,
    /// Whether all combinations of rules were looked at.
    pub is_complete: bool,
}

/// A difference: the paths for which one rule of each side decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The paths, as a rule would be written for them; `…` is any text.
    pub paths: String,
    /// One of the paths.
    pub example: String,
    /// The rule of the old side that decides, if one does.
    pub old: Option<RuleId>,
    /// The rule of the new side that decides, if one does.
    pub new: Option<RuleId>,
    /// The capabilities that only the old side grants.
    pub lost: CapabilitySet,
    /// The capabilities that only the new side grants.
    pub gained: CapabilitySet,
    /// Whether what both grant is bound to other parameters, wrapping or page lengths.
    pub has_other_conditions: bool,
}

/// Compares two sets of policies, as [`Acl::capabilities`] answers for them.
pub fn diff(old: &Acl, new: &Acl) -> Diff {
    let nothing = |is_complete| Diff { changes: Vec::new(), is_complete };
    if old.is_root || new.is_root {
        return nothing(true);
    }
    let (Some(trie), Some(fresh)) = (Trie::new(old, new), fresh_character(old, new)) else {
        return nothing(false);
    };
    let mut walk = Walk { old, new, fresh, path: String::new(), hits: Vec::new(), work: 0 };
    let is_complete = walk.run(&trie);
    Diff { changes: walk.changes(), is_complete }
}

struct Walk<'a> {
    old: &'a Acl,
    new: &'a Acl,
    /// Occurs in no rule.
    fresh: char,
    path: String,
    hits: Vec<Hit>,
    work: usize,
}

/// A path on which the sides differ.
struct Hit {
    /// The rules that decide, [`NONE`] for none.
    winners: (u32, u32),
    path: String,
    lost: CapabilitySet,
    gained: CapabilitySet,
    has_other_conditions: bool,
}

/// A place on the way: what may come next, and the length of the path up to here.
struct Place<'t> {
    choices: Vec<Choice<'t>>,
    length: usize,
}

impl Walk<'_> {
    /// Walks over all combinations; `false` when there were too many.
    fn run(&mut self, trie: &Trie<'_>) -> bool {
        let mut places = vec![Place { choices: trie.choices(&[0], false), length: 0 }];
        while let Some(place) = places.last_mut() {
            let length = place.length;
            let Some(choice) = place.choices.pop() else {
                places.pop();
                continue;
            };
            if self.work > MAX_DIFF_WORK {
                return false;
            }
            self.path.truncate(length);
            if places.len() > 1 {
                self.path.push('/');
            } else if choice.segment.is_empty() && !choice.is_open {
                // No request's path starts with a slash.
                continue;
            }
            self.path.push_str(choice.segment);
            if choice.is_open {
                self.path.push(self.fresh);
            }
            self.ask(trie, &choice);
            if !choice.nodes.is_empty() {
                let next = trie.choices(&choice.nodes, choice.is_matched);
                self.work += choice.nodes.len() + next.len();
                places.push(Place { choices: next, length: self.path.len() });
            }
        }
        true
    }

    /// Asks about the path, and about it with a slash behind.
    fn ask(&mut self, trie: &Trie<'_>, choice: &Choice<'_>) {
        let (ends, ends_with_slash) = trie.changes_at(&choice.nodes);
        if choice.is_matched || ends {
            self.compare();
        }
        if choice.is_matched || ends || ends_with_slash {
            self.path.push('/');
            self.compare();
            self.path.pop();
        }
    }

    fn compare(&mut self) {
        self.work += self.path.len() + PATH_WORK;
        let (old, new) = (self.old.deciding(&self.path), self.new.deciding(&self.path));
        let granted = |acl: &Acl, rule: u32| {
            let granted = acl.rules.get(rule as usize).map_or(CapabilitySet::EMPTY, |rule| rule.granted);
            if granted.denies() { CapabilitySet::EMPTY } else { granted }
        };
        let (before, after) = (granted(self.old, old), granted(self.new, new));
        let (lost, gained) = (before.minus(after), after.minus(before));
        let has_other_conditions = !before.is_disjoint(after)
            && !MergedConstraints::are_same(self.old.conditions(old), self.new.conditions(new));
        if lost.is_empty() && gained.is_empty() && !has_other_conditions {
            return;
        }
        self.hits.push(Hit {
            winners: (old, new),
            path: self.path.clone(),
            lost,
            gained,
            has_other_conditions,
        });
    }

    /// One change for each pair of rules that decide.
    fn changes(mut self) -> Vec<Change> {
        let hits = std::mem::take(&mut self.hits);
        let mut order: Vec<u32> = (0..hits.len() as u32).collect();
        let hit = |index: u32| hits.get(index as usize);
        // A path without a slash at its end shows a rule best.
        let rank = |index: u32| hit(index).map(|hit| (hit.winners, hit.path.ends_with('/')));
        order::sort_by(&mut order, &|one, two| rank(*one).cmp(&rank(*two)));
        order.dedup_by(|one, two| hit(*one).map(|hit| hit.winners) == hit(*two).map(|hit| hit.winners));
        let mut changes: Vec<Change> =
            order.iter().filter_map(|index| hit(*index)).map(|hit| self.change(hit)).collect();
        order::sort_by(&mut changes, &|one, two| {
            one.paths.cmp(&two.paths).then_with(|| one.example.cmp(&two.example))
        });
        changes
    }

    fn change(&self, hit: &Hit) -> Change {
        let id = |rule: u32| (rule != NONE).then_some(RuleId(rule));
        let (old, new) = (id(hit.winners.0), id(hit.winners.1));
        let shape = Shape { path: &hit.path, fresh: self.fresh };
        let (lost, gained) = (hit.lost, hit.gained);
        let has_other_conditions = hit.has_other_conditions;
        let paths = match (old.and_then(|id| self.old.rule(id)), new.and_then(|id| self.new.rule(id))) {
            (Some(old), Some(new)) => shape.of_both(old.pattern, new.pattern),
            (Some(rule), None) | (None, Some(rule)) => rule.pattern.to_string(),
            (None, None) => shape.text(false),
        };
        Change { paths, example: self.example(hit), old, new, lost, gained, has_other_conditions }
    }

    /// The path with a word instead of what occurs in no rule, where that word does not occur in them either.
    fn example(&self, hit: &Hit) -> String {
        const WORDS: [&str; 4] = ["x", "any", "other", "something"];
        let named = WORDS.iter().map(|word| hit.path.replace(self.fresh, word)).find(|path| {
            self.old.deciding(path) == hit.winners.0 && self.new.deciding(path) == hit.winners.1
        });
        named.unwrap_or_else(|| hit.path.clone())
    }
}

impl Acl {
    /// The rule that decides what the capabilities on a path are, [`NONE`] if none does.
    fn deciding(&self, path: &str) -> u32 {
        let winner = self.winner(path.as_bytes(), true).filter(|_| self.failure.is_none());
        winner.unwrap_or(NONE)
    }

    fn conditions(&self, rule: u32) -> Option<&MergedConstraints> {
        let rule = self.rules.get(rule as usize)?;
        self.constraints.get(rule.constraints as usize)
    }
}

#[cfg(test)]
mod tests;
