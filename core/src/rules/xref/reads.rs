//! What the templates of tasks ask of Vault, and whether the tasks' tokens may.
//!
//! Only tasks whose policies are all in the bundle are judged: those of the `vault` block that counts, and `default`.

use std::sync::Arc;

use super::default_policy::default_policy;
use super::edit::{NewBlock, added_blocks};
use super::matrix::is_about_parameters;
use crate::acl::{Acl, Decision, Operation, OperationKind, PolicySource, Reason, RuleView};
use crate::diagnostic::Severity;
use crate::model::{
    AskedPath, Capability, NamedPolicy, ParsedBundle, PatternKind, Setup, TaskInJob, VaultCall,
    VaultCallKind, Version,
};
use crate::rules::Context;
use crate::rules::job::uses_identity;
use crate::rules::rule::{declare_rule, nomad};
use crate::text::{Applicability, DocumentId, Edit, Fix, Span, order};

declare_rule! {
    pub(super) static TEMPLATE_DENIED = {
        code: "XREF060", name: "template-denied", summary: "a task's policies do not grant what its template asks of Vault",
        severity: Error, enforced_by: Vault, fix: None, applies: nomad("0.5.0", "1.9.99"),
        evidence: "core::acl, which answers as OpenBao 2.7.2 (acl-facts); hashicorp/nomad#22478; consul-template dependency/vault_read.go, vault_write.go, vault_list.go: which request a call makes",
        check: Bundle(check_denied),
    }
}

declare_rule! {
    pub(super) static STAR_NOT_COVERING = {
        code: "XREF061", name: "star-not-covering", summary: "a path that ends in `/*` does not cover the path before it",
        severity: Error, enforced_by: Vault, fix: Unsafe, applies: nomad("0.5.0", "1.9.99"),
        evidence: "acl-facts: on OpenBao 2.7.2 `a/*` grants nothing on `a`",
        check: Bundle(check_stars),
    }
}

declare_rule! {
    pub(super) static VERSIONED_PATH = {
        code: "XREF062", name: "policy-of-other-kv", summary: "template and policy are for different versions of the KV engine",
        severity: Error, enforced_by: Vault, fix: Unsafe, applies: nomad("0.5.0", "1.9.99"),
        evidence: "consul-template 0.20.0 vault_read.go puts `data/` behind the mount of KV v2, 0.26.0 vault_list.go `metadata/`, older ones ask as it is written; hashicorp/nomad#10105; measured on OpenBao 2.7.2: GET kv2/app is 403 under a policy for kv2/data/app",
        check: Bundle(check_versions),
    }
}

declare_rule! {
    pub(super) static WRITE_WITH_READ = {
        code: "XREF063", name: "template-write-denied", summary: "a template writes where the task's policies grant `read`",
        severity: Error, enforced_by: Vault, fix: None, applies: nomad("0.5.0", "1.9.99"),
        evidence: "consul-template template/funcs.go secretFunc: with further arguments `secret` is a PUT, which needs `update` or `create`; measured on OpenBao 2.7.2",
        check: Bundle(check_writes),
    }
}

declare_rule! {
    pub(super) static READ_WITH_UPDATE = {
        code: "XREF064", name: "template-read-denied", summary: "a template reads where the task's policies grant `update`",
        severity: Error, enforced_by: Vault, fix: None, applies: nomad("0.5.0", "1.9.99"),
        evidence: "consul-template template/funcs.go secretFunc: without further arguments `secret` is a GET, which needs `read`; measured on OpenBao 2.7.2",
        check: Bundle(check_reads),
    }
}

/// The first Nomad that may ask KV v2 for `data/`: consul-template 0.20.0 is later than every 0.8, and in 0.11.0.
const FIRST_WITH_DATA: Version = Version::new(0, 9, 0);
/// The last Nomad that surely lists without `metadata/`: it has consul-template 0.25.2.
const LAST_WITHOUT_METADATA: Version = Version::new(1, 1, 3);

