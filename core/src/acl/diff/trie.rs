//! The rules of both sides as one tree of segments.

use std::cmp::Ordering;

use super::{Acl, MAX_DIFF_WORK};
use crate::acl::build::RuleView;
use crate::acl::constraints::MergedConstraints;
use crate::model::{PathPattern, PatternKind};
use crate::text::order;

const NONE: u32 = u32::MAX;

/// The most nodes that are built.
const MAX_NODES: usize = MAX_DIFF_WORK / 32;

/// The rules of both sides by their segments; equal paths of both are one.
pub(super) struct Trie<'a> {
    nodes: Vec<Node<'a>>,
}

/// Where some segments lead to. "Changed" is a rule that only one side has, or both have with other contents.
struct Node<'a> {
    /// By their literal.
    children: Vec<(&'a str, u32)>,
    /// The child for any segment.
    plus: u32,
    /// The beginnings before a final `*`, and whether the rule is changed.
    beginnings: Vec<(&'a str, bool)>,
    /// Whether a changed rule ends here.
    is_changed_end: bool,
    /// Whether one ends here or below.
    has_changed: bool,
}

/// A segment that leads to its own combination of rules.
pub(super) struct Choice<'a> {
    pub(super) segment: &'a str,
    /// Whether something that occurs in no rule stands behind.
    pub(super) is_open: bool,
    /// The rules still alive behind it.
    pub(super) nodes: Vec<u32>,
    /// Whether a changed rule matches whatever comes.
    pub(super) is_matched: bool,
}

impl<'a> Trie<'a> {
    /// Puts the rules together; `None` when they have too many segments.
    pub(super) fn new(old: &'a Acl, new: &'a Acl) -> Option<Self> {
        let mut rules: Vec<(RuleView<'a>, bool)> = old.rules().map(|rule| (rule, false)).collect();
        rules.extend(new.rules().map(|rule| (rule, true)));
        order::sort_by(&mut rules, &|one, two| {
            by_segments(one.0.pattern, two.0.pattern).then(one.1.cmp(&two.1))
        });
        let mut trie = Self { nodes: Vec::new() };
        trie.node();
        let mut rest = rules.as_slice();
        while let Some(((first, _), others)) = rest.split_first() {
            let twin = others.first().map(|(twin, _)| twin).filter(|twin| twin.pattern == first.pattern);
            let is_same = twin.is_some_and(|twin| {
                first.granted == twin.granted
                    && MergedConstraints::are_same(old.conditions(first.id.0), new.conditions(twin.id.0))
            });
            trie.add(first.pattern, !is_same);
            if trie.nodes.len() > MAX_NODES {
                return None;
            }
            rest = if twin.is_some() { others.get(1..).unwrap_or_default() } else { others };
        }
        Some(trie)
    }

    fn node(&mut self) -> u32 {
        self.nodes.push(Node {
            children: Vec::new(),
            plus: NONE,
            beginnings: Vec::new(),
            is_changed_end: false,
            has_changed: false,
        });
        self.nodes.len() as u32 - 1
    }

    fn add(&mut self, pattern: PathPattern<'a>, is_changed: bool) {
        let has_plus = pattern.kind == PatternKind::Segments;
        let (text, is_open) = match (pattern.kind, pattern.text.strip_suffix('*')) {
            (PatternKind::Prefix, _) => (pattern.text, true),
            (PatternKind::Segments, Some(text)) => (text, true),
            _ => (pattern.text, false),
        };
        let mut at = 0;
        let mut segments = text.split('/').peekable();
        while let Some(segment) = segments.next() {
            let is_beginning = is_open && segments.peek().is_none();
            if let Some(node) = self.nodes.get_mut(at as usize) {
                node.has_changed |= is_changed;
                if is_beginning {
                    return node.beginnings.push((segment, is_changed));
                }
            }
            at = self.child(at, segment, has_plus && segment == "+");
        }
        if let Some(node) = self.nodes.get_mut(at as usize) {
            node.has_changed |= is_changed;
            node.is_changed_end |= is_changed;
        }
    }

    /// The rules come by segments, so that a child that is there is the last one.
    fn child(&mut self, parent: u32, segment: &'a str, is_plus: bool) -> u32 {
        let known = self.nodes.get(parent as usize).and_then(|node| {
            let last = node.children.last().filter(|(last, _)| *last == segment);
            if is_plus { Some(node.plus).filter(|plus| *plus != NONE) } else { last.map(|(_, child)| *child) }
        });
        known.unwrap_or_else(|| {
            let child = self.node();
            if let Some(node) = self.nodes.get_mut(parent as usize) {
                match is_plus {
                    true => node.plus = child,
                    false => node.children.push((segment, child)),
                }
            }
            child
        })
    }

    fn get(&self, nodes: &[u32]) -> impl Iterator<Item = &Node<'a>> {
        nodes.iter().filter_map(|node| self.nodes.get(*node as usize))
    }

