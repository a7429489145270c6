//! Values of HCL 2 expressions, as far as the document alone tells them.
//!
//! Variables count with their defaults, locals with their expressions. What Nomad's clients fill in later
//! (`${NOMAD_…}`, `${attr.…}`, `${meta.…}`, `${node.…}`, `${env[…]}`) stays as it is written, as in Nomad.
//! Everything is evaluated on demand, once, and within bounds; what is not known is said to be unknown.

mod calculation;
mod needs;
mod numbers;

use hcl::Number;

use super::AttributeValue;
use crate::syntax::{Expression, Item, MAX_DEPTH, NodeKind, Tree, Value};
use crate::text::{Span, Spanned, order::NameMap};
use calculation::{Calculation, size};
use needs::Needs;

/// The longest expression that is evaluated, in bytes.
const MAX_EXPRESSION: usize = 16 * 1024;

/// The longest text with a template in it that is evaluated, in bytes.
const MAX_TEMPLATE: usize = 64 * 1024;

/// The most that is evaluated in one document, in bytes of expressions.
const MAX_TOTAL: usize = 512 * 1024;

/// The largest value that a variable or a local may have, in bytes of its text.
const MAX_VALUE: usize = 16 * 1024;

/// How many locals may refer to each other in a row.
const MAX_CHAIN: u32 = 32;

/// Evaluates expressions of one document.
pub(super) struct Evaluator<'t> {
    tree: &'t Tree,
    /// `var.…` and `local.…`, once the first expression needs them.
    names: Option<NameMap<State<'t>>>,
    budget: usize,
    work: usize,
    chain: u32,
    depth: u32,
}

/// How far a name is known.
#[derive(Clone)]
enum State<'t> {
    /// It is being evaluated.
    Busy,
    Known(hcl::Value),
    Unevaluated(Value<'t>),
    Unknown(String),
}

impl<'t> Evaluator<'t> {
    pub(super) fn new(tree: &'t Tree) -> Self {
        Self { tree, names: None, budget: MAX_TOTAL, work: calculation::MAX_WORK, chain: 0, depth: 0 }
    }

    /// The value of an expression or of a string with a template.
    pub(super) fn value(&mut self, value: Value<'t>) -> AttributeValue {
        match self.evaluate(value) {
            Ok(evaluated) => attribute_value(evaluated, value.span()),
            Err(reason) => AttributeValue::Unknown(reason),
        }
    }

    fn evaluate(&mut self, value: Value<'t>) -> Result<hcl::Value, String> {
        match value.kind() {
            NodeKind::Bool => Ok(hcl::Value::Bool(value.boolean().unwrap_or_default())),
            NodeKind::Null => Ok(hcl::Value::Null),
            NodeKind::List | NodeKind::Object => self.collection(value),
            NodeKind::String | NodeKind::Heredoc if !value.has_template() => {
                Ok(hcl::Value::String(value.string().unwrap_or_default().into_owned()))
            }
            NodeKind::Expression
            | NodeKind::Float
            | NodeKind::Heredoc
            | NodeKind::Number
            | NodeKind::String => self.expression(value),
            NodeKind::Item | NodeKind::Key | NodeKind::Missing => Err("there is no value".to_owned()),
        }
    }

    fn collection(&mut self, value: Value<'t>) -> Result<hcl::Value, String> {
        // Locals in lists of locals add up.
        if self.depth > MAX_DEPTH {
            return Err("the value is nested too deep".to_owned());
        }
        self.depth += 1;
        let result = match value.object() {
            Some(object) => self.members(object.items()),
            None => value.list().into_iter().flatten().map(|element| self.evaluate(element)).collect(),
        };
        self.depth -= 1;
        result
    }

    fn members(&mut self, items: impl Iterator<Item = Item<'t>>) -> Result<hcl::Value, String> {
        let mut members = hcl::Map::new();
        for item in items {
            let member = self.evaluate(item.value())?;
            members.insert(item.key().name().into_owned(), member);
        }
        Ok(hcl::Value::Object(members))
    }

