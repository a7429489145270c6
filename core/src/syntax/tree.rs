//! One tree for every document: items with keys and values, comments, and a byte span on each.
//!
//! The nodes lie in one array in the order of the text (a node's first child follows it, `next` is the
//! node after its last descendant), so that a tree costs 16 bytes a node and reading it is a walk forward.

use std::borrow::Cow;
use std::sync::Arc;

use super::decode;
use super::dialect::Dialect;
use super::problem::{Problem, Problems};
use crate::text::Span;

/// What a node of the tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum NodeKind {
    /// `true` or `false`.
    Bool,
    /// An expression of HCL 2 that is no literal: a reference, a call, an operation.
    Expression,
    /// A number with a fraction or an exponent.
    Float,
    /// `<<EOF … EOF`.
    Heredoc,
    /// One or more keys and a value: an attribute, a block, a JSON member.
    Item,
    /// A key of an item; a block's labels are its keys after the first.
    Key,
    /// `[ … ]`.
    List,
    /// A value that is not there (yet).
    Missing,
    /// `null` of JSON and HCL 2.
    Null,
    /// An integer.
    Number,
    /// `{ … }`, and the whole document.
    Object,
    /// A quoted string.
    String,
}

/// The string holds a backslash.
pub(super) const HAS_ESCAPE: u8 = 1;
/// The string holds `${` or `%{`.
pub(super) const HAS_TEMPLATE: u8 = 2;
/// The key is written in quotes.
pub(super) const QUOTED: u8 = 4;
/// A `=` stands between key and value.
pub(super) const ASSIGNED: u8 = 8;
/// A `:` stands between key and value.
pub(super) const COLON: u8 = 16;

#[derive(Clone, Copy, Debug)]
struct Node {
    kind: NodeKind,
    flags: u8,
    start: u32,
    end: u32,
    next: u32,
}

/// The tree of one document, with all that is wrong with its syntax.
#[derive(Clone, Debug)]
pub struct Tree {
    text: Arc<str>,
    dialect: Dialect,
    nodes: Vec<Node>,
    comments: Vec<Span>,
    problems: Problems,
}

impl Tree {
    /// The text that was read.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text that was read, shared.
    pub(super) fn shared_text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// The language that it was read as.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The whole document as one object.
    pub fn root(&self) -> Object<'_> {
        Object(NodeRef { tree: self, index: 0 })
    }

    /// The comments, in the order of the text, with their markers.
    pub fn comments(&self) -> &[Span] {
        &self.comments
    }

    /// What is wrong with the syntax, in the order of the text. A document without problems is one that
    /// the language's reference parser accepts.
    pub fn problems(&self) -> &[Problem] {
        self.problems.as_slice()
    }

    /// Sets what is wrong, where another reader than the tree's own decides.
    pub(super) fn replace_problems(&mut self, problems: Problems) {
        self.problems = problems;
        self.problems.sort();
    }

    /// How many problems were found but not kept.
    pub fn omitted_problems(&self) -> u32 {
        self.problems.omitted()
    }

    /// Kind and span of every node, in the order of the text.
    pub fn node_spans(&self) -> impl Iterator<Item = (NodeKind, Span)> + '_ {
        self.nodes.iter().map(|node| (node.kind, Span::new(node.start, node.end)))
    }
}

/// Builds a [`Tree`] from front to back.
pub(super) struct TreeBuilder {
    nodes: Vec<Node>,
    pub(super) comments: Vec<Span>,
    pub(super) problems: Problems,
}

impl TreeBuilder {
    /// A builder for a text of `length` bytes, with the root object open.
    pub(super) fn new(length: usize) -> Self {
        let mut nodes = Vec::with_capacity(length / 8 + 8);
        nodes.push(Node { kind: NodeKind::Object, flags: 0, start: 0, end: length as u32, next: 0 });
        Self { nodes, comments: Vec::new(), problems: Problems::default() }
    }

