//! Blocks and attributes of a tree, alike in HCL and in JSON.

use crate::model::job::evaluate::Evaluator;
use crate::model::job::keys::BlockKey;
use crate::model::job::{Attribute, AttributeValue};
use crate::syntax::{Dialect, Item, NodeKind, Object, Tree, Value};
use crate::text::{Span, Spanned};

/// A block with its labels.
pub(super) struct Block<'t> {
    /// From the name to the last label.
    pub(super) header: Span,
    /// The whole block.
    pub(super) span: Span,
    /// The labels.
    pub(super) labels: Vec<Spanned<String>>,
    /// What is between the braces.
    pub(super) body: Object<'t>,
    /// Whether a `=` stands before the brace.
    pub(super) is_assigned: bool,
}

/// The blocks of one item: one in HCL; in JSON, and in HCL 1's `name { "label" { … } }`, one for each label,
/// and one for each element of a list.
pub(super) fn blocks(item: Item<'_>, labels_wanted: usize) -> Vec<Block<'_>> {
    let labels = item.labels().map(|it| Spanned::new(it.name().into_owned(), it.span())).collect();
    let mut found = Vec::new();
    let from = Block {
        header: item.header_span(),
        span: item.span(),
        labels,
        body: match item.value().object() {
            Some(body) => body,
            None => match item.value().list().and_then(|mut it| it.find_map(Value::object)) {
                Some(body) => body,
                None => return found,
            },
        },
        is_assigned: item.is_assigned(),
    };
    collect(&from, item.value(), labels_wanted, &mut found);
    found
}

fn collect<'t>(from: &Block<'t>, value: Value<'t>, wanted: usize, found: &mut Vec<Block<'t>>) {
    if let Some(elements) = value.list() {
        for element in elements {
            collect(from, element, wanted, found);
        }
        return;
    }
    let Some(body) = value.object() else { return };
    if from.labels.len() >= wanted {
        found.push(Block { labels: from.labels.clone(), body, ..*from });
        return;
    }
    for item in body.items() {
        let mut labels = from.labels.clone();
        labels.extend(item.keys().map(|it| Spanned::new(it.name().into_owned(), it.span())));
        let inner = Block { header: item.header_span(), span: item.span(), labels, body, is_assigned: false };
        collect(&inner, item.value(), wanted, found);
    }
}

/// Reads values; those of HCL 2 are evaluated.
pub(super) struct Reader<'t> {
    pub(super) tree: &'t Tree,
    evaluator: Option<Evaluator<'t>>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(tree: &'t Tree) -> Self {
        let evaluator = (tree.dialect() == Dialect::Hcl2).then(|| Evaluator::new(tree));
        Self { tree, evaluator }
    }

    /// An item as an attribute.
    pub(super) fn attribute(&mut self, item: Item<'t>) -> Attribute {
        let value = item.value();
        Attribute {
            name: Spanned::new(item.key().name().into_owned(), item.key().span()),
            span: item.span(),
            value: Spanned::new(self.value(value), value.span()),
        }
    }

    fn value(&mut self, value: Value<'t>) -> AttributeValue {
        if let Some(evaluator) = &mut self.evaluator
            && (value.kind() == NodeKind::Expression || value.has_template())
        {
            return evaluator.value(value);
        }
        match value.kind() {
            NodeKind::Bool => AttributeValue::Bool(value.boolean().unwrap_or_default()),
            NodeKind::Number => match value.integer() {
                Some(number) => AttributeValue::Integer(number),
                None => AttributeValue::Float(value.raw().parse().unwrap_or(f64::NAN)),
            },
            NodeKind::Float => AttributeValue::Float(value.raw().parse().unwrap_or(f64::NAN)),
            NodeKind::String | NodeKind::Heredoc => {
                AttributeValue::Text(value.string().unwrap_or_default().into_owned())
            }
            NodeKind::List => {
                let elements = value.list().into_iter().flatten();
                AttributeValue::List(
                    elements.map(|element| Spanned::new(self.value(element), element.span())).collect(),
                )
            }
            NodeKind::Object => AttributeValue::Object,
            NodeKind::Null => AttributeValue::Null,
            NodeKind::Expression => AttributeValue::Unknown("it is an expression".to_owned()),
            NodeKind::Item | NodeKind::Key | NodeKind::Missing => AttributeValue::Missing,
        }
    }
}

/// Puts an attribute into the place of its key; gives it back when the block has no such key.
pub(super) fn fill<B>(
    block: &mut B,
    keys: &[BlockKey<B>],
    attribute: Attribute,
    is_named: impl Fn(&BlockKey<B>, &str) -> bool,
) -> Result<(), Attribute> {
    match keys.iter().find(|key| is_named(key, &attribute.name.value)) {
        Some(key) => {
            *(key.slot)(block) = Some(attribute);
            Ok(())
        }
        None => Err(attribute),
    }
}
