//! Keys of a `template` block.

use super::Text;
use crate::diagnostic::{EnforcedBy, Severity};
use crate::model::{Attribute, Job, JobForm, Template, Version};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule, nomad, nomad_since};
use crate::rules::suggest::did_you_mean;
use crate::text::{Applicability, Span};

declare_rule! {
    pub(super) static UNKNOWN_KEY = {
        code: "TPL017", name: "unknown-template-key", summary: "unknown key in a template block",
        severity: Error, enforced_by: Nomad, fix: Safe, applies: always(),
        evidence: "nomad v0.5.0 jobspec/parse.go:813-851: invalid key; releases of the keys in the specification's 1.6",
        check: Job(check_keys),
    }
}

declare_rule! {
    pub(super) static ONCE = {
        code: "TPL018", name: "template-once", summary: "once has no effect",
        severity: Warning, enforced_by: Advisory, fix: None, applies: nomad("0.5.0", "0.5.4"),
        evidence: "nomad v0.5.0 jobspec/parse.go:813-851 takes the key, nothing reads it; refused since 0.5.5",
        check: Job(check_once),
    }
}

declare_rule! {
    pub(super) static LONE_DELIMITER = {
        code: "TPL019", name: "lone-template-delimiter", summary: "one template delimiter without the other",
        severity: Warning, enforced_by: Advisory, fix: None, applies: nomad_since("0.5.5"),
        evidence: "nomad v0.5.5 client/consul_template.go hands on each delimiter by itself; the other stays the default",
        check: Job(check_delimiters),
    }
}

/// The first release with `wait`.
const WAIT: Version = Version::new(1, 2, 4);
/// The first release that refuses `once`.
const WITHOUT_ONCE: Version = Version::new(0, 5, 5);

/// Suggestions cost time, so that only the first of very many unknown keys get one.
const MAX_SUGGESTIONS: usize = 50;

fn check_keys(cx: &mut Context<'_>, job: &Job) {
    let mut suggestions = 0;
    for template in job.tasks().flat_map(|it| &it.task.templates) {
        check_too_new(cx, job.form, template);
        for attribute in &template.unknown {
            let name = &attribute.name;
            suggestions += 1;
            let similar = if suggestions <= MAX_SUGGESTIONS {
                similar_key(&name.value, job.form, cx.target().nomad)
            } else {
                None
            };
            let is_quoted = name.span.of(cx.text()).starts_with('"');
            let rename = similar.filter(|similar| is_free(template, similar)).map(|similar| {
                let text = if is_quoted { format!("\"{similar}\"") } else { similar.to_owned() };
                cx.replace(
                    format!("Rename `{}` to `{similar}`", name.value),
                    Applicability::Safe,
                    name.span,
                    text,
                )
            });
            let message = format!("unknown key `{}` in a `template` block", name.value);
            let diagnostic = report(cx, job.form, name.span, message, &name.value, similar);
            if let Some(rename) = rename {
                diagnostic.fix(rename);
            }
        }
    }
}

/// Keys that later releases know.
fn check_too_new(cx: &mut Context<'_>, form: JobForm, template: &Template) {
    let nomad = cx.target().nomad;
    let mut found: Vec<(&str, Span, String)> = Vec::new();
    for key in Template::KEYS {
        let Some(attribute) = attribute(template, key.name) else { continue };
        let name = attribute.name.value.as_str();
        if nomad < key.since {
            let message = format!("Nomad {nomad} does not know `{name}`, which came with {}", key.since);
            found.push((name, attribute.name.span, message));
        } else if key.name == "once" && nomad >= WITHOUT_ONCE {
            let message = format!("`{name}` is no key of a `template` block since Nomad {WITHOUT_ONCE}");
            found.push((name, attribute.name.span, message));
        }
    }
    if let Some(wait) = template.wait.as_ref().filter(|_| nomad < WAIT) {
        let message = format!("Nomad {nomad} does not know `wait`, which came with {WAIT}");
        found.push(("wait", wait.header, message));
    }
    for (name, span, message) in found {
        report(cx, form, span, message, name, None);
    }
}

/// HCL refuses an unknown key, the API ignores it.
fn report<'c>(
    cx: &'c mut Context<'_>,
    form: JobForm,
    span: Span,
    message: String,
    name: &str,
    similar: Option<&str>,
) -> &'c mut crate::diagnostic::Diagnostic {
    let mut help = similar.map_or(String::new(), |similar| format!("did you mean `{similar}`? "));
    help.push_str(&match form {
        JobForm::ApiJson => "Nomad ignores it without a word".to_owned(),
        JobForm::Hcl1 => format!("Nomad says: `invalid key: {name}`"),
        JobForm::Hcl2 => format!("Nomad says: `An argument named \"{name}\" is not expected here`"),
    });
    let diagnostic = cx.report(span, message);
    diagnostic.help(help);
    if form == JobForm::ApiJson {
        diagnostic.severity(Severity::Warning);
        diagnostic.enforced_by = EnforcedBy::Advisory;
    }
    diagnostic
}

fn similar_key(name: &str, form: JobForm, nomad: Version) -> Option<&'static str> {
    let known = Template::KEYS
        .iter()
        .filter(|key| key.since <= nomad && (key.name != "once" || nomad < WITHOUT_ONCE))
        .map(|key| if form == JobForm::ApiJson { key.json_name } else { key.name });
    did_you_mean(name, known)
}

fn is_free(template: &Template, name: &str) -> bool {
    let key = Template::KEYS.iter().find(|key| key.name == name || key.json_name == name);
    key.is_some_and(|key| attribute(template, key.name).is_none())
}

/// The attribute behind a key's name in HCL.
fn attribute<'t>(template: &'t Template, name: &str) -> Option<&'t Attribute> {
    let attribute = match name {
        "source" => &template.source,
        "destination" => &template.destination,
        "data" => &template.data,
        "change_mode" => &template.change_mode,
        "change_signal" => &template.change_signal,
        "change_script" => &template.change_script,
        "splay" => &template.splay,
        "once" => &template.once,
        "perms" => &template.perms,
        "uid" => &template.uid,
        "gid" => &template.gid,
        "left_delimiter" => &template.left_delimiter,
        "right_delimiter" => &template.right_delimiter,
        "env" => &template.env,
        "vault_grace" => &template.vault_grace,
        "error_on_missing_key" => &template.error_on_missing_key,
        _ => &None,
    };
    attribute.as_ref()
}

fn check_once(cx: &mut Context<'_>, job: &Job) {
    if job.form == JobForm::ApiJson {
        return;
    }
    for once in job.tasks().flat_map(|it| &it.task.templates).filter_map(|it| it.once.as_ref()) {
        cx.report(once.name.span, "`once` has no effect: the template is watched all the same")
            .help("remove it, and write `change_mode = \"noop\"` where the task must not be bothered");
    }
}

fn check_delimiters(cx: &mut Context<'_>, job: &Job) {
    for template in job.tasks().flat_map(|it| &it.task.templates) {
        let left = (Text::of(template.left_delimiter.as_ref()), "right_delimiter", "}}");
        let right = (Text::of(template.right_delimiter.as_ref()), "left_delimiter", "{{");
        for ((given, other, default), absent) in [(left, right.0), (right, left.0)] {
            let Some((text, span)) = given.filled() else { continue };
            if absent.empty_at(span).is_some() {
                cx.report(span, format!("`{text}` is set without `{other}`, which stays `{default}`"))
                    .help(format!("set `{other}` too"));
            }
        }
    }
}
