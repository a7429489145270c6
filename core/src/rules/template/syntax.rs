//! What Go's text/template does not take.

use super::contents;
use crate::diagnostic::Severity;
use crate::model::{Job, Version, function_release, known_functions};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::rules::suggest::did_you_mean;
use crate::syntax::{TemplateProblem, TemplateProblemKind as Kind};
use crate::text::Applicability;

declare_rule! {
    pub(super) static TEMPLATE_SYNTAX = {
        code: "TPL024", name: "template-syntax", summary: "template that cannot be read",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "go 1.19.8 text/template/parse; 200,000 made-up templates were read by both with one verdict; nomad v0.5.0 client/consul_template.go kills the task: Template failed",
        check: Job(check_syntax),
    }
}

declare_rule! {
    pub(super) static TEMPLATE_BLOCKS = {
        code: "TPL025", name: "open-template-block", summary: "template whose blocks do not open and close",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "go 1.19.8 text/template/parse: unexpected EOF, unexpected {{end}}, unexpected {{else}}, {{break}} outside {{range}}",
        check: Job(check_blocks),
    }
}

declare_rule! {
    pub(super) static UNKNOWN_FUNCTION = {
        code: "TPL026", name: "unknown-template-function", summary: "template function that this Nomad does not have",
        severity: Error, enforced_by: Nomad, fix: Unsafe, applies: always(),
        evidence: "consul-template template/template.go funcMap and CHANGELOG.md up to 0.39.2; go text/template: function \"x\" not defined",
        check: Job(check_functions),
    }
}

declare_rule! {
    pub(super) static UNDEFINED_VARIABLE = {
        code: "TPL027", name: "undefined-template-variable", summary: "template variable that is not declared where it is used",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "go 1.19.8 text/template/parse: undefined variable \"$x\"",
        check: Job(check_variables),
    }
}

/// Functions of later Nomads than this may be newer than what is known here.
const LAST_KNOWN_NOMAD: Version = Version::new(1, 9, 99);

/// Suggestions cost time, so that only the first of very many unknown functions get one.
const MAX_SUGGESTIONS: usize = 50;

/// Calls `each` for what is wrong with the templates of a job.
fn for_each_problem(
    cx: &mut Context<'_>,
    job: &Job,
    each: &mut dyn FnMut(&mut Context<'_>, &TemplateProblem),
) {
    for (_, content) in contents(job) {
        for problem in &content.problems {
            each(cx, problem);
        }
    }
}

fn check_syntax(cx: &mut Context<'_>, job: &Job) {
    for_each_problem(cx, job, &mut |cx, problem| {
        let raw = problem.span.of(cx.text());
        let (what, said) = match problem.kind {
            Kind::BadLiteral => ("no number or character of Go: ", "illegal number syntax"),
            Kind::BadString => ("a string with an escape that Go does not know: ", "invalid syntax"),
            Kind::CommentNotAlone => (
                "in an action with a comment there may be nothing else: ",
                "comment ends before closing delimiter",
            ),
            Kind::NotExecutable => (
                "no function that a value could be handed to: ",
                "non executable command in pipeline stage 2",
            ),
            Kind::UnclosedComment => ("a comment without its `*/`", "unclosed comment"),
            Kind::UnclosedAction => ("an action without its right delimiter", "unclosed action"),
            Kind::UnclosedParenthesis => ("a parenthesis without its end", "unclosed left paren"),
            Kind::UnexpectedToken => ("this may not stand here: ", "unexpected … in operand"),
            Kind::UnterminatedString => ("a string without its end: ", "unterminated quoted string"),
            Kind::ValueMissing => ("a value is missing", "missing value for command"),
            // Deeper than anyone writes, and no mistake; and what other rules are about.
            _ => return,
        };
        let mut message = what.to_owned();
        if what.ends_with(' ') {
            for part in ["`", raw, "`"] {
                message.push_str(part);
            }
        }
        cx.report(problem.span, message).help(format!(
            "Nomad takes the job, and the client fails the task: `Template failed: … parse: template: … {said}`"
        ));
    });
}

fn check_blocks(cx: &mut Context<'_>, job: &Job) {
    for_each_problem(cx, job, &mut |cx, problem| {
        let (message, said) = match problem.kind {
            Kind::NestedDefine => ("`define` inside of another block", "unexpected <define> in command"),
            Kind::OutsideRange => ("outside of `range`", "{{break}} outside {{range}}"),
            Kind::UnclosedBlock => ("the block has no `end`", "unexpected EOF"),
            Kind::UnexpectedElse => {
                ("this `else` belongs to no block that can have one", "unexpected {{else}}")
            }
            Kind::UnexpectedEnd => ("this `end` belongs to no block", "unexpected {{end}}"),
            _ => return,
        };
        cx.report(problem.span, message).help(format!(
            "Nomad takes the job, and the client fails the task: `Template failed: … parse: template: … {said}`"
        ));
    });
}

fn check_variables(cx: &mut Context<'_>, job: &Job) {
    for_each_problem(cx, job, &mut |cx, problem| {
        if problem.kind != Kind::UndefinedVariable {
            return;
        }
        let name = problem.span.of(cx.text()).to_owned();
        cx.report(problem.span, format!("the variable `{name}` is not declared here")).help(format!(
            "declare it before with `{name} := …`; one that is declared inside of a block ends with it. The client \
             fails the task: `undefined variable \"{name}\"`"
        ));
    });
}

fn check_functions(cx: &mut Context<'_>, job: &Job) {
    let nomad = cx.target().nomad;
    let mut suggestions = 0;
    for (_, content) in contents(job) {
        for function in &content.functions {
            let name = function.value.as_str();
            let release = function_release(name);
            let message = match release {
                None => format!("no release of Nomad is known to have a template function `{name}`"),
                Some(release) if release.lacking.is_some_and(|lacking| nomad <= lacking) => {
                    format!("Nomad {nomad} does not have the template function `{name}`, which came later")
                }
                Some(release) if release.lost.is_some_and(|lost| nomad >= lost) => {
                    format!("Nomad {nomad} does not have the template function `{name}` any more")
                }
                Some(_) => continue,
            };
            suggestions += 1;
            let meant = match name {
                "key_exists" => Some("keyExists"),
                "key_or_default" => Some("keyOrDefault"),
                "vault" => Some("secret"),
                _ if release.is_none() && suggestions <= MAX_SUGGESTIONS => {
                    did_you_mean(name, known_functions(nomad))
                }
                _ => None,
            };
            let is_plain = function.span.of(cx.text()) == name;
            let rename = meant.filter(|_| is_plain).map(|meant| {
                let title = format!("Call `{meant}`");
                cx.replace(title, Applicability::Unsafe, function.span, meant)
            });
            let mut help = meant.map_or(String::new(), |meant| format!("did you mean `{meant}`? "));
            help.push_str("The client fails the task: `function \"");
            help.push_str(name);
            help.push_str("\" not defined`");
            let finding = cx.report(function.span, message);
            finding.help(help);
            finding.fix = rename;
            if release.is_none() && nomad > LAST_KNOWN_NOMAD {
                finding.severity(Severity::Warning);
            }
        }
    }
}