    /// Opens a node that will have children. Close it with [`TreeBuilder::close`].
    pub(super) fn open(&mut self, kind: NodeKind, flags: u8, start: u32) -> usize {
        self.nodes.push(Node { kind, flags, start, end: start, next: 0 });
        self.nodes.len() - 1
    }

    /// Closes a node: all nodes added since it was opened are its descendants.
    pub(super) fn close(&mut self, index: usize, end: u32) {
        let next = self.nodes.len() as u32;
        if let Some(node) = self.nodes.get_mut(index) {
            node.end = end;
            node.next = next;
        }
    }

    /// Sets further flags of an open node.
    pub(super) fn flag(&mut self, index: usize, flags: u8) {
        if let Some(node) = self.nodes.get_mut(index) {
            node.flags |= flags;
        }
    }

    /// Adds a node without children.
    pub(super) fn leaf(&mut self, kind: NodeKind, flags: u8, span: Span) {
        let next = self.nodes.len() as u32 + 1;
        self.nodes.push(Node { kind, flags, start: span.start, end: span.end, next });
    }

    /// Drops every node from `index` on.
    pub(super) fn truncate(&mut self, index: usize) {
        self.nodes.truncate(index);
    }

    /// The number of nodes so far.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Closes the root.
    pub(super) fn finish(mut self, text: Arc<str>, dialect: Dialect) -> Tree {
        self.close(0, text.len() as u32);
        self.problems.sort();
        Tree { text, dialect, nodes: self.nodes, comments: self.comments, problems: self.problems }
    }
}

#[derive(Clone, Copy)]
struct NodeRef<'t> {
    tree: &'t Tree,
    index: u32,
}

const NO_NODE: Node = Node { kind: NodeKind::Missing, flags: 0, start: 0, end: 0, next: u32::MAX };

impl<'t> NodeRef<'t> {
    fn node(self) -> Node {
        self.tree.nodes.get(self.index as usize).copied().unwrap_or(NO_NODE)
    }

    fn span(self) -> Span {
        let node = self.node();
        Span::new(node.start, node.end)
    }

    fn raw(self) -> &'t str {
        self.span().of(&self.tree.text)
    }

    fn has(self, flag: u8) -> bool {
        self.node().flags & flag != 0
    }

    fn children(self) -> Children<'t> {
        Children { tree: self.tree, index: self.index + 1, end: self.node().next }
    }
}

#[derive(Clone)]
struct Children<'t> {
    tree: &'t Tree,
    index: u32,
    end: u32,
}

impl<'t> Iterator for Children<'t> {
    type Item = NodeRef<'t>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.index >= self.end {
            return None;
        }
        let child = NodeRef { tree: self.tree, index: self.index };
        self.index = child.node().next;
        Some(child)
    }
}

/// `{ … }`, or a whole document.
#[derive(Clone, Copy)]
pub struct Object<'t>(NodeRef<'t>);

impl<'t> Object<'t> {
    /// The object's text, braces included.
    pub fn span(self) -> Span {
        self.0.span()
    }

    /// The place between the braces.
    pub fn inner_span(self) -> Span {
        let span = self.span();
        let raw = self.0.raw();
        let start = if self.0.index != 0 && raw.starts_with('{') { span.start + 1 } else { span.start };
        let end =
            if self.0.index != 0 && raw.ends_with('}') && span.len() > 1 { span.end - 1 } else { span.end };
        Span::new(start, end.max(start))
    }

    /// The items, in the order of the text.
    pub fn items(self) -> impl Iterator<Item = Item<'t>> + Clone {
        self.0.children().map(Item)
    }

    /// The items whose first key is `name`.
    pub fn items_named(self, name: &str) -> impl Iterator<Item = Item<'t>> + Clone {
        self.items().filter(move |item| item.key().name() == name)
    }

    /// The last item whose first key is `name`, which is the one that counts in most readers.
    pub fn item(self, name: &str) -> Option<Item<'t>> {
        self.items_named(name).last()
    }

    /// Whether there is no item.
    pub fn is_empty(self) -> bool {
        self.items().next().is_none()
    }
}

