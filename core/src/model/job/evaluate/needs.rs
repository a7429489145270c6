//! What an expression refers to, known before it is evaluated.

use super::calculation::{MAX_NESTING, string};
use crate::model::job::functions;
use crate::syntax::{Expr, Kind};
use crate::text::order::Names;

/// The variables and locals that an expression refers to, as `var.…` and `local.…`.
#[derive(Default)]
pub(super) struct Needs<'e> {
    names: Names,
    /// Names that a `for` binds.
    bound: Vec<&'e str>,
    depth: u32,
}

impl<'e> Needs<'e> {
    /// What `expression` needs.
    ///
    /// # Errors
    /// Says what in it is never evaluated.
    pub(super) fn of(expression: Expr<'e>) -> Result<Names, String> {
        let mut needs = Self::default();
        needs.expression(expression)?;
        Ok(needs.names)
    }

    fn expression(&mut self, expression: Expr<'e>) -> Result<(), String> {
        if self.depth >= MAX_NESTING {
            return Err("the expression is nested too deep".to_owned());
        }
        self.depth += 1;
        let result = self.inner(expression);
        self.depth -= 1;
        result
    }

    fn inner(&mut self, expression: Expr<'e>) -> Result<(), String> {
        match expression.kind() {
            Kind::Binary(_) => self.operation(expression),
            Kind::Call { .. } => {
                let name = expression.child(0).raw();
                if functions::function(name).is_none() {
                    return Err(format!("`{name}()` is not evaluated"));
                }
                self.all(expression)
            }
            Kind::ForList | Kind::ForObject { .. } | Kind::TemplateFor => self.each(expression),
            Kind::Object => self.object(expression),
            Kind::Traversal => self.traversal(expression),
            _ => self.all(expression),
        }
    }

    fn all(&mut self, expression: Expr<'e>) -> Result<(), String> {
        for child in expression.children() {
            self.expression(child)?;
        }
        Ok(())
    }

    /// A chain of operators is deep on its left side.
    fn operation(&mut self, expression: Expr<'e>) -> Result<(), String> {
        let mut left = expression;
        while let Kind::Binary(_) = left.kind() {
            self.expression(left.child(1))?;
            left = left.child(0);
        }
        self.expression(left)
    }

    fn each(&mut self, expression: Expr<'e>) -> Result<(), String> {
        let mut children = expression.children();
        let (key, value) = (children.next(), children.next());
        if let Some(collection) = children.next() {
            self.expression(collection)?;
        }
        if !self.bound.is_empty() {
            // It would take more time than is bounded.
            return Err("a `for` inside a `for` is not evaluated".to_owned());
        }
        self.bound.extend(key.into_iter().chain(value).map(Expr::raw));
        for child in children {
            self.expression(child)?;
        }
        self.bound.clear();
        Ok(())
    }

    fn object(&mut self, expression: Expr<'e>) -> Result<(), String> {
        let mut children = expression.children();
        while let (Some(key), Some(value)) = (children.next(), children.next()) {
            // A word as a key is that word, not a reference.
            let is_plain =
                matches!(key.kind(), Kind::Bool | Kind::Null | Kind::Number | Kind::String | Kind::Variable);
            if !is_plain {
                return Err("an object has an expression as a key".to_owned());
            }
            self.expression(value)?;
        }
        Ok(())
    }

    fn traversal(&mut self, expression: Expr<'e>) -> Result<(), String> {
        let mut steps = expression.children();
        let Some(source) = steps.next() else { return Ok(()) };
        for step in steps {
            self.all(step)?;
        }
        if source.kind() != Kind::Variable || self.bound.contains(&source.raw()) {
            return self.expression(source);
        }
        if let Some(root) = declared_root(source) {
            let step = expression.child(1);
            let name = step_name(step).ok_or_else(|| format!("`{root}` is used as a whole"))?;
            self.names.insert(&format!("{root}.{name}"));
        }
        Ok(())
    }
}

/// `var` or `local`, whose members the document declares.
pub(super) fn declared_root(source: Expr<'_>) -> Option<&str> {
    Some(source.raw()).filter(|name| matches!(*name, "local" | "var"))
}

/// The member that a step names: `.name` or `["name"]`.
pub(super) fn step_name(step: Expr<'_>) -> Option<String> {
    match step.kind() {
        Kind::Attribute => Some(step.raw().to_owned()),
        Kind::Index if step.child(0).kind() == Kind::String => Some(string(step.child(0))),
        _ => None,
    }
}