/// A call that is refused, or will be.
struct Refusal<'s> {
    document: DocumentId,
    call: &'s VaultCall,
    path: &'s AskedPath,
    decision: Decision,
    why: Why,
    acl: &'s Acl,
    policies: &'s [&'s NamedPolicy<'s>],
}

enum Why {
    Denied,
    /// Only what is below the path is granted: the path itself, as it is asked for.
    OnlyBelow(String),
    /// Granted is this path, which this Nomad does not ask for.
    OtherPath(String),
    /// The path is granted, but not the one that KV v2 is asked for.
    OnlyUnversioned,
    OnlyRead,
    OnlyUpdate,
}

/// Calls `each` for every call that is refused.
fn for_each_refusal(setup: &Setup<'_>, each: &mut dyn FnMut(&Refusal<'_>)) {
    if setup.policies.is_empty() || setup.agents.iter().any(|agent| agent.default_identity.is_some()) {
        return;
    }
    let mut tasks: Vec<(Vec<&NamedPolicy<'_>>, DocumentId, TaskInJob<'_>)> = Vec::new();
    for (document, job) in setup.jobs() {
        for task in job.tasks() {
            let has_calls = |content: &crate::model::TemplateContent| !content.calls.is_empty();
            let mut contents = task.task.templates.iter().filter_map(|template| template.content.as_ref());
            if contents.any(|content| has_calls(content))
                && let Some(policies) = policies_of(setup, task)
            {
                tasks.push((policies, document, task));
            }
        }
    }
    // Tasks with the same policies share what is made of them.
    let by_policies = |one: &[&NamedPolicy<'_>], other: &[&NamedPolicy<'_>]| {
        one.iter().map(|policy| policy.document).cmp(other.iter().map(|policy| policy.document))
    };
    order::sort_by(&mut tasks, &|(one, ..), (other, ..)| by_policies(one, other));
    let mut last: Option<(&[&NamedPolicy<'_>], Acl)> = None;
    for (policies, document, task) in &tasks {
        if last.as_ref().is_none_or(|(known, _)| by_policies(known, policies).is_ne()) {
            last = Some((policies, acl(setup, policies)));
        }
        let Some((_, acl)) = &last else { continue };
        for template in &task.task.templates {
            for call in template.content.iter().flat_map(|content| &content.calls) {
                judge(setup, *document, *task, call, acl, policies, each);
            }
        }
    }
}

/// The policies of a task's token, without `default`; `None` when they are not all known.
fn policies_of<'s>(setup: &'s Setup<'_>, task: TaskInJob<'_>) -> Option<Vec<&'s NamedPolicy<'s>>> {
    let block = task.vault().filter(|block| !uses_identity(task, block))?;
    let names = block.policies.as_ref().filter(|policies| policies.is_known())?;
    let mut found = Vec::new();
    for (name, _) in names.texts() {
        let name = name.trim().to_lowercase();
        if name == "default" {
            continue;
        }
        found.push(setup.only_policy(&name).filter(|policy| policy.policy.is_accepted())?);
    }
    order::sort_by(&mut found, &|one: &&NamedPolicy<'_>, two| one.document.cmp(&two.document));
    (!found.is_empty()).then_some(found)
}

fn acl(setup: &Setup<'_>, policies: &[&NamedPolicy<'_>]) -> Acl {
    let dialect = setup.target().vault;
    let mut sources = vec![default_policy(setup, dialect)];
    for policy in policies {
        sources.push(PolicySource {
            name: policy.names.first().cloned().unwrap_or_default(),
            document: policy.document,
            policy: Arc::new(policy.policy.clone()),
        });
    }
    Acl::new(sources, dialect)
}

fn judge(
    setup: &Setup<'_>,
    document: DocumentId,
    task: TaskInJob<'_>,
    call: &VaultCall,
    acl: &Acl,
    policies: &[&NamedPolicy<'_>],
    each: &mut dyn FnMut(&Refusal<'_>),
) {
    let environment = |name: &str| {
        let named = match name {
            "NOMAD_TASK_NAME" => &task.task.name,
            "NOMAD_GROUP_NAME" => &task.group.name,
            _ => return None,
        };
        named.as_ref().map(|name| name.value.clone()).filter(|name| !name.contains("${"))
    };
    let Some(path) = call.asked_path(&environment) else { return };
    if acl.is_root() || acl.failure().is_some() {
        return;
    }
    let (why, decision) = match path.whole() {
        Some(whole) => {
            let decision = decide(acl, call.kind, whole);
            match refusal(setup.target().nomad, acl, call, whole, decision) {
                Some(why) => (why, decision),
                None => return,
            }
        }
        None if may_be_granted(acl, call.kind, path.known_start()) => return,
        None => (Why::Denied, Decision { is_allowed: false, reason: Reason::NoRule, rule: None }),
    };
    each(&Refusal { document, call, path: &path, decision, why, acl, policies });
}

/// What is decided about a call; a write may create.
fn decide(acl: &Acl, kind: VaultCallKind, path: &str) -> Decision {
    let ask = |kind| {
        let mut decision = acl.allow_operation(&Operation::new(kind, path));
        decision.is_allowed |= is_about_parameters(decision.reason);
        decision
    };
    match kind {
        VaultCallKind::List => ask(OperationKind::List),
        VaultCallKind::Read => ask(OperationKind::Read),
        VaultCallKind::Write => {
            let created = ask(OperationKind::Create);
            if created.is_allowed { created } else { ask(OperationKind::Update) }
        }
    }
}

fn is_granted(acl: &Acl, kind: VaultCallKind, path: &str) -> bool {
    decide(acl, kind, path).is_allowed
}

/// Why a call is refused, if it is.
fn refusal(nomad: Version, acl: &Acl, call: &VaultCall, path: &str, decision: Decision) -> Option<Why> {
    let (segment, puts_in) = match call.kind {
        VaultCallKind::List => ("metadata", nomad > LAST_WITHOUT_METADATA),
        VaultCallKind::Read => ("data", nomad >= FIRST_WITH_DATA),
        VaultCallKind::Write => ("", false),
    };
    let variants = if segment.is_empty() { Vec::new() } else { variants(path, segment) };
    let granted = variants.iter().find(|path| is_granted(acl, call.kind, path));
    if decision.is_allowed {
        let reads_versions = call.members.iter().any(|member| member.value == "data");
        let is_other = puts_in && reads_versions && !variants.is_empty() && granted.is_none();
        return is_other.then_some(Why::OnlyUnversioned);
    }
    if let Some(granted) = granted {
        return (!puts_in).then(|| Why::OtherPath(granted.clone()));
    }
    if call.kind != VaultCallKind::List {
        let mut asked = vec![path.to_owned()];
        asked.extend(variants);
        for path in asked {
            if is_granted_below(acl, call.kind, &path) {
                return Some(Why::OnlyBelow(path));
            }
        }
    }
    Some(match call.kind {
        VaultCallKind::Write if is_granted(acl, VaultCallKind::Read, path) => Why::OnlyRead,
        VaultCallKind::Read if is_granted(acl, VaultCallKind::Write, path) => Why::OnlyUpdate,
        _ => Why::Denied,
    })
}

/// The paths that KV v2 may be asked for instead: the segment stands behind the mount, which may be of several
/// segments.
fn variants(path: &str, segment: &str) -> Vec<String> {
    let is_versioned = |part: &str| matches!(part, "data" | "metadata");
    if path.split('/').skip(1).any(is_versioned) {
        return Vec::new();
    }
    let mut variants = Vec::new();
    // A mount of more segments than this is none that people have.
    for (slash, _) in path.match_indices('/').take(4) {
        let (mount, rest) = path.split_at(slash);
        variants.push(format!("{mount}/{segment}{rest}"));
    }
    // A mount itself can be listed.
    if segment == "metadata" {
        variants.push(format!("{path}/{segment}"));
    }
    variants
}

/// Whether there is a rule `path/*` that grants the call.
fn is_granted_below(acl: &Acl, kind: VaultCallKind, path: &str) -> bool {
    rule_below(acl, kind, path).is_some()
}

fn rule_below<'a>(acl: &'a Acl, kind: VaultCallKind, path: &str) -> Option<RuleView<'a>> {
    let below = decide(acl, kind, &format!("{path}/x"));
    let rule = acl.rule(below.rule.filter(|_| below.is_allowed)?)?;
    let is_star =
        rule.pattern.kind == PatternKind::Prefix && rule.pattern.text.strip_suffix('/') == Some(path);
    is_star.then_some(rule)
}

/// Whether a rule may grant a call whose path is only known at its start.
fn may_be_granted(acl: &Acl, kind: VaultCallKind, start: &str) -> bool {
    let needed: &[Capability] = match kind {
        VaultCallKind::List => &[Capability::List],
        VaultCallKind::Read => &[Capability::Read],
        VaultCallKind::Write => &[Capability::Update, Capability::Create],
    };
    acl.rules().any(|rule| {
        needed.iter().any(|capability| rule.granted.contains(*capability)) && {
            let text = rule.pattern.text;
            let is_exact = rule.pattern.kind == PatternKind::Exact;
            let head = text.split('+').next().unwrap_or_default().trim_end_matches('*');
            let [data, metadata] = ["/data/", "/metadata/"].map(|segment| head.replacen(segment, "/", 1));
            [head, &data, &metadata]
                .iter()
                .any(|head| head.starts_with(start) || (!is_exact && start.starts_with(*head)))
        }
    })
}

/// The place of the rule that decides, in a document.
fn deciding_place(refusal: &Refusal<'_>) -> Option<(DocumentId, Span)> {
    let rule = refusal.acl.rule(refusal.decision.rule?)?;
    let mut sources = rule.sources().filter(|source| source.policy.document != DocumentId(u32::MAX));
    sources.next().map(|source| (source.policy.document, source.rules.path.span))
}

fn names(refusal: &Refusal<'_>) -> String {
    let mut text = String::new();
    for policy in refusal.policies {
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push('`');
        text.push_str(policy.names.first().map_or("", String::as_str));
        text.push('`');
    }
    text
}

const fn needed(kind: VaultCallKind) -> &'static str {
    match kind {
        VaultCallKind::List => "list",
        VaultCallKind::Read => "read",
        VaultCallKind::Write => "update",
    }
}

