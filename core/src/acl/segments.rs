//! Rules with `+`, in a tree of segments.
//!
//! Each node knows the best rank below it, so that a search leaves out what cannot win any more.

use super::build::Texts;
use super::hash::hash;
use super::table::Table;
use crate::text::order;

const NONE: u32 = u32::MAX;

/// The place behind the last segment.
const END: u32 = u32::MAX;

/// How specific a rule is; the greatest of those that match wins.
///
/// In this order: the place of the first `+` (of a prefix rule: its length), whether it has no final `*`, fewer
/// segments `+`, its length, its text.
pub(super) type Rank<'t> = (usize, bool, std::cmp::Reverse<usize>, usize, &'t [u8]);

/// The rank of a rule with `+`.
pub(super) fn segments_rank(text: &[u8]) -> Rank<'_> {
    let first = text.iter().position(|byte| *byte == b'+').unwrap_or(text.len());
    let without_star = text.strip_suffix(b"*").unwrap_or(text);
    let wildcards = without_star.split(|byte| *byte == b'/').filter(|segment| *segment == b"+").count();
    let is_whole = without_star.len() == text.len();
    (first, is_whole, std::cmp::Reverse(wildcards), without_star.len(), without_star)
}

/// The rank of a prefix rule.
pub(super) fn prefix_rank(text: &[u8]) -> Rank<'_> {
    (text.len(), false, std::cmp::Reverse(0), text.len(), text)
}

#[derive(Clone, Debug)]
struct Node {
    /// The rule that has this node's segment, and where in its text the segment stands.
    rule: u32,
    start: u32,
    length: u32,
    parent: u32,
    /// The child for any segment.
    plus: u32,
    /// The rule that ends here, by its place in the order of ranks.
    exact: u32,
    /// One more than the best place in the order of ranks of the rules below.
    best: u32,
    /// The greatest place of a first `+` of the rules below.
    furthest_plus: u32,
    /// The lengths of what rules with a final `*` want at the start of the next segment, longest first.
    endings: Vec<u32>,
}

/// The start of a segment for which a rule with a final `*` ends.
#[derive(Clone, Copy, Debug)]
struct Ending {
    node: u32,
    /// The rule's place in the order of ranks.
    place: u32,
    start: u32,
    length: u32,
}

/// The rules with `+`.
#[derive(Clone, Debug, Default)]
pub(super) struct Segments {
    nodes: Vec<Node>,
    children: Table,
    endings: Vec<Ending>,
    ending_table: Table,
    /// The rules by rank, the least first.
    by_rank: Vec<u32>,
    seed: u64,
}

