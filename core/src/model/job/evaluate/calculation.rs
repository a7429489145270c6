//! The value of one expression whose variables and locals are known.

use hcl::{Map, Number, Value};

use super::needs::{declared_root, step_name};
use super::numbers;
use crate::model::job::functions::{self, json};
use crate::syntax::{Expr, Kind, decode_template_text};
use crate::text::order::{self, NameMap};

/// What all expressions of a document may cost together: about the bytes that their parts have.
pub(super) const MAX_WORK: usize = 4 * 1024 * 1024;

/// How deep expressions are looked into.
pub(super) const MAX_NESTING: u32 = 500;

/// What looking at one node costs.
const NODE_WORK: usize = 16;

/// Evaluates one expression.
pub(super) struct Calculation<'e> {
    /// The values of `var.…` and `local.…`.
    values: &'e NameMap<Value>,
    /// What a `for` binds.
    bound: Vec<(&'e str, Value)>,
    pub(super) work: usize,
    depth: u32,
}

impl<'e> Calculation<'e> {
    pub(super) fn new(values: &'e NameMap<Value>, work: usize) -> Self {
        Self { values, bound: Vec::new(), work, depth: 0 }
    }

    /// The value of a node.
    ///
    /// # Errors
    /// Says why there is none.
    pub(super) fn value(&mut self, expression: Expr<'e>) -> Result<Value, String> {
        self.pay(NODE_WORK)?;
        if self.depth >= MAX_NESTING {
            return Err("the expression is nested too deep".to_owned());
        }
        self.depth += 1;
        let result = self.inner(expression);
        self.depth -= 1;
        result
    }

    fn pay(&mut self, work: usize) -> Result<(), String> {
        self.work = self.work.checked_sub(work).ok_or("there is too much to evaluate in the document")?;
        Ok(())
    }

    fn inner(&mut self, expression: Expr<'e>) -> Result<Value, String> {
        match expression.kind() {
            Kind::Binary(_) => self.operation(expression),
            Kind::Bool => Ok((expression.raw() == "true").into()),
            Kind::Call { expands } => self.call(expression, expands),
            Kind::Conditional => self.conditional(expression),
            Kind::ForList => self.for_list(expression),
            Kind::ForObject { groups } => self.for_object(expression, groups),
            Kind::Interpolation | Kind::Parenthesis => self.value(expression.child(0)),
            Kind::List => {
                let mut elements = Vec::new();
                for element in expression.children() {
                    elements.push(self.value(element)?);
                }
                Ok(Value::Array(elements))
            }
            Kind::Null => Ok(Value::Null),
            Kind::Number => number(expression.raw()),
            Kind::Object => self.object(expression),
            Kind::String => Ok(string(expression).into()),
            Kind::Template => self.template(expression),
            Kind::Traversal => self.traversal(expression),
            Kind::Unary { is_not } => self.unary(expression, is_not),
            Kind::Variable => match self.bound_value(expression.raw())? {
                Some(value) => Ok(value),
                None => Ok(runtime_text(expression)),
            },
            // The parts of others.
            Kind::Attribute
            | Kind::AttributeSplat
            | Kind::FullSplat
            | Kind::Index
            | Kind::LegacyIndex
            | Kind::Literal { .. }
            | Kind::Name
            | Kind::TemplateFor
            | Kind::TemplateIf => Err("there is no value".to_owned()),
        }
    }

    fn bound_value(&mut self, name: &str) -> Result<Option<Value>, String> {
        let value = self.bound.iter().rev().find(|(bound, _)| *bound == name).map(|(_, value)| value.clone());
        if let Some(value) = &value {
            self.pay(size(value))?;
        }
        Ok(value)
    }

    /// A chain of operators is deep on its left side.
    fn operation(&mut self, expression: Expr<'e>) -> Result<Value, String> {
        let mut pending = Vec::new();
        let mut first = expression;
        while let Kind::Binary(operator) = first.kind() {
            pending.push((operator, first.child(1)));
            first = first.child(0);
        }
        let mut left = self.value(first)?;
        while let Some((operator, right)) = pending.pop() {
            let right = self.value(right)?;
            left = numbers::apply(&left, operator, &right)?;
        }
        Ok(left)
    }

    fn unary(&mut self, expression: Expr<'e>, is_not: bool) -> Result<Value, String> {
        match (self.value(expression.child(0))?, is_not) {
            (Value::Bool(value), true) => Ok((!value).into()),
            (Value::Number(number), false) => Ok(Value::Number(-number)),
            (other, _) => {
                let sign = if is_not { "!" } else { "-" };
                Err(format!("unary operator `{sign}` is not applicable to `{}`", json(&other)))
            }
        }
    }

    fn condition(&mut self, expression: Expr<'e>) -> Result<bool, String> {
        match self.value(expression)? {
            Value::Bool(holds) => Ok(holds),
            other => Err(unexpected(&other, "a boolean")),
        }
    }