fn check_denied(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    for_each_refusal(cx.setup(), &mut |refusal| {
        if !matches!(refusal.why, Why::Denied) {
            return;
        }
        let (path, needed) = (&refusal.path.text, needed(refusal.call.kind));
        let reason = match refusal.decision.reason {
            Reason::NoRule => "no rule matches it".to_owned(),
            reason => reason.to_string(),
        };
        let message = format!("the task's token has no `{needed}` on `{path}`: {reason}");
        let finding = cx.report_in(refusal.document, refusal.call.span, message);
        finding.help(format!(
            "grant it in {}, or ask for a path that is granted; Vault says: `permission denied`",
            names(refusal)
        ));
        if let Some((document, span)) = deciding_place(refusal) {
            finding.related(document, span, "this rule decides");
        }
    });
}

fn check_stars(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    let setup = cx.setup();
    for_each_refusal(setup, &mut |refusal| {
        let Why::OnlyBelow(path) = &refusal.why else { return };
        let rule = rule_below(refusal.acl, refusal.call.kind, path);
        let Some(source) = rule.and_then(|rule| rule.sources().next()) else { return };
        let needed = needed(refusal.call.kind);
        let star = &source.rules.path.value;
        let message = format!("`{star}` grants what is below `{path}`, but not `{path}`");
        let document = source.policy.document;
        let repair = exact_block(setup, document, path, needed);
        let finding = cx.report_in(refusal.document, refusal.call.span, message);
        finding
            .help(format!(
                "add `path \"{path}\"` with `{needed}` to the policy; Vault says: `permission denied`"
            ))
            .related(document, source.rules.path.span, "this rule is for what is below");
        finding.fix = repair;
    });
}