impl Segments {
    /// Puts rules of different texts in order.
    pub(super) fn new(rules: Vec<u32>, texts: &Texts, seed: u64) -> Self {
        if rules.is_empty() {
            return Self::default();
        }
        let mut ranked: Vec<(Rank<'_>, u32)> =
            rules.into_iter().map(|rule| (segments_rank(texts.bytes(rule)), rule)).collect();
        order::sort(&mut ranked);
        let rules: Vec<u32> = ranked.into_iter().map(|(_, rule)| rule).collect();
        let mut segments = Self { seed, ..Self::default() };
        segments.node(NONE, NONE, 0, 0);
        for (place, rule) in rules.iter().enumerate() {
            segments.add(*rule, place as u32, texts);
        }
        for node in &mut segments.nodes {
            order::sort_by(&mut node.endings, &|one, two| two.cmp(one));
            node.endings.dedup();
        }
        segments.by_rank = rules;
        segments
    }

    /// Whether there is no rule.
    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    fn node(&mut self, parent: u32, rule: u32, start: u32, length: u32) -> u32 {
        self.nodes.push(Node {
            rule,
            start,
            length,
            parent,
            plus: NONE,
            exact: NONE,
            best: 0,
            furthest_plus: 0,
            endings: Vec::new(),
        });
        self.nodes.len() as u32 - 1
    }

    /// Adds a rule; the ranks come in rising order, so that the last one added is the best of every node.
    fn add(&mut self, rule: u32, place: u32, texts: &Texts) {
        let text = texts.bytes(rule);
        let (first, is_whole, ..) = segments_rank(text);
        let without_star = text.strip_suffix(b"*").unwrap_or(text);
        let mut at = 0;
        let mut start = 0_u32;
        let count = without_star.split(|byte| *byte == b'/').count();
        for (number, segment) in without_star.split(|byte| *byte == b'/').enumerate() {
            if let Some(node) = self.nodes.get_mut(at as usize) {
                node.best = place + 1;
                node.furthest_plus = node.furthest_plus.max(first as u32);
            }
            if number + 1 == count && !is_whole {
                return self.add_ending(at, place, start, segment);
            }
            at = self.child_or_new(at, rule, start, segment, texts);
            start += segment.len() as u32 + 1;
        }
        if let Some(node) = self.nodes.get_mut(at as usize) {
            node.best = place + 1;
            node.furthest_plus = node.furthest_plus.max(first as u32);
            node.exact = place;
        }
    }

    fn add_ending(&mut self, node: u32, place: u32, start: u32, segment: &[u8]) {
        let length = segment.len() as u32;
        self.ending_table.insert(self.hash(node, segment), self.endings.len() as u32);
        self.endings.push(Ending { node, place, start, length });
        if let Some(node) = self.nodes.get_mut(node as usize) {
            node.endings.push(length);
        }
    }

    fn child_or_new(&mut self, parent: u32, rule: u32, start: u32, segment: &[u8], texts: &Texts) -> u32 {
        let known = if segment == b"+" {
            self.nodes.get(parent as usize).map(|node| node.plus).filter(|plus| *plus != NONE)
        } else {
            self.child(parent, segment, texts)
        };
        if let Some(known) = known {
            return known;
        }
        let child = self.node(parent, rule, start, segment.len() as u32);
        if segment != b"+" {
            self.children.insert(self.hash(parent, segment), child);
        } else if let Some(node) = self.nodes.get_mut(parent as usize) {
            node.plus = child;
        }
        child
    }

    fn hash(&self, node: u32, segment: &[u8]) -> u32 {
        hash(segment, self.seed ^ u64::from(node).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn child(&self, parent: u32, segment: &[u8], texts: &Texts) -> Option<u32> {
        self.children.find(self.hash(parent, segment), |child| {
            self.nodes.get(child as usize).is_some_and(|node| {
                let range = node.start as usize..(node.start + node.length) as usize;
                node.parent == parent && texts.bytes(node.rule).get(range) == Some(segment)
            })
        })
    }

    fn ending(&self, node: u32, start: &[u8], texts: &Texts) -> Option<u32> {
        let mut found = None;
        self.ending_table.find(self.hash(node, start), |index| {
            found = self.endings.get(index as usize).copied().filter(|ending| {
                let range = ending.start as usize..(ending.start + ending.length) as usize;
                let rule = self.by_rank.get(ending.place as usize).copied().unwrap_or(NONE);
                ending.node == node && texts.bytes(rule).get(range) == Some(start)
            });
            found.is_some()
        });
        found.map(|ending| ending.place)
    }

    /// The best rule that matches the path, of those whose first `+` stands at `furthest` or later.
    pub(super) fn best(&self, path: &[u8], furthest: usize, texts: &Texts) -> Option<u32> {
        if self.nodes.first().is_none_or(|root| (root.furthest_plus as usize) < furthest) {
            return None;
        }
        let mut best = 0;
        self.walk(path, texts, &mut |step| match step {
            Step::Node(node) => node.best > best && node.furthest_plus as usize >= furthest,
            Step::Match(place) => {
                best = best.max(place + 1);
                // The longest ending of a node is its best.
                false
            }
        });
        best.checked_sub(1).and_then(|place| self.by_rank.get(place as usize)).copied()
    }

    /// Hands over every rule that matches the path.
    pub(super) fn matching(&self, path: &[u8], texts: &Texts, found: &mut dyn FnMut(u32)) {
        self.walk(path, texts, &mut |step| {
            if let Step::Match(place) = step {
                self.by_rank.get(place as usize).copied().into_iter().for_each(&mut *found);
            }
            true
        });
    }

    /// Walks over the nodes that the path leads to. `wants` says whether to go into a node, and whether to
    /// look at the shorter endings after a match.
    fn walk(&self, path: &[u8], texts: &Texts, wants: &mut impl FnMut(Step<'_>) -> bool) {
        if self.nodes.is_empty() {
            return;
        }
        let mut later = Stack::default();
        later.push(0, 0);
        while let Some((at, start)) = later.pop() {
            let Some(node) = self.nodes.get(at as usize) else { continue };
            if !wants(Step::Node(node)) {
                continue;
            }
            if start == END {
                if node.exact != NONE {
                    wants(Step::Match(node.exact));
                }
                continue;
            }
            let rest = path.get(start as usize..).unwrap_or_default();
            let length = rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len());
            let segment = rest.get(..length).unwrap_or_default();
            for ending in &node.endings {
                if let Some(start) = segment.get(..*ending as usize)
                    && let Some(place) = self.ending(at, start, texts)
                    && !wants(Step::Match(place))
                {
                    break;
                }
            }
            let next = if length == rest.len() { END } else { start + length as u32 + 1 };
            if node.plus != NONE {
                later.push(node.plus, next);
            }
            // A segment's own node is looked at first.
            if let Some(child) = self.child(at, segment, texts) {
                later.push(child, next);
            }
        }
    }

    /// Whether the texts seem to be made to collide.
    pub(super) fn is_crowded(&self) -> bool {
        self.children.is_crowded() || self.ending_table.is_crowded()
    }

    /// The bytes taken.
    pub(super) fn bytes(&self) -> usize {
        let endings: usize = self.nodes.iter().map(|node| node.endings.capacity() * 4).sum();
        self.children.bytes()
            + self.ending_table.bytes()
            + endings
            + self.nodes.capacity() * size_of::<Node>()
            + self.endings.capacity() * size_of::<Ending>()
            + self.by_rank.capacity() * 4
    }
}

/// Whether a path matches a rule with `+`. Most paths differ in their first bytes.
pub(super) fn segments_match(text: &[u8], path: &[u8]) -> bool {
    let (mut text, is_open) = text.strip_suffix(b"*").map_or((text, false), |start| (start, true));
    let mut path = path;
    let mut starts_segment = true;
    loop {
        match (text, path) {
            ([b'+'], _) | ([b'+', b'/', ..], _) if starts_segment => {
                let length = path.iter().position(|byte| *byte == b'/').unwrap_or(path.len());
                path = path.get(length..).unwrap_or_default();
                text = text.get(1..).unwrap_or_default();
                starts_segment = false;
            }
            ([], rest) => return is_open || rest.is_empty(),
            ([one, text_rest @ ..], [other, path_rest @ ..]) if one == other => {
                starts_segment = *one == b'/';
                (text, path) = (text_rest, path_rest);
            }
            _ => return false,
        }
    }
}

enum Step<'n> {
    Node(&'n Node),
    Match(u32),
}

/// Nodes to look at later, without allocation for paths of usual depth.
#[derive(Default)]
struct Stack {
    near: [(u32, u32); 8],
    count: usize,
    far: Vec<(u32, u32)>,
}

impl Stack {
    fn push(&mut self, node: u32, start: u32) {
        match self.near.get_mut(self.count) {
            Some(slot) => {
                *slot = (node, start);
                self.count += 1;
            }
            None => self.far.push((node, start)),
        }
    }

    fn pop(&mut self) -> Option<(u32, u32)> {
        if let Some(last) = self.far.pop() {
            return Some(last);
        }
        self.count = self.count.checked_sub(1)?;
        self.near.get(self.count).copied()
    }
}
