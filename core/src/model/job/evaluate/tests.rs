//! Values of expressions.

use hcl::eval::Evaluate;
use proptest::prelude::*;
use proptest::sample::select;

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

/// The declarations under which Go's evaluator was asked.
const RECORDED: &str = r#"
variables {
  name    = "web"
  short   = "s"
  n       = 3
  on      = true
  nothing = null
  list    = ["a", "b"]
  map     = { one = "1", two = "X" }
  rows    = [{ id = "p", tags = ["t", "u"] }, { id = "q", tags = ["v"] }]
}
"#;

/// The same value; Go's numbers have 512 bits, ours are `f64` where they are no integers.
fn is_same(one: &serde_json::Value, other: &serde_json::Value) -> bool {
    match (one, other) {
        (serde_json::Value::Number(one), serde_json::Value::Number(other)) => {
            let (one, other) = (one.as_f64().unwrap_or_default(), other.as_f64().unwrap_or_default());
            (one - other).abs() <= other.abs() * 1e-12
        }
        (serde_json::Value::Array(one), serde_json::Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (serde_json::Value::Object(one), serde_json::Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, one)| other.get(key).is_some_and(|other| is_same(one, other)))
        }
        _ => one == other,
    }
}

/// hcl v2.14.1 with cty's functions was asked for every value; `null` stands where it refuses.
#[test]
fn values_are_those_of_go() {
    let rows = include_str!("../../../../../tests/corpus/hcl2-values.json");
    let rows: Vec<(String, Option<serde_json::Value>)> = serde_json::from_str(rows).unwrap_or_default();
    let (mut known, mut wrong) = (0, Vec::new());
    for (expression, recorded) in &rows {
        let text = format!("{RECORDED}x = {expression}\n");
        let tree = parse(text.as_str().into(), Dialect::Hcl2);
        assert_eq!(tree.problems(), [], "{expression}");
        let value = tree.root().item("x").map(Item::value);
        let evaluated = value.map(|value| Evaluator::new(&tree).evaluate(value));
        match (evaluated, recorded) {
            (Some(Ok(value)), Some(recorded)) => {
                known += 1;
                let value = crate::model::job::functions::json(&value);
                let parsed = serde_json::from_str(&value).unwrap_or_default();
                if !is_same(&parsed, &recorded["value"]) {
                    wrong.push(format!("{expression}\n  ours {value}\n  Go's {}", recorded["value"]));
                }
            }
            (Some(Ok(value)), None) => wrong.push(format!("{expression}\n  ours {value:?}, refused by Go")),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    assert!(known * 2 > rows.len() && known > 100, "{known} of {} are known", rows.len());
}

/// Numbers, booleans, texts and lists of texts, as far as hcl-rs evaluates them as Go does.
fn typed(kind: u8, depth: u32) -> BoxedStrategy<String> {
    let leaf: &[&str] = match kind {
        0 => &["1", "2", "7", "1.5", "2e1", "var.n"],
        1 => &["true", "false", "var.on"],
        2 => &[r#""""#, r#""x y""#, r#""$${z}\"\n""#, "var.name", "var.list[0]"],
        _ => &["[]", "var.list", "var.rows[*].id", "var.rows.*.id"],
    };
    let leaf = select(leaf.to_vec()).prop_map(str::to_owned);
    if depth == 0 {
        return leaf.boxed();
    }
    let [number, boolean, text, list] = [0, 1, 2, 3].map(|kind| typed(kind, depth - 1));
    let choice = (boolean.clone(), typed(kind, depth - 1), typed(kind, depth - 1))
        .prop_map(|(condition, one, other)| format!("({condition} ? {one} : {other})"));
    let operation = |operand: BoxedStrategy<String>, signs: &[&'static str]| {
        (operand.clone(), select(signs.to_vec()), operand)
            .prop_map(|(one, sign, other)| format!("{one} {sign} {other}"))
    };
    let inner = match kind {
        0 => prop_oneof![
            operation(number.clone(), &["+", "-", "*"]),
            number.prop_map(|number| format!("-({number})")),
            list.prop_map(|list| format!("length({list})")),
        ]
        .boxed(),
        1 => prop_oneof![
            operation(number, &["<", "<=", ">", ">=", "==", "!="]),
            operation(boolean.clone(), &["&&", "||"]),
            boolean.prop_map(|boolean| format!("!({boolean})")),
        ]
        .boxed(),
        2 => prop_oneof![
            (text.clone(), number, text.clone())
                .prop_map(|(one, number, other)| format!("\"a ${{{one}}}-${{{number}}} ${{{other}}}\"")),
            (boolean, text.clone())
                .prop_map(|(is, text)| format!("\"%{{ if {is} }}${{{text}}}%{{ else }}no%{{ endif }}\"")),
            list.clone().prop_map(|list| format!("\"%{{ for it in {list} }}<${{it}}>%{{ endfor }}\"")),
            (text.clone(), list).prop_map(|(text, list)| format!("join({text}, {list})")),
            text.prop_map(|text| format!("upper({text})")),
        ]
        .boxed(),
        _ => prop_oneof![
            (text.clone(), text).prop_map(|(one, other)| format!("[{one}, {other}]")),
            list.clone().prop_map(|list| format!("[for i, it in {list} : \"${{i}}${{it}}\" if i != 1]")),
            (list.clone(), list).prop_map(|(one, other)| format!("concat([{one}, {other}]...)")),
        ]
        .boxed(),
    };
    prop_oneof![1 => leaf, 3 => inner, 1 => choice].boxed()
}

/// What hcl-rs evaluates an expression to, with our functions.
fn evaluated_by_hcl_rs(expression: &str) -> hcl::Value {
    let mut context = hcl::eval::Context::new();
    let declared: hcl::Body = hcl::parse(RECORDED).unwrap_or_default();
    let attributes = declared.into_blocks().flat_map(|block| block.body.into_attributes());
    let variables: hcl::Map<String, hcl::Value> = attributes
        .filter_map(|it| Some((it.key.to_string(), it.expr.evaluate(&hcl::eval::Context::new()).ok()?)))
        .collect();
    context.declare_var("var", hcl::Value::Object(variables));
    for (name, run) in FUNCTIONS {
        let any = hcl::eval::ParamType::Any;
        context.declare_func(*name, hcl::eval::FuncDef::builder().variadic_param(any).build(*run));
    }
    let parsed = hcl::parse(&format!("x = {expression}\n")).unwrap_or_default();
    let attribute = parsed.into_attributes().next();
    attribute.and_then(|it| it.expr.evaluate(&context).ok()).unwrap_or_default()
}

/// The functions of the generated expressions, as hcl-rs takes them.
const FUNCTIONS: &[(&str, hcl::eval::Func)] = &[
    ("concat", |arguments| called("concat", &arguments)),
    ("join", |arguments| called("join", &arguments)),
    ("length", |arguments| called("length", &arguments)),
    ("upper", |arguments| called("upper", &arguments)),
];

fn called(name: &str, arguments: &[hcl::Value]) -> Result<hcl::Value, String> {
    crate::model::job::functions::function(name).ok_or("there is no function")?.call(arguments)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn values_are_those_of_hcl_rs(expression in (0_u8..4).prop_flat_map(|kind| typed(kind, 3))) {
        let text = format!("{RECORDED}x = {expression}\n");
        let tree = parse(text.as_str().into(), Dialect::Hcl2);
        prop_assert_eq!(tree.problems(), []);
        let value = tree.root().item("x").map(Item::value);
        let ours = value.and_then(|value| Evaluator::new(&tree).evaluate(value).ok());
        prop_assert_eq!(ours, Some(evaluated_by_hcl_rs(&expression)), "{}", expression);
    }
}
