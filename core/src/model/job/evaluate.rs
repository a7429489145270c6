//! Values of HCL 2 expressions, as far as the document alone tells them.
//!
//! Variables count with their defaults, locals with their expressions. What Nomad's clients fill in later
//! (`${NOMAD_…}`, `${attr.…}`, `${meta.…}`, `${node.…}`, `${env[…]}`) stays as it is written, as in Nomad.
//! Everything is evaluated on demand, once, and within bounds; what is not known is said to be unknown.

use std::str::FromStr;

use hcl::eval::{Context, Evaluate};
use hcl::expr::{Expression, Object, ObjectKey, Operation, TemplateExpr, Traversal, TraversalOperator};
use hcl::template::{Directive, Element, Template};
use hcl::{Identifier, Map, Number};

use super::AttributeValue;
use super::functions;
use crate::syntax::{Item, NodeKind, Tree, Value};
use crate::text::{
    Span, Spanned,
    order::{NameMap, Names},
};

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

/// The largest sum of the `=` and `:` in an expression; parsing is quadratic in an object's keys.
const MAX_ASSIGNMENTS: usize = 1_000;

/// Evaluates expressions of one document.
pub(super) struct Evaluator<'t> {
    tree: &'t Tree,
    /// `var.…` and `local.…`, once the first expression needs them.
    names: Option<NameMap<State<'t>>>,
    budget: usize,
    chain: u32,
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
        Self { tree, names: None, budget: MAX_TOTAL, chain: 0 }
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
            NodeKind::List => {
                value.list().into_iter().flatten().map(|element| self.evaluate(element)).collect()
            }
            NodeKind::Object => {
                let items = value.object().into_iter().flat_map(|object| object.items());
                items.map(|item| Ok((item.key().name().into_owned(), self.evaluate(item.value())?))).collect()
            }
            NodeKind::String | NodeKind::Heredoc if !value.has_template() => {
                Ok(hcl::Value::String(value.string().unwrap_or_default().into_owned()))
            }
            NodeKind::Heredoc => self.template(value.raw()),
            NodeKind::Expression | NodeKind::Float | NodeKind::Number | NodeKind::String => {
                self.expression(value.raw())
            }
            NodeKind::Item | NodeKind::Key | NodeKind::Missing => Err("there is no value".to_owned()),
        }
    }

    fn expression(&mut self, raw: &str) -> Result<hcl::Value, String> {
        let limit = if raw.starts_with('"') { MAX_TEMPLATE } else { MAX_EXPRESSION };
        self.pay(raw, limit)?;
        let expression = Expression::from_str(raw).map_err(|_| "the expression cannot be read".to_owned())?;
        self.parsed(expression)
    }

    /// A heredoc with a template.
    fn template(&mut self, raw: &str) -> Result<hcl::Value, String> {
        self.pay(raw, MAX_TEMPLATE)?;
        // A heredoc is an expression only as the value of an attribute.
        let body: hcl::Body = hcl::parse(&format!("a = {}\n", raw.trim_end()))
            .map_err(|_| "the template cannot be read".to_owned())?;
        let attribute = body.into_attributes().next().ok_or("there is no value")?;
        self.parsed(attribute.expr)
    }

    fn pay(&mut self, raw: &str, limit: usize) -> Result<(), String> {
        let assignments = raw.bytes().filter(|byte| matches!(byte, b'=' | b':')).count();
        if raw.len() > limit || (limit == MAX_EXPRESSION && assignments > MAX_ASSIGNMENTS) {
            return Err("the expression is too long".to_owned());
        }
        self.budget =
            self.budget.checked_sub(raw.len()).ok_or("there are too many expressions in the document")?;
        Ok(())
    }

    fn parsed(&mut self, mut expression: Expression) -> Result<hcl::Value, String> {
        let mut needs = Needs::default();
        needs.expression(&mut expression)?;
        let mut context = Context::new();
        for name in needs.functions.in_order() {
            let function = functions::function(name).ok_or_else(|| format!("`{name}()` is not evaluated"))?;
            context.declare_func(name, function);
        }
        for (root, wanted) in [("var", needs.variables), ("local", needs.locals)] {
            let mut values = Map::new();
            for name in wanted.in_order() {
                let value = self.named(root, name)?;
                values.insert(name.to_owned(), value);
            }
            context.declare_var(root, hcl::Value::Object(values));
        }
        let value = expression.evaluate(&context).map_err(|error| one_line(&error.to_string()))?;
        let size = size(&value);
        self.budget = self.budget.saturating_sub(size);
        if size > MAX_VALUE { Err("the value is too long".to_owned()) } else { Ok(value) }
    }

    /// The value of a variable or a local.
    fn named(&mut self, root: &str, name: &str) -> Result<hcl::Value, String> {
        let key = format!("{root}.{name}");
        let tree = self.tree;
        let names = self.names.get_or_insert_with(|| declared(tree));
        let state = names.get(&key).cloned();
        let value = match state {
            None => return Err(format!("`{root}.{name}` is not declared in this document")),
            Some(State::Busy) => return Err(format!("`{root}.{name}` refers to itself")),
            Some(State::Known(value)) => return Ok(value),
            Some(State::Unknown(reason)) => return Err(reason),
            Some(State::Unevaluated(value)) => value,
        };
        if self.chain >= MAX_CHAIN {
            return Err("too many locals refer to each other".to_owned());
        }
        self.set(&key, State::Busy);
        self.chain += 1;
        let result = self.evaluate(value);
        self.chain -= 1;
        self.set(&key, result.clone().map_or_else(State::Unknown, State::Known));
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

/// What an expression refers to.
#[derive(Default)]
struct Needs {
    functions: Names,
    locals: Names,
    variables: Names,
    /// Names that a `for` binds.
    bound: Vec<Identifier>,
}

impl Needs {
    /// Collects what the expression refers to, and turns what is filled in at run time into its own text.
    fn expression(&mut self, expression: &mut Expression) -> Result<(), String> {
        match expression {
            Expression::Array(elements) => elements.iter_mut().try_for_each(|it| self.expression(it)),
            Expression::Object(object) => self.object(object),
            Expression::TemplateExpr(template) => self.template_expression(template),
            Expression::Variable(name) if self.bound.contains(name) => Ok(()),
            Expression::Variable(_) => {
                *expression = Expression::String(runtime_text(expression)?);
                Ok(())
            }
            Expression::Traversal(traversal) => {
                if self.traversal(traversal)? {
                    *expression = Expression::String(runtime_text(expression)?);
                }
                Ok(())
            }
            Expression::FuncCall(call) => {
                if !call.name.namespace.is_empty() {
                    return Err(format!("`{}()` is not evaluated", call.name));
                }
                self.functions.insert(&call.name.name);
                call.args.iter_mut().try_for_each(|it| self.expression(it))
            }
            Expression::Parenthesis(inner) => self.expression(inner),
            Expression::Conditional(conditional) => {
                self.expression(&mut conditional.cond_expr)?;
                self.expression(&mut conditional.true_expr)?;
                self.expression(&mut conditional.false_expr)
            }
            Expression::Operation(operation) => match &mut **operation {
                Operation::Unary(unary) => self.expression(&mut unary.expr),
                Operation::Binary(binary) => {
                    self.expression(&mut binary.lhs_expr)?;
                    self.expression(&mut binary.rhs_expr)
                }
            },
            Expression::ForExpr(each) => {
                self.expression(&mut each.collection_expr)?;
                self.bind(each.key_var.iter().chain([&each.value_var]))?;
                if let Some(key) = &mut each.key_expr {
                    self.expression(key)?;
                }
                self.expression(&mut each.value_expr)?;
                if let Some(condition) = &mut each.cond_expr {
                    self.expression(condition)?;
                }
                self.bound.clear();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A `for` inside a `for` would take more time than is bounded.
    fn bind<'i>(&mut self, names: impl Iterator<Item = &'i Identifier>) -> Result<(), String> {
        if !self.bound.is_empty() {
            return Err("a `for` inside a `for` is not evaluated".to_owned());
        }
        self.bound.extend(names.cloned());
        Ok(())
    }

    fn object(&mut self, object: &mut Object<ObjectKey, Expression>) -> Result<(), String> {
        for (key, value) in object.iter_mut() {
            // A word as a key is that word, not a reference.
            if let ObjectKey::Expression(key) = key
                && !matches!(key, Expression::String(_) | Expression::Number(_))
            {
                return Err("an object has an expression as a key".to_owned());
            }
            self.expression(value)?;
        }
        Ok(())
    }

    /// Whether the traversal is one that is filled in at run time.
    fn traversal(&mut self, traversal: &mut Traversal) -> Result<bool, String> {
        for operator in &mut traversal.operators {
            if let TraversalOperator::Index(index) = operator {
                self.expression(index)?;
            }
        }
        let Expression::Variable(root) = &traversal.expr else {
            self.expression(&mut traversal.expr)?;
            return Ok(false);
        };
        if self.bound.contains(root) {
            return Ok(false);
        }
        let names = match root.as_str() {
            "var" => &mut self.variables,
            "local" => &mut self.locals,
            _ => return Ok(true),
        };
        match traversal.operators.first() {
            Some(TraversalOperator::GetAttr(name)) => {
                names.insert(name);
                Ok(false)
            }
            Some(TraversalOperator::Index(Expression::String(name))) => {
                names.insert(name);
                Ok(false)
            }
            _ => Err(format!("`{}` is used as a whole", root.as_str())),
        }
    }

    fn template_expression(&mut self, template: &mut TemplateExpr) -> Result<(), String> {
        let mut parsed =
            Template::from_expr(template).map_err(|_| "the template cannot be read".to_owned())?;
        self.template(&mut parsed)?;
        match template {
            TemplateExpr::QuotedString(text) => *text = parsed.to_string(),
            TemplateExpr::Heredoc(heredoc) => heredoc.template = parsed.to_string(),
        }
        Ok(())
    }

    fn template(&mut self, template: &mut Template) -> Result<(), String> {
        for element in template.elements_mut() {
            match element {
                Element::Literal(_) => {}
                Element::Interpolation(interpolation) => {
                    self.expression(&mut interpolation.expr)?;
                    if let Expression::String(text) = &interpolation.expr
                        && text.starts_with("${")
                    {
                        *element = Element::Literal(text.clone());
                    }
                }
                Element::Directive(directive) => match &mut **directive {
                    Directive::If(directive) => {
                        self.expression(&mut directive.cond_expr)?;
                        self.template(&mut directive.true_template)?;
                        if let Some(template) = &mut directive.false_template {
                            self.template(template)?;
                        }
                    }
                    Directive::For(directive) => {
                        self.expression(&mut directive.collection_expr)?;
                        self.bind(directive.key_var.iter().chain([&directive.value_var]))?;
                        self.template(&mut directive.template)?;
                        self.bound.clear();
                    }
                },
            }
        }
        Ok(())
    }
}

/// The text that stands for a reference until the client fills it in.
fn runtime_text(expression: &Expression) -> Result<String, String> {
    let text = hcl::format::to_string(expression).map_err(|_| "the reference cannot be read".to_owned())?;
    Ok(format!("${{{text}}}"))
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

/// About how many bytes a value takes as text.
fn size(value: &hcl::Value) -> usize {
    match value {
        hcl::Value::String(text) => text.len(),
        hcl::Value::Array(elements) => elements.iter().map(|it| size(it) + 2).sum(),
        hcl::Value::Object(members) => members.iter().map(|(name, it)| name.len() + size(it) + 4).sum(),
        hcl::Value::Null | hcl::Value::Bool(_) | hcl::Value::Number(_) => 8,
    }
}

/// The first line of an evaluator's message.
fn one_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Dialect, parse};

    const DECLARATIONS: &str = r#"
variable "name" { default = "web" }
variable "list" {
  type    = list(string)
  default = ["a", "b"]
}
variable "unset" {}
variables {
  short = "s"
}
locals {
  role  = "${var.name}-role"
  both  = concat(var.list, [local.role])
  loop1 = local.loop2
  loop2 = local.loop1
  map   = { one = "1", "two" = upper("x") }
  secret_unset = var.unset
}
"#;

    fn evaluate(expression: &str) -> AttributeValue {
        let text = format!(
            "{DECLARATIONS}x = {expression}
"
        );
        let tree = parse(text.as_str().into(), Dialect::Hcl2);
        assert_eq!(tree.problems(), [], "{expression}");
        let value = tree.root().item("x").map(Item::value);
        value.map_or(AttributeValue::Missing, |value| Evaluator::new(&tree).value(value))
    }

    #[track_caller]
    fn check(expression: &str, expected: &str) {
        assert_eq!(shown(&evaluate(expression)), expected, "{expression}");
    }

    fn shown(value: &AttributeValue) -> String {
        match value {
            AttributeValue::Text(text) => text.clone(),
            AttributeValue::List(elements) => {
                elements.iter().map(|it| shown(&it.value)).collect::<Vec<_>>().join("|")
            }
            AttributeValue::Integer(number) => number.to_string(),
            AttributeValue::Bool(value) => value.to_string(),
            AttributeValue::Unknown(reason) => format!("unknown: {reason}"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn variables_and_locals() {
        check("var.name", "web");
        check(r#""${var.name}-${var.short}""#, "web-s");
        check("local.both", "a|b|web-role");
        check("var.list[1]", "b");
        check("local.map.two", "X");
        check(r#"[var.name, "x"]"#, "web|x");
        check(r#"var.name == "web" ? 1 : 2"#, "1");
        check("[for it in var.list : upper(it)]", "A|B");
    }

    #[test]
    fn what_is_not_known_says_why() {
        check("var.unset", "unknown: `var.unset` has no default");
        check("local.secret_unset", "unknown: `var.unset` has no default");
        check("local.loop1", "unknown: `local.loop1` refers to itself");
        check("var.nowhere", "unknown: `var.nowhere` is not declared in this document");
        check(r#"file("x")"#, "unknown: `file()` is not evaluated");
        check("[for a in [1] : [for b in [2] : b]]", "unknown: a `for` inside a `for` is not evaluated");
    }

    #[test]
    fn what_is_filled_in_at_run_time_stays() {
        check(r#""${NOMAD_ALLOC_ID}/x""#, "${NOMAD_ALLOC_ID}/x");
        check(r#""${attr.vault.version}""#, "${attr.vault.version}");
        check(r#""${env["HOME"]}-${var.name}""#, r#"${env["HOME"]}-web"#);
        check(r#""$${meta.x}""#, "${meta.x}");
        check(r#""%{ if true }${node.class}%{ else }b%{ endif }""#, "${node.class}");
        check("<<EOH\n${var.name} ${NOMAD_X}\nEOH", "web ${NOMAD_X}\n");
    }

    #[test]
    fn functions() {
        check(r#"join("-", ["a", 1], ["b"])"#, "a-1-b");
        check(r#"format("%s/%d%%", "a", 5)"#, "a/5%");
        check(r#"split(",", "a,b")"#, "a|b");
        check(r#"replace("a.b", ".", "-")"#, "a-b");
        check(r#"lookup(local.map, "three", "none")"#, "none");
        check(r#"merge(local.map, { one = "2" }).one"#, "2");
        check("element(var.list, 3)", "b");
        check(r#"jsonencode({ b = [1, true], a = "<" })"#, r#"{"a":"\u003c","b":[1,true]}"#);
        check("length(var.list)", "2");
        check("coalesce(null, var.name)", "web");
        check("concat([var.list, [1]]...)", "a|b|1");
    }

    #[test]
    fn growth_is_bounded() {
        let mut text = "locals {\n  a0 = \"0123456789\"\n".to_owned();
        for number in 1..60 {
            let previous = number - 1;
            text.push_str(&format!("  a{number} = \"${{local.a{previous}}}${{local.a{previous}}}\"\n"));
        }
        text.push_str("}\nx = local.a31\ny = local.a59\n");
        let tree = parse(text.as_str().into(), Dialect::Hcl2);
        let mut evaluator = Evaluator::new(&tree);
        for name in ["x", "y"] {
            let value = tree.root().item(name).map(|item| evaluator.value(item.value()));
            assert!(matches!(value, Some(AttributeValue::Unknown(_))), "{value:?}");
        }
    }
}
