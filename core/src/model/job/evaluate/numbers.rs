//! Operators between two values.

use std::cmp::Ordering;

use hcl::{Number, Value};

use crate::model::job::functions::json;
use crate::syntax::Operator;

/// The value of `left operator right`.
///
/// # Errors
/// Says that the operator does not fit the values.
pub(super) fn apply(left: &Value, operator: Operator, right: &Value) -> Result<Value, String> {
    let value = match (operator, left, right) {
        (Operator::Equal, ..) => Some((left == right).into()),
        (Operator::NotEqual, ..) => Some((left != right).into()),
        (Operator::And, Value::Bool(left), Value::Bool(right)) => Some((*left && *right).into()),
        (Operator::Or, Value::Bool(left), Value::Bool(right)) => Some((*left || *right).into()),
        (_, Value::Number(left), Value::Number(right)) => {
            comparison(left, operator, right).or_else(|| arithmetic(left, operator, right))
        }
        _ => None,
    };
    value.ok_or_else(|| {
        let (sign, left, right) = (sign(operator), json(left), json(right));
        format!("binary operator `{sign}` is not applicable to `{left}` and `{right}`")
    })
}

fn comparison(left: &Number, operator: Operator, right: &Number) -> Option<Value> {
    let ordering = left.partial_cmp(right)?;
    let holds = match operator {
        Operator::Greater => ordering == Ordering::Greater,
        Operator::GreaterOrEqual => ordering != Ordering::Less,
        Operator::Less => ordering == Ordering::Less,
        Operator::LessOrEqual => ordering != Ordering::Greater,
        _ => return None,
    };
    Some(holds.into())
}

/// Whole numbers as long as they fit 64 bits; no value where there is no number, as in a division by zero.
fn arithmetic(left: &Number, operator: Operator, right: &Number) -> Option<Value> {
    if let (Some(left), Some(right)) = (left.as_i64(), right.as_i64()) {
        let whole = match operator {
            Operator::Add => left.checked_add(right),
            Operator::Subtract => left.checked_sub(right),
            Operator::Multiply => left.checked_mul(right),
            Operator::Modulo => left.checked_rem(right),
            _ => None,
        };
        if let Some(whole) = whole {
            return Some(whole.into());
        }
    }
    let (left, right) = (left.as_f64()?, right.as_f64()?);
    let result = match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        Operator::Modulo => left % right,
        _ => return None,
    };
    Number::from_f64(result).map(Value::Number)
}

fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::Add => "+",
        Operator::And => "&&",
        Operator::Divide => "/",
        Operator::Equal => "==",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
        Operator::Modulo => "%",
        Operator::Multiply => "*",
        Operator::NotEqual => "!=",
        Operator::Or => "||",
        Operator::Subtract => "-",
    }
}
