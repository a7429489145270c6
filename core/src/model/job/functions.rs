//! The pure functions of Nomad's HCL 2 that jobs commonly call.

use crate::text::order::{self, NameMap, Names};
use hcl::{Map, Value};

/// The most bytes that `replace` and `join` put in.
const MAX_REPLACED: usize = 64 * 1024;

/// The type of a parameter.
#[derive(Clone, Copy)]
enum Kind {
    Any,
    List,
    Number,
    Object,
    Text,
}

/// What a function does with arguments that have the types of its parameters.
type Run = fn(&[Value]) -> Result<Value, String>;

/// A function: its name, parameters, the type of further parameters, and what it does.
pub(super) struct Function(&'static str, &'static [Kind], Option<Kind>, Run);

/// The table, by name.
static FUNCTIONS: &[Function] = &[
    Function("chomp", &[Kind::Text], None, |args| Ok(text(args, 0).trim_end_matches(['\r', '\n']).into())),
    Function("coalesce", &[], Some(Kind::Any), coalesce),
    Function("compact", &[Kind::List], None, |args| {
        Ok(list(args, 0).iter().filter(|it| it.as_str() != Some("") && !it.is_null()).cloned().collect())
    }),
    Function("concat", &[], Some(Kind::List), |args| {
        Ok(args.iter().filter_map(Value::as_array).flatten().cloned().collect())
    }),
    Function("contains", &[Kind::List, Kind::Any], None, |args| {
        Ok(args.get(1).is_some_and(|wanted| list(args, 0).contains(wanted)).into())
    }),
    Function("distinct", &[Kind::List], None, |args| {
        let mut seen = Names::default();
        let new = |it: &&Value| seen.insert(&json(it)).1;
        Ok(list(args, 0).iter().filter(new).cloned().collect())
    }),
    Function("element", &[Kind::List, Kind::Number], None, element),
    Function("flatten", &[Kind::List], None, |args| Ok(flattened(list(args, 0)).into_iter().collect())),
    Function("format", &[Kind::Text], Some(Kind::Any), format_text),
    Function("join", &[Kind::Text], Some(Kind::List), join),
    Function("jsonencode", &[Kind::Any], None, |args| Ok(args.first().map_or_else(String::new, json).into())),
    Function("keys", &[Kind::Object], None, |args| {
        Ok(sorted(args, 0).into_iter().map(|(name, _)| Value::from(name)).collect())
    }),
    Function("length", &[Kind::Any], None, length),
    Function("lookup", &[Kind::Object, Kind::Text], Some(Kind::Any), lookup),
    Function("lower", &[Kind::Text], None, |args| Ok(text(args, 0).to_lowercase().into())),
    Function("max", &[Kind::Number], Some(Kind::Number), |args| extreme(args, f64::max)),
    Function("merge", &[], Some(Kind::Object), |args| {
        let members = args.iter().filter_map(Value::as_object).flatten();
        Ok(Value::Object(members.map(|(name, it)| (name.clone(), it.clone())).collect::<Map<_, _>>()))
    }),
    Function("min", &[Kind::Number], Some(Kind::Number), |args| extreme(args, f64::min)),
    Function("replace", &[Kind::Text, Kind::Text, Kind::Text], None, replace),
    Function("reverse", &[Kind::List], None, |args| Ok(list(args, 0).iter().rev().cloned().collect())),
    Function("split", &[Kind::Text, Kind::Text], None, split),
    Function("strlen", &[Kind::Text], None, |args| Ok(text(args, 0).chars().count().into())),
    Function("tolist", &[Kind::List], None, |args| Ok(list(args, 0).iter().cloned().collect())),
    Function("toset", &[Kind::List], None, |args| {
        let mut elements = NameMap::default();
        for it in list(args, 0) {
            elements.insert(&json(it), it);
        }
        Ok(elements.in_order().map(|(_, it)| (*it).clone()).collect())
    }),
    Function("trimprefix", &[Kind::Text, Kind::Text], None, |args| {
        let whole = text(args, 0);
        Ok(whole.strip_prefix(text(args, 1)).unwrap_or(whole).into())
    }),
    Function("trimspace", &[Kind::Text], None, |args| Ok(text(args, 0).trim().into())),
    Function("trimsuffix", &[Kind::Text, Kind::Text], None, |args| {
        let whole = text(args, 0);
        Ok(whole.strip_suffix(text(args, 1)).unwrap_or(whole).into())
    }),
    Function("upper", &[Kind::Text], None, |args| Ok(text(args, 0).to_uppercase().into())),
    Function("values", &[Kind::Object], None, |args| {
        Ok(sorted(args, 0).into_iter().map(|(_, it)| it.clone()).collect())
    }),
];

/// The function of this name.
pub(super) fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.0 == name)
}

impl Function {
    /// The function's value for these arguments.
    ///
    /// # Errors
    /// Says which argument does not fit, or why there is no value.
    pub(super) fn call(&self, arguments: &[Value]) -> Result<Value, String> {
        let Self(_, parameters, further, run) = self;
        let (wanted, given) = (parameters.len(), arguments.len());
        if given < wanted || (further.is_none() && given > wanted) {
            return Err(format!("expected {wanted} positional arguments, got {given}"));
        }
        for (position, argument) in arguments.iter().enumerate() {
            let kind = parameters.get(position).copied().or(*further).unwrap_or(Kind::Any);
            if !kind.fits(argument) {
                let name = kind.name();
                return Err(format!("expected argument at position {position} to be of type `{name}`"));
            }
        }
        run(arguments)
    }
}