/// Adds a block for one path, where the policy is in HCL.
fn exact_block(setup: &Setup<'_>, document: DocumentId, path: &str, capability: &'static str) -> Option<Fix> {
    let text = setup.text(document);
    if text.trim_start().starts_with('{') {
        return None;
    }
    let comment = "A template reads it.".to_owned();
    let block = NewBlock { comment, path: path.to_owned(), capability };
    let edits = vec![added_blocks(document, text, &[block])];
    Some(Fix { title: format!("Grant `{path}`"), applicability: Applicability::Unsafe, edits })
}

fn check_versions(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    let setup = cx.setup();
    let nomad = setup.target().nomad;
    for_each_refusal(setup, &mut |refusal| {
        let path = &refusal.path.text;
        let place = refusal.call.path_span.unwrap_or(refusal.call.span);
        match &refusal.why {
            // TPL029 says so.
            Why::OtherPath(_) if refusal.call.members.iter().any(|member| member.value == "data") => {}
            Why::OtherPath(granted) => {
                let message = format!(
                    "the policies grant `{granted}`, and Nomad {nomad} asks for `{path}` as it is written"
                );
                let repair = refusal.call.path_span.map(|span| replaced(refusal.document, span, granted));
                let finding = cx.report_in(refusal.document, place, message);
                finding.help(format!("write `{granted}`; Vault says: `permission denied`"));
                finding.fix = repair;
            }
            Why::OnlyUnversioned => {
                let versioned = variants(path, "data").into_iter().next().unwrap_or_default();
                let message = format!(
                    "`.Data.data` is what KV v2 answers, for which `{versioned}` is asked, and only `{path}` is granted"
                );
                let finding = cx.report_in(refusal.document, place, message);
                finding.help(format!(
                    "grant `{versioned}` in {}, or write `.Data` where the mount is one of KV v1",
                    names(refusal)
                ));
                finding.severity(Severity::Warning);
                if let Some((document, span)) = deciding_place(refusal) {
                    finding.related(document, span, "this rule grants the path of KV v1");
                }
            }
            _ => {}
        }
    });
}