/// One or more keys and a value.
#[derive(Clone, Copy)]
pub struct Item<'t>(NodeRef<'t>);

impl<'t> Item<'t> {
    /// From the first key to the end of the value.
    pub fn span(self) -> Span {
        self.0.span()
    }

    /// All keys: the name, then the labels.
    pub fn keys(self) -> impl Iterator<Item = Key<'t>> + Clone {
        self.0.children().take_while(|child| child.node().kind == NodeKind::Key).map(Key)
    }

    /// The first key. An item without any (`= 3`) gives an empty key at its start.
    pub fn key(self) -> Key<'t> {
        Key(NodeRef { tree: self.0.tree, index: self.0.index + 1 })
    }

    /// The keys after the first.
    pub fn labels(self) -> impl Iterator<Item = Key<'t>> + Clone {
        self.keys().skip(1)
    }

    /// The value; a [`NodeKind::Missing`] one where there is none.
    pub fn value(self) -> Value<'t> {
        let value = self.0.children().find(|child| child.node().kind != NodeKind::Key);
        Value(value.unwrap_or(NodeRef { tree: self.0.tree, index: u32::MAX - 1 }))
    }

    /// The first label, whether there are more, and the value.
    pub(crate) fn label_and_value(self) -> (Option<Key<'t>>, bool, Value<'t>) {
        let mut children = self.0.children();
        let mut label = None;
        let mut has_more = false;
        let value = loop {
            match children.next() {
                Some(child) if child.node().kind != NodeKind::Key => break child,
                Some(child) if child.index == self.0.index + 1 => {}
                Some(child) => {
                    has_more |= label.is_some();
                    label = label.or(Some(Key(child)));
                }
                None => break NodeRef { tree: self.0.tree, index: u32::MAX - 1 },
            }
        };
        (label, has_more, Value(value))
    }

    /// Whether the value is an object written without `=` or `:`.
    pub fn is_block(self) -> bool {
        !self.0.has(ASSIGNED | COLON) && self.value().kind() == NodeKind::Object
    }

    /// Whether a `=` stands between key and value.
    pub fn is_assigned(self) -> bool {
        self.0.has(ASSIGNED)
    }

    /// From the first key to the last, the part to underline for a whole block.
    pub fn header_span(self) -> Span {
        self.keys().fold(self.key().span(), |span, key| span.to(key.span()))
    }
}

/// A key of an item.
#[derive(Clone, Copy)]
pub struct Key<'t>(NodeRef<'t>);

impl<'t> Key<'t> {
    /// The key's text, quotes included.
    pub fn span(self) -> Span {
        if self.0.node().kind == NodeKind::Key { self.0.span() } else { Span::at(self.0.node().start) }
    }

    /// The key without its quotes.
    pub fn inner_span(self) -> Span {
        if self.is_quoted() { unquoted(self.span(), self.raw()) } else { self.span() }
    }

    /// The key as it is written, quotes included.
    pub fn raw(self) -> &'t str {
        self.span().of(&self.0.tree.text)
    }

    /// Whether the key is written in quotes.
    pub fn is_quoted(self) -> bool {
        self.0.has(QUOTED)
    }

    /// Whether the key holds an escape or a template.
    pub(crate) fn is_special(self) -> bool {
        self.0.has(HAS_ESCAPE | HAS_TEMPLATE)
    }

    /// The decoded name.
    pub fn name(self) -> Cow<'t, str> {
        let node = self.0.node();
        if node.kind != NodeKind::Key {
            return Cow::Borrowed("");
        }
        let raw = Span::new(node.start, node.end).of(&self.0.tree.text);
        if node.flags & QUOTED == 0 {
            return Cow::Borrowed(raw);
        }
        if node.flags & (HAS_ESCAPE | HAS_TEMPLATE) == 0 {
            Cow::Borrowed(inner_text(raw))
        } else {
            decode::string(inner_text(raw), self.0.tree.dialect)
        }
    }

    /// The bytes of the key's name, which may be no text.
    pub(crate) fn bytes(self) -> Vec<u8> {
        let dialect = self.0.tree.dialect;
        if self.is_quoted() {
            super::string_bytes(self.raw(), dialect)
        } else {
            self.raw().as_bytes().to_vec()
        }
    }
}