    /// Both values of a condition get one type: beside a text, numbers and booleans become texts.
    fn conditional(&mut self, expression: Expr<'e>) -> Result<Value, String> {
        let holds = self.condition(expression.child(0))?;
        let (chosen, other) = if holds { (1, 2) } else { (2, 1) };
        let value = self.value(expression.child(chosen))?;
        let Ok(other) = self.value(expression.child(other)) else { return Ok(value) };
        match (&value, &other) {
            (Value::Null, _) | (_, Value::Null) => Ok(value),
            (Value::Bool(_) | Value::Number(_), Value::String(_)) => Ok(json(&value).into()),
            (Value::String(_), Value::Bool(_) | Value::Number(_)) => Ok(value),
            _ if std::mem::discriminant(&value) == std::mem::discriminant(&other) => Ok(value),
            _ => Err("the two values of the condition have different types".to_owned()),
        }
    }

    fn call(&mut self, expression: Expr<'e>, expands: bool) -> Result<Value, String> {
        let name = expression.child(0).raw();
        let mut arguments = Vec::new();
        for argument in expression.children().skip(1) {
            arguments.push(self.value(argument)?);
        }
        if expands && let Some(last) = arguments.pop() {
            match last {
                Value::Array(elements) => arguments.extend(elements),
                other => return Err(unexpected(&other, "an array")),
            }
        }
        let function = functions::function(name).ok_or_else(|| format!("`{name}()` is not evaluated"))?;
        self.pay(arguments.iter().map(size).sum())?;
        let value = function.call(&arguments);
        value.map_err(|reason| format!("error calling function `{name}`: {reason}"))
    }

    fn object(&mut self, expression: Expr<'e>) -> Result<Value, String> {
        let mut members = Map::new();
        let mut children = expression.children();
        while let (Some(key), Some(value)) = (children.next(), children.next()) {
            let name = match key.kind() {
                Kind::Variable | Kind::Bool | Kind::Null => key.raw().to_owned(),
                _ => self.key(key)?,
            };
            members.insert(name, self.value(value)?);
        }
        Ok(Value::Object(members))
    }

    fn key(&mut self, expression: Expr<'e>) -> Result<String, String> {
        let value = self.value(expression)?;
        text(&value).ok_or_else(|| unexpected(&value, "a string, boolean or number"))
    }

    fn for_list(&mut self, expression: Expr<'e>) -> Result<Value, String> {
        let mut elements = Vec::new();
        let condition = expression.children().nth(4);
        self.each(expression, &mut |this| {
            if this.is_wanted(condition)? {
                elements.push(this.value(expression.child(3))?);
            }
            Ok(())
        })?;
        Ok(Value::Array(elements))
    }

    fn for_object(&mut self, expression: Expr<'e>, groups: bool) -> Result<Value, String> {
        let mut members: Map<String, Value> = Map::new();
        let condition = expression.children().nth(5);
        self.each(expression, &mut |this| {
            if !this.is_wanted(condition)? {
                return Ok(());
            }
            let key = this.key(expression.child(3))?;
            let value = this.value(expression.child(4))?;
            match members.get_mut(&key) {
                Some(Value::Array(elements)) if groups => elements.push(value),
                Some(_) => return Err(format!("key `{key}` already exists")),
                None => {
                    members.insert(key, if groups { Value::Array(vec![value]) } else { value });
                }
            }
            Ok(())
        })?;
        Ok(Value::Object(members))
    }

    fn is_wanted(&mut self, condition: Option<Expr<'e>>) -> Result<bool, String> {
        condition.map_or(Ok(true), |condition| self.condition(condition))
    }

    /// Binds the names of a `for` to each element in turn.
    fn each(
        &mut self,
        expression: Expr<'e>,
        act: &mut dyn FnMut(&mut Self) -> Result<(), String>,
    ) -> Result<(), String> {
        let elements: Vec<(Value, Value)> = match self.value(expression.child(2))? {
            Value::Array(elements) => {
                elements.into_iter().enumerate().map(|(index, element)| (index.into(), element)).collect()
            }
            Value::Object(members) => {
                // Go's objects are in the order of their keys.
                let mut members: Vec<(String, Value)> = members.into_iter().collect();
                order::sort_by(&mut members, &|(one, _), (other, _)| one.cmp(other));
                members.into_iter().map(|(key, member)| (key.into(), member)).collect()
            }
            other => return Err(unexpected(&other, "an array or object")),
        };
        let (key_name, value_name) = (expression.child(0).raw(), expression.child(1).raw());
        let outer = self.bound.len();
        for (key, value) in elements {
            if !key_name.is_empty() {
                self.bound.push((key_name, key));
            }
            self.bound.push((value_name, value));
            act(self)?;
            self.bound.truncate(outer);
        }
        Ok(())
    }

    fn template(&mut self, expression: Expr<'e>) -> Result<Value, String> {
        let mut parts = expression.children();
        // One interpolation alone keeps the type of its value.
        if let (Some(first), None) = (parts.next(), parts.next())
            && first.kind() == Kind::Interpolation
        {
            return self.value(first);
        }
        let mut result = String::new();
        self.parts(expression, &mut result)?;
        Ok(result.into())
    }

