//! The tree of one expression: nodes in one array, children linked, names and texts as places in the document.

use super::reader::Reader;
use crate::text::Span;

/// The index that no node has.
pub(super) const NO_NODE: u32 = u32::MAX;

/// An operator between two operands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    And,
    Divide,
    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Modulo,
    Multiply,
    NotEqual,
    Or,
    Subtract,
}

/// What a node is, and which children it has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A step `.name` of a traversal; the name is the node's text.
    Attribute,
    /// A step `.*`: what follows is done with each element, names and old indexes only.
    AttributeSplat,
    /// Left and right.
    Binary(Operator),
    /// `true` or `false`.
    Bool,
    /// The function's name, then the arguments; the last is spread if `expands`.
    Call { expands: bool },
    /// Condition, value if true, value if false.
    Conditional,
    /// Key name (empty if there is none), value name, collection, value, and maybe a condition.
    ForList,
    /// Key name (empty if there is none), value name, collection, key, value, and maybe a condition.
    ForObject { groups: bool },
    /// A step `[*]`: all that follows is done with each element.
    FullSplat,
    /// A step `[ … ]` with the expression in it.
    Index,
    /// An interpolation of a template: its expression.
    Interpolation,
    /// A step `.0`.
    LegacyIndex,
    /// Elements.
    List,
    /// Text of a template. Escapes count in quoted ones.
    Literal { is_quoted: bool, trims_start: bool, trims_end: bool },
    /// The name of a function or of what a `for` binds.
    Name,
    /// `null`.
    Null,
    /// A number without sign.
    Number,
    /// Key, value, key, value …
    Object,
    /// The expression in it.
    Parenthesis,
    /// A quoted string without template; the quotes belong to the node's text.
    String,
    /// A quoted string or heredoc with its parts; also the body of a directive.
    Template,
    /// `%{ for … }`: key name (empty if there is none), value name, collection, body.
    TemplateFor,
    /// `%{ if … }`: condition, body, and maybe the body of `else`.
    TemplateIf,
    /// The source, then the steps.
    Traversal,
    /// `-` or, if `is_not`, `!`, and the operand.
    Unary { is_not: bool },
    /// A name; as the key of an object it is that word.
    Variable,
}

#[derive(Clone, Copy)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) span: Span,
    pub(super) first: u32,
    pub(super) next: u32,
}

/// Children of a node that is being built.
#[derive(Clone, Copy)]
pub(super) struct Children {
    pub(super) first: u32,
    last: u32,
}

impl Children {
    pub(super) const NONE: Self = Self { first: NO_NODE, last: NO_NODE };

    pub(super) fn of(nodes: &mut [Node], children: &[u32]) -> Self {
        let mut all = Self::NONE;
        for child in children {
            all.add(nodes, *child);
        }
        all
    }

    pub(super) fn add(&mut self, nodes: &mut [Node], child: u32) {
        match nodes.get_mut(self.last as usize) {
            Some(last) => last.next = child,
            None => self.first = child,
        }
        self.last = child;
    }
}

/// One expression, read.
pub(crate) struct Expression<'t> {
    text: &'t str,
    nodes: Vec<Node>,
    root: u32,
}

impl<'t> Expression<'t> {
    /// Reads the expression that `span` holds, line breaks in it or not. A heredoc needs the line break after it
    /// in its span.
    pub(crate) fn read(text: &'t str, span: Span) -> Option<Self> {
        let mut reader = Reader::new(text.get(..span.end as usize)?, span.start);
        let root = reader.whole_expression().ok()?;
        Some(Self { text, nodes: reader.nodes, root })
    }

    pub(crate) fn root(&self) -> Expr<'_> {
        Expr { text: self.text, nodes: &self.nodes, index: self.root }
    }
}

/// A node of an expression.
#[derive(Clone, Copy)]
pub(crate) struct Expr<'e> {
    text: &'e str,
    nodes: &'e [Node],
    index: u32,
}

impl<'e> Expr<'e> {
    fn node(self) -> Node {
        const MISSING: Node = Node { kind: Kind::Null, span: Span::at(0), first: NO_NODE, next: NO_NODE };
        self.nodes.get(self.index as usize).copied().unwrap_or(MISSING)
    }

    pub(crate) fn kind(self) -> Kind {
        self.node().kind
    }

    /// The node's text as it is written.
    pub(crate) fn raw(self) -> &'e str {
        self.node().span.of(self.text)
    }

    /// The children, in the order that [`Kind`] tells.
    pub(crate) fn children(self) -> ExprChildren<'e> {
        ExprChildren { next: Expr { index: self.node().first, ..self } }
    }

    /// A child; `null` where there is none.
    pub(crate) fn child(self, place: usize) -> Self {
        self.children().nth(place).unwrap_or(Expr { index: NO_NODE, ..self })
    }
}

#[derive(Clone, Copy)]
pub(crate) struct ExprChildren<'e> {
    next: Expr<'e>,
}

impl<'e> Iterator for ExprChildren<'e> {
    type Item = Expr<'e>;

    fn next(&mut self) -> Option<Expr<'e>> {
        let node = self.next.nodes.get(self.next.index as usize)?;
        let child = self.next;
        self.next.index = node.next;
        Some(child)
    }
}