fn replaced(document: DocumentId, span: Span, path: &str) -> Fix {
    let edits = vec![Edit { document, span, text: path.to_owned() }];
    Fix { title: format!("Ask for `{path}`"), applicability: Applicability::Unsafe, edits }
}

fn check_writes(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    for_each_refusal(cx.setup(), &mut |refusal| {
        if matches!(refusal.why, Why::OnlyRead) {
            let message =
                format!("the call writes `{}`, on which the policies grant `read`", refusal.path.text);
            let help = "grant `update`: a call with parameters is a write; Vault says: `permission denied`";
            report_capability(cx, refusal, message, help);
        }
    });
}

fn check_reads(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    for_each_refusal(cx.setup(), &mut |refusal| {
        if matches!(refusal.why, Why::OnlyUpdate) {
            let message =
                format!("the call reads `{}`, on which the policies grant writing", refusal.path.text);
            let help = "grant `read`, or give parameters, which make the call a write; Vault says: `permission denied`";
            report_capability(cx, refusal, message, help);
        }
    });
}

fn report_capability(cx: &mut Context<'_>, refusal: &Refusal<'_>, message: String, help: &str) {
    let finding = cx.report_in(refusal.document, refusal.call.span, message);
    finding.help(help);
    if let Some((document, span)) = deciding_place(refusal) {
        finding.related(document, span, "this rule decides");
    }
}