impl Kind {
    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Any => true,
            Self::List => value.is_array(),
            Self::Number => value.is_number(),
            Self::Object => value.is_object(),
            Self::Text => value.is_string(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::List => "array(any)",
            Self::Number => "number",
            Self::Object => "object(any)",
            Self::Text => "string",
        }
    }
}

fn text(args: &[Value], index: usize) -> &str {
    args.get(index).and_then(Value::as_str).unwrap_or_default()
}

fn list(args: &[Value], index: usize) -> &[Value] {
    args.get(index).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// An object's members in the order that Go's maps of the language have.
fn sorted(args: &[Value], index: usize) -> Vec<(&str, &Value)> {
    let members = args.get(index).and_then(Value::as_object).into_iter().flatten();
    let mut members: Vec<_> = members.map(|(name, value)| (name.as_str(), value)).collect();
    order::sort_by(&mut members, &|(one, _), (other, _)| one.cmp(other));
    members
}

fn coalesce(args: &[Value]) -> Result<Value, String> {
    args.iter().find(|it| !it.is_null()).cloned().ok_or_else(|| "no argument has a value".to_owned())
}

/// The index wraps around.
fn element(args: &[Value]) -> Result<Value, String> {
    let elements = list(args, 0);
    let index = args.get(1).and_then(Value::as_u64).ok_or("the index is no whole number")?;
    let wrapped = index.checked_rem(elements.len() as u64).ok_or("the list is empty")?;
    elements.get(wrapped as usize).cloned().ok_or_else(|| "the list is empty".to_owned())
}

fn flattened(elements: &[Value]) -> Vec<Value> {
    let mut flat = Vec::new();
    for element in elements {
        match element.as_array() {
            Some(inner) => flat.extend(flattened(inner)),
            None => flat.push(element.clone()),
        }
    }
    flat
}

/// `%s`, `%d`, `%v` and `%%` without flags; other verbs are not evaluated.
fn format_text(args: &[Value]) -> Result<Value, String> {
    let mut further = args.iter().skip(1);
    let mut result = String::new();
    let mut characters = text(args, 0).chars();
    while let Some(character) = characters.next() {
        if character != '%' {
            result.push(character);
            continue;
        }
        match characters.next() {
            Some('%') => result.push('%'),
            Some('s' | 'd' | 'v') => {
                let argument = further.next().ok_or("there are too few arguments")?;
                result.push_str(&scalar(argument)?);
            }
            _ => return Err("only `%s`, `%d`, `%v` and `%%` are evaluated".to_owned()),
        }
    }
    Ok(result.into())
}

fn scalar(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(value) => Ok(value.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => Err("only plain values are formatted".to_owned()),
    }
}

fn join(args: &[Value]) -> Result<Value, String> {
    let elements = args.iter().skip(1).filter_map(Value::as_array).flatten();
    let texts: Vec<String> = elements.map(scalar).collect::<Result<_, _>>()?;
    let separator = text(args, 0);
    if texts.len().saturating_mul(separator.len()) > MAX_REPLACED {
        return Err("the value is too long".to_owned());
    }
    Ok(texts.join(separator).into())
}

/// JSON as Go writes it: members by name, `<`, `>` and `&` escaped.
pub(super) fn json(value: &Value) -> String {
    let text = match value {
        Value::Array(elements) => {
            let elements: Vec<String> = elements.iter().map(json).collect();
            return format!("[{}]", elements.join(","));
        }
        Value::Object(members) => {
            let mut members: Vec<String> = members
                .iter()
                .map(|(name, it)| format!("{}:{}", json(&Value::from(name.clone())), json(it)))
                .collect();
            order::sort(&mut members);
            return format!("{{{}}}", members.join(","));
        }
        Value::String(text) => serde_json::Value::from(text.as_str()).to_string(),
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
    };
    text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

fn length(args: &[Value]) -> Result<Value, String> {
    let length = match args.first() {
        Some(Value::Array(elements)) => elements.len(),
        Some(Value::Object(members)) => members.len(),
        _ => return Err("only lists and objects have a length".to_owned()),
    };
    Ok(length.into())
}

fn lookup(args: &[Value]) -> Result<Value, String> {
    let found = args.first().and_then(Value::as_object).and_then(|members| members.get(text(args, 1)));
    found.or_else(|| args.get(2)).cloned().ok_or_else(|| "the key is not there".to_owned())
}

fn extreme(args: &[Value], choose: fn(f64, f64) -> f64) -> Result<Value, String> {
    let numbers = args.iter().filter_map(Value::as_f64);
    let chosen = numbers.reduce(choose).ok_or("there is no number")?;
    args.iter().find(|it| it.as_f64() == Some(chosen)).cloned().ok_or_else(|| "there is no number".to_owned())
}

/// A text between slashes is a regular expression, which is not evaluated.
fn replace(args: &[Value]) -> Result<Value, String> {
    let (wanted, by) = (text(args, 1), text(args, 2));
    if wanted.len() > 1 && wanted.starts_with('/') && wanted.ends_with('/') {
        return Err("regular expressions are not evaluated".to_owned());
    }
    let whole = text(args, 0);
    if whole.matches(wanted).count().saturating_mul(by.len()) > MAX_REPLACED {
        return Err("the value is too long".to_owned());
    }
    Ok(whole.replace(wanted, by).into())
}

fn split(args: &[Value]) -> Result<Value, String> {
    let (separator, whole) = (text(args, 0), text(args, 1));
    if separator.is_empty() {
        return Ok(whole.chars().map(|it| Value::from(it.to_string())).collect());
    }
    Ok(whole.split(separator).map(Value::from).collect())
}