/// A value.
#[derive(Clone, Copy)]
pub struct Value<'t>(NodeRef<'t>);

impl<'t> Value<'t> {
    /// What the value is.
    pub fn kind(self) -> NodeKind {
        self.0.node().kind
    }

    /// The value's text, quotes and brackets included.
    pub fn span(self) -> Span {
        self.0.span()
    }

    /// The value as it is written.
    pub fn raw(self) -> &'t str {
        self.0.raw()
    }

    /// A quoted string without its quotes; the whole span of any other value.
    pub fn inner_span(self) -> Span {
        if self.kind() == NodeKind::String { unquoted(self.span(), self.raw()) } else { self.span() }
    }

    /// The value as an object.
    pub fn object(self) -> Option<Object<'t>> {
        (self.kind() == NodeKind::Object).then_some(Object(self.0))
    }

    /// The elements of a list.
    pub fn list(self) -> Option<impl Iterator<Item = Value<'t>> + Clone> {
        (self.kind() == NodeKind::List).then(|| self.0.children().map(Value))
    }

    /// The decoded text of a string or heredoc.
    pub fn string(self) -> Option<Cow<'t, str>> {
        let node = self.0.node();
        match node.kind {
            NodeKind::String => {
                let inner = inner_text(Span::new(node.start, node.end).of(&self.0.tree.text));
                Some(if node.flags & (HAS_ESCAPE | HAS_TEMPLATE) == 0 {
                    Cow::Borrowed(inner)
                } else {
                    decode::string(inner, self.0.tree.dialect)
                })
            }
            NodeKind::Heredoc => Some(decode::heredoc(self.raw(), self.0.tree.dialect)),
            _ => None,
        }
    }

    /// Whether a string or heredoc holds `${` or `%{`, which HCL 2 evaluates.
    pub fn has_template(self) -> bool {
        self.0.has(HAS_TEMPLATE)
    }

    /// Whether a string holds an escape, or a string or heredoc a template.
    pub(crate) fn is_special(self) -> bool {
        self.0.has(HAS_ESCAPE | HAS_TEMPLATE)
    }

    /// The value of `true` or `false`.
    pub fn boolean(self) -> Option<bool> {
        (self.kind() == NodeKind::Bool).then(|| self.raw() == "true")
    }

    /// The value of an integer, read as the dialect reads it (`010` is 8 in HCL 1). Integers that fit no
    /// `i64` give `None`.
    pub fn integer(self) -> Option<i64> {
        (self.kind() == NodeKind::Number).then(|| decode::integer(self.raw(), self.0.tree.dialect)).flatten()
    }

    /// Whether the value is not there.
    pub fn is_missing(self) -> bool {
        self.kind() == NodeKind::Missing
    }
}

/// What stands between the quotes.
fn inner_text(raw: &str) -> &str {
    unquoted(Span::new(0, raw.len() as u32), raw).of(raw)
}

/// Without the quotes, also where a string has lost one or has quotes of a word processor.
fn unquoted(span: Span, raw: &str) -> Span {
    // Nearly every string is in two plain quotes.
    if let [b'"', .., b'"'] = raw.as_bytes() {
        return Span::new(span.start + 1, span.end - 1);
    }
    const QUOTES: [char; 10] = ['"', '\'', '“', '”', '„', '‟', '«', '»', '‘', '’'];
    let without_first = raw.strip_prefix(QUOTES).unwrap_or(raw);
    let inner = without_first.strip_suffix(QUOTES).unwrap_or(without_first);
    let start = span.start + (raw.len() - without_first.len()) as u32;
    Span::new(start, start + inner.len() as u32)
}
