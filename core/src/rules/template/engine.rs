//! Paths of templates that are read as the engine behind them does not answer.

use super::contents;
use crate::model::{AskedPath, Job, VaultCall, VaultCallKind};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule, nomad};
use crate::text::{Applicability, Fix, Span};

declare_rule! {
    pub(super) static MEMBER_OF_VERSIONS = {
        code: "TPL028", name: "kv2-member", summary: "a secret of KV v2 is read as one of KV v1",
        severity: Warning, enforced_by: Advisory, fix: Unsafe, applies: always(),
        evidence: "measured on OpenBao 2.7.2: GET kv2/data/app answers with the members `data` and `metadata`; hashicorp/nomad#4182; consul-template README: the nested `.Data.data` syntax",
        check: Job(check_members),
    }
}

declare_rule! {
    pub(super) static PATH_WITHOUT_DATA = {
        code: "TPL029", name: "kv2-path-without-data", summary: "a secret of KV v2 is read without `data/` in its path",
        severity: Warning, enforced_by: Advisory, fix: Unsafe, applies: nomad("0.5.0", "0.8.99"),
        evidence: "consul-template 0.20.0 (February 2019) is the first that puts `data/` into the path, later than any Nomad 0.8; measured on OpenBao 2.7.2: GET kv2/app is 404 `Invalid path for a versioned K/V secrets engine`",
        check: Job(check_data),
    }
}

declare_rule! {
    pub(super) static READ_OF_WRITE_PATH = {
        code: "TPL030", name: "read-of-write-path", summary: "a template reads a path that only answers writes",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: GET pki/issue/r, pki/sign/r, transit/encrypt/k, transit/decrypt/k are 405 `unsupported operation`; consul-template: secret reads without further arguments and writes with them",
        check: Job(check_reads),
    }
}

declare_rule! {
    pub(super) static LIST_OF_DATA = {
        code: "TPL031", name: "list-of-data", summary: "secrets of KV v2 are listed below `data/`",
        severity: Warning, enforced_by: Advisory, fix: Unsafe, applies: always(),
        evidence: "measured on OpenBao 2.7.2: LIST kv2/data is 405 `unsupported operation`, LIST kv2/metadata answers; consul-template 0.26.0 and later ask for kv2/metadata/data/… instead, which has no keys",
        check: Job(check_lists),
    }
}

/// Calls `each` for every call of this kind whose path has one.
fn for_each_call(
    cx: &mut Context<'_>,
    job: &Job,
    kind: VaultCallKind,
    each: &dyn Fn(&mut Context<'_>, &VaultCall, &AskedPath),
) {
    for (_, content) in contents(job) {
        for call in content.calls.iter().filter(|call| call.kind == kind) {
            if let Some(path) = call.asked_path(&|_| None) {
                each(cx, call, &path);
            }
        }
    }
}

/// Whether the first segment of a path is followed by `name/`.
fn is_followed_by(path: &AskedPath, name: &str) -> bool {
    let second = path.known_start().split_once('/').map(|(_, rest)| rest);
    second.is_some_and(|rest| rest.strip_prefix(name).is_some_and(|rest| rest.starts_with('/')))
}

fn is_of_versions(member: &str) -> bool {
    matches!(member, "data" | "metadata")
}

fn check_members(cx: &mut Context<'_>, job: &Job) {
    for_each_call(cx, job, VaultCallKind::Read, &|cx, call, path| {
        if !is_followed_by(path, "data") {
            return;
        }
        for member in call.members.iter().filter(|member| !is_of_versions(&member.value)) {
            let name = &member.value;
            let is_plain = member.span.of(cx.text()).starts_with('.');
            let fix = is_plain.then(|| {
                let title = format!("Read `.Data.data.{name}`");
                cx.replace(title, Applicability::Unsafe, Span::at(member.span.start), ".data")
            });
            let finding = cx.report(
                member.span,
                format!("`.Data` of `{}` has `data` and `metadata`, but no `{name}`", path.text),
            );
            finding.help(format!(
                "write `.Data.data.{name}`: what KV v2 answers holds the secret below `data`. The template is rendered \
                 with `<no value>`, without an error"
            ));
            finding.fix = fix;
        }
    });
}

fn check_data(cx: &mut Context<'_>, job: &Job) {
    for_each_call(cx, job, VaultCallKind::Read, &|cx, call, path| {
        let has_versions = call.members.iter().any(|member| member.value == "data");
        let in_data = path.text.split('/').skip(1).any(is_of_versions);
        if !has_versions || in_data || !path.text.contains('/') {
            return;
        }
        let nomad = cx.target().nomad;
        let fix = call.path_span.and_then(|span| versioned_path(cx, span, "data/"));
        let finding = cx.report(
            call.path_span.unwrap_or(call.span),
            format!(
                "Nomad {nomad} asks for `{}` as it is, and `.Data.data` is what KV v2 answers",
                path.text
            ),
        );
        finding.help(
            "write `data/` behind the mount; KV v2 answers 404 `Invalid path for a versioned K/V secrets engine`, and \
             the task waits",
        );
        finding.fix = fix;
    });
}

/// A segment more behind the first one of a path in quotes.
fn versioned_path(cx: &Context<'_>, span: Span, segment: &str) -> Option<Fix> {
    let raw = span.of(cx.text());
    let blanks = raw.len() - raw.trim_start_matches([' ', '/']).len();
    let slash = raw.get(blanks..)?.find('/')?;
    let place = Span::at(span.start + (blanks + slash) as u32 + 1);
    Some(cx.replace(format!("Put `{segment}` behind the mount"), Applicability::Unsafe, place, segment))
}

fn check_reads(cx: &mut Context<'_>, job: &Job) {
    for_each_call(cx, job, VaultCallKind::Read, &|cx, call, path| {
        let mut segments = path.known_start().split('/');
        let (Some(mount), Some(action), Some(_), None) =
            (segments.next(), segments.next(), segments.next(), segments.next())
        else {
            return;
        };
        let example = match action {
            "issue" | "sign" if mount.starts_with("pki") => "\"common_name=…\"",
            "encrypt" if mount.starts_with("transit") => "\"plaintext=…\"",
            "decrypt" if mount.starts_with("transit") => "\"ciphertext=…\"",
            _ => return,
        };
        cx.report(call.span, format!("`{}` answers writes only, and this is a read", path.text)).help(format!(
            "give the parameters as further arguments, such as {example}, which makes it a write. Vault says: \
             `unsupported operation`"
        ));
    });
}

fn check_lists(cx: &mut Context<'_>, job: &Job) {
    for_each_call(cx, job, VaultCallKind::List, &|cx, call, path| {
        if !is_followed_by(path, "data") && path.whole().is_none_or(|path| !ends_in_data(path)) {
            return;
        }
        let fix = call.path_span.and_then(|span| {
            let start = span.of(cx.text()).find("/data")? as u32 + span.start + 1;
            let title = "Write `metadata`".to_owned();
            Some(cx.replace(title, Applicability::Unsafe, Span::new(start, start + 4), "metadata"))
        });
        let finding = cx.report(
            call.path_span.unwrap_or(call.span),
            format!("`{}` holds secrets, but cannot be listed", path.text),
        );
        finding.help("write `metadata` instead of `data`: KV v2 lists its keys below it");
        finding.fix = fix;
    });
}

fn ends_in_data(path: &str) -> bool {
    path.split_once('/').is_some_and(|(_, rest)| rest == "data")
}