    /// Whether a changed rule matches a path that ends at these nodes, and one that ends there with a slash.
    pub(super) fn changes_at(&self, nodes: &[u32]) -> (bool, bool) {
        let is_changed_end =
            |node: u32| self.nodes.get(node as usize).is_some_and(|node| node.is_changed_end);
        let ends = self.get(nodes).any(|node| node.is_changed_end);
        let with_slash = self.get(nodes).any(|node| {
            let empty = node.children.first().filter(|(segment, _)| segment.is_empty());
            is_changed_end(node.plus)
                || empty.is_some_and(|(_, child)| is_changed_end(*child))
                || node.beginnings.iter().any(|(text, is_changed)| text.is_empty() && *is_changed)
        });
        (ends, with_slash)
    }

    /// The segments that lead from these nodes to combinations of their own with a changed rule among them; the
    /// last one is looked at first.
    pub(super) fn choices(&self, nodes: &[u32], is_matched: bool) -> Vec<Choice<'a>> {
        let mut choices = Vec::new();
        let any: Vec<u32> = self.get(nodes).map(|node| node.plus).filter(|plus| *plus != NONE).collect();
        let has_changed = |nodes: &[u32]| self.get(nodes).any(|node| node.has_changed);
        let is_any_changed = has_changed(&any);
        let mut steps = self.steps(nodes);
        order::sort(&mut steps);
        // The beginnings that the current segment starts with, and whether one of them is of a changed rule.
        let mut open: Vec<(&str, bool)> = Vec::new();
        let mut open_choice = Choice { segment: "", is_open: true, nodes: any.clone(), is_matched };
        for group in steps.chunk_by(|one, two| one.segment == two.segment) {
            let Some(segment) = group.first().map(|step| step.segment) else { continue };
            while open.last().is_some_and(|(beginning, _)| !segment.starts_with(beginning)) {
                open.pop();
            }
            let mut is_matched = is_matched || open.last().is_some_and(|(_, is_changed)| *is_changed);
            let mut below = Vec::new();
            let mut is_beginning = false;
            for step in group {
                match step.leads_to {
                    NONE => {
                        is_beginning = true;
                        is_matched |= step.is_changed;
                    }
                    child => below.push(child),
                }
            }
            if is_beginning {
                open.push((segment, is_matched));
            }
            if !below.is_empty() {
                below.extend_from_slice(&any);
                if is_matched || has_changed(&below) {
                    choices.push(Choice { segment, is_open: false, nodes: below, is_matched });
                }
            }
            if is_beginning && segment.is_empty() {
                open_choice.is_matched = is_matched;
            } else if is_beginning && (is_matched || is_any_changed) {
                choices.push(Choice { segment, is_open: true, nodes: any.clone(), is_matched });
            }
        }
        if open_choice.is_matched || is_any_changed {
            choices.push(open_choice);
        }
        choices
    }

    fn steps(&self, nodes: &[u32]) -> Vec<Step<'a>> {
        let mut steps = Vec::new();
        for node in self.get(nodes) {
            let children = node.children.iter();
            steps.extend(children.map(|(segment, child)| Step {
                segment,
                leads_to: *child,
                is_changed: false,
            }));
            let beginnings = node.beginnings.iter();
            steps.extend(beginnings.map(|(segment, is_changed)| Step {
                segment,
                leads_to: NONE,
                is_changed: *is_changed,
            }));
        }
        steps
    }
}

/// A literal and its child, or a beginning and [`NONE`].
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Step<'a> {
    segment: &'a str,
    leads_to: u32,
    is_changed: bool,
}

/// The order in which rules with the same first segments stand together.
fn by_segments(one: PathPattern<'_>, two: PathPattern<'_>) -> Ordering {
    // UTF-8 has no byte 255, so that adding one keeps the order.
    let rank = |byte: u8| if byte == b'/' { 0 } else { byte.saturating_add(1) };
    let (first, second) = (one.text, two.text);
    std::iter::zip(first.bytes(), second.bytes())
        .map(|(one, two)| rank(one).cmp(&rank(two)))
        .find(|order| order.is_ne())
        .unwrap_or_else(|| first.len().cmp(&second.len()))
        .then(one.kind.cmp(&two.kind))
}