    fn parts(&mut self, template: Expr<'e>, result: &mut String) -> Result<(), String> {
        for part in template.children() {
            match part.kind() {
                Kind::Literal { is_quoted, trims_start, trims_end } => {
                    let decoded = decode_template_text(part.raw(), is_quoted);
                    let mut text: &str = &decoded;
                    text = if trims_start { text.trim_start() } else { text };
                    text = if trims_end { text.trim_end() } else { text };
                    self.pay(text.len())?;
                    result.push_str(text);
                }
                Kind::TemplateIf => {
                    let holds = self.condition(part.child(0))?;
                    if let Some(body) = part.children().nth(if holds { 1 } else { 2 }) {
                        self.parts(body, result)?;
                    }
                }
                Kind::TemplateFor => self.each(part, &mut |this| this.parts(part.child(3), result))?,
                _ => {
                    let value = self.value(part)?;
                    let text =
                        text(&value).ok_or_else(|| unexpected(&value, "a string, boolean or number"))?;
                    self.pay(text.len())?;
                    result.push_str(&text);
                }
            }
        }
        Ok(())
    }

    fn traversal(&mut self, expression: Expr<'e>) -> Result<Value, String> {
        let mut steps: Vec<Expr<'e>> = expression.children().collect();
        let source = steps.remove(0);
        if source.kind() != Kind::Variable {
            let value = self.value(source)?;
            return self.steps(value, &steps);
        }
        if let Some(value) = self.bound_value(source.raw())? {
            return self.steps(value, &steps);
        }
        let Some(root) = declared_root(source) else { return Ok(runtime_text(expression)) };
        let name = step_name(expression.child(1)).unwrap_or_default();
        let values = self.values;
        let value = values.get(&format!("{root}.{name}")).ok_or("there is no value")?;
        self.pay(size(value))?;
        self.steps(value.clone(), steps.get(1..).unwrap_or_default())
    }

    fn steps(&mut self, mut value: Value, steps: &[Expr<'e>]) -> Result<Value, String> {
        let mut rest = steps;
        while let [step, after @ ..] = rest {
            rest = after;
            value = match step.kind() {
                Kind::Attribute => member(value, step.raw())?,
                Kind::LegacyIndex => element(value, &number(step.raw())?)?,
                Kind::Index => match self.value(step.child(0))? {
                    Value::String(name) => member(value, &name)?,
                    index => element(value, &index)?,
                },
                Kind::AttributeSplat => {
                    let own = after
                        .iter()
                        .take_while(|it| matches!(it.kind(), Kind::Attribute | Kind::LegacyIndex))
                        .count();
                    let (own, others) = after.split_at(own);
                    rest = others;
                    self.splat(value, own)?
                }
                _ => {
                    rest = &[];
                    self.splat(value, after)?
                }
            };
        }
        Ok(value)
    }

    fn splat(&mut self, value: Value, steps: &[Expr<'e>]) -> Result<Value, String> {
        let elements = match value {
            Value::Array(elements) => elements,
            Value::Null => Vec::new(),
            other => vec![other],
        };
        let mut results = Vec::new();
        for element in elements {
            self.pay(NODE_WORK * (steps.len() + 1))?;
            results.push(self.steps(element, steps)?);
        }
        Ok(Value::Array(results))
    }
}

/// The text that stands for a reference until the client fills it in.
fn runtime_text(expression: Expr<'_>) -> Value {
    format!("${{{}}}", expression.raw()).into()
}

/// What a quoted string says.
pub(super) fn string(expression: Expr<'_>) -> String {
    let raw = expression.raw();
    let inner = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')).unwrap_or(raw);
    decode_template_text(inner, true).into_owned()
}

fn number(raw: &str) -> Result<Value, String> {
    if let Ok(number) = raw.parse::<u64>() {
        return Ok(Value::Number(number.into()));
    }
    let number = raw.parse().ok().and_then(Number::from_f64);
    number.map(Value::Number).ok_or_else(|| format!("the number `{raw}` is too large"))
}

/// The text of a value that is written into a text.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(json(value)),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn member(value: Value, name: &str) -> Result<Value, String> {
    match value {
        Value::Object(members) => {
            let found = members.into_iter().find(|(key, _)| key == name);
            found.map(|(_, member)| member).ok_or_else(|| format!("no such key: `{name}`"))
        }
        other => Err(unexpected(&other, "an object")),
    }
}

fn element(value: Value, index: &Value) -> Result<Value, String> {
    let Some(place) = index.as_u64() else { return Err(unexpected(index, "an unsigned integer or string")) };
    match value {
        Value::Array(elements) => {
            let found = elements.into_iter().nth(usize::try_from(place).unwrap_or(usize::MAX));
            found.ok_or_else(|| format!("index out of bounds: {place}"))
        }
        other => Err(unexpected(&other, "an array")),
    }
}

fn unexpected(value: &Value, expected: &str) -> String {
    const LONGEST: usize = 80;
    let shown: String = json(value).chars().take(LONGEST).collect();
    format!("unexpected value `{shown}`, expected {expected}")
}

/// About how many bytes a value takes as text.
pub(super) fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(elements) => elements.iter().map(|it| size(it) + 2).sum(),
        Value::Object(members) => members.iter().map(|(name, it)| name.len() + size(it) + 4).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
    }
}