    fn expression(&mut self, value: Value<'t>) -> Result<hcl::Value, String> {
        let mut span = value.span();
        let is_template = matches!(value.kind(), NodeKind::Heredoc | NodeKind::String);
        self.pay(span.len() as usize, if is_template { MAX_TEMPLATE } else { MAX_EXPRESSION })?;
        if value.kind() == NodeKind::Heredoc {
            // The line break after its marker belongs to a heredoc.
            let rest = self.tree.text().get(span.end as usize..).unwrap_or_default();
            span.end += rest.find('\n').map_or(0, |at| at + 1) as u32;
        }
        let expression = Expression::read(self.tree.text(), span);
        self.parsed(&expression.ok_or("the expression cannot be read")?)
    }

    fn pay(&mut self, length: usize, limit: usize) -> Result<(), String> {
        if length > limit {
            return Err("the expression is too long".to_owned());
        }
        self.budget =
            self.budget.checked_sub(length).ok_or("there are too many expressions in the document")?;
        Ok(())
    }

    fn parsed(&mut self, expression: &Expression<'_>) -> Result<hcl::Value, String> {
        let mut values = NameMap::default();
        for name in Needs::of(expression.root())?.in_order() {
            values.insert(name, self.named(name)?);
        }
        let mut calculation = Calculation::new(&values, self.work);
        let result = calculation.value(expression.root());
        self.work = calculation.work;
        let value = result?;
        let size = size(&value);
        self.budget = self.budget.saturating_sub(size);
        if size > MAX_VALUE { Err("the value is too long".to_owned()) } else { Ok(value) }
    }

    /// The value of `var.…` or `local.…`.
    fn named(&mut self, name: &str) -> Result<hcl::Value, String> {
        let tree = self.tree;
        let names = self.names.get_or_insert_with(|| declared(tree));
        let state = names.get(name).cloned();
        let value = match state {
            None => return Err(format!("`{name}` is not declared in this document")),
            Some(State::Busy) => return Err(format!("`{name}` refers to itself")),
            Some(State::Known(value)) => return Ok(value),
            Some(State::Unknown(reason)) => return Err(reason),
            Some(State::Unevaluated(value)) => value,
        };
        if self.chain >= MAX_CHAIN {
            return Err("too many locals refer to each other".to_owned());
        }
        self.set(name, State::Busy);
        self.chain += 1;
        let result = self.evaluate(value);
        self.chain -= 1;
        self.set(name, result.clone().map_or_else(State::Unknown, State::Known));
        result
    }

    fn set(&mut self, name: &str, state: State<'t>) {
        if let Some(names) = &mut self.names {
            names.insert(name, state);
        }
    }
}

/// The variables and locals that a document declares.
fn declared(tree: &Tree) -> NameMap<State<'_>> {
    let mut names = NameMap::default();
    for item in tree.root().items() {
        match item.key().name().as_ref() {
            "variable" => {
                if let Some(label) = item.labels().next() {
                    let name = label.name().into_owned();
                    let default = item.value().object().and_then(|body| body.item("default"));
                    let unset = || State::Unknown(format!("`var.{name}` has no default"));
                    let state = default.map_or_else(unset, |it| State::Unevaluated(it.value()));
                    names.insert(&format!("var.{name}"), state);
                }
            }
            "variables" => declare_all(item, "var", &mut names),
            "locals" => declare_all(item, "local", &mut names),
            _ => {}
        }
    }
    names
}

fn declare_all<'t>(item: Item<'t>, root: &str, names: &mut NameMap<State<'t>>) {
    for member in item.value().object().into_iter().flat_map(|body| body.items()) {
        names.insert(&format!("{root}.{}", member.key().name()), State::Unevaluated(member.value()));
    }
}

fn attribute_value(value: hcl::Value, span: Span) -> AttributeValue {
    match value {
        hcl::Value::Null => AttributeValue::Null,
        hcl::Value::Bool(value) => AttributeValue::Bool(value),
        hcl::Value::Number(number) => number_value(number),
        hcl::Value::String(text) => AttributeValue::Text(text),
        hcl::Value::Array(elements) => {
            let elements = elements.into_iter();
            AttributeValue::List(elements.map(|it| Spanned::new(attribute_value(it, span), span)).collect())
        }
        hcl::Value::Object(_) => AttributeValue::Object,
    }
}

fn number_value(number: Number) -> AttributeValue {
    match number.as_i64() {
        Some(number) => AttributeValue::Integer(number),
        None => AttributeValue::Float(number.as_f64().unwrap_or(f64::NAN)),
    }
}

#[cfg(test)]
mod tests;
