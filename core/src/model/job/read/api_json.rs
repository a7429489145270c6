//! Jobs as the JSON of Nomad's API, whose names Go matches without regard to case.

use super::blocks::{Reader, fill};
use crate::model::job::keys::BlockKey;
use crate::model::job::{
    Constraint, Identity, Job, JobForm, Task, TaskGroup, Template, TemplateWait, VaultBlock, VaultForm,
    content,
};
use crate::syntax::{Item, NodeKind, Object, Tree, Value};
use crate::text::{Span, Spanned};

/// The job of an API document, bare or in `{"Job": …}`; `None` when the document is no such thing.
pub(super) fn job(tree: &Tree) -> Option<Job> {
    let root = document(tree);
    let wrapped = root.items().filter(|item| lower(*item) == "job").find_map(|item| item.value().object());
    let body = [wrapped, Some(root)].into_iter().flatten().find(|body| is_api_job(*body))?;
    let mut job = Job { form: JobForm::ApiJson, header: Some(opening(body)), ..Job::default() };
    let mut reader = Reader::new(tree);
    for item in body.items() {
        match lower(item).as_str() {
            "id" => job.id = text(item),
            "vaulttoken" => job.vault_token = Some(reader.attribute(item)),
            "vault" => vault(item, &mut reader, &mut job.vault),
            "constraints" => constraints(item, &mut reader, &mut job.constraints),
            "taskgroups" => job.groups.extend(objects(item.value()).map(|it| group(it, &mut reader))),
            _ => {}
        }
    }
    Some(job)
}

/// The object that the document is: the tree's root holds the members themselves or one nameless object.
fn document(tree: &Tree) -> Object<'_> {
    let root = tree.root();
    let first = root.items().next();
    let inner = first.filter(|item| item.keys().next().is_none()).and_then(|item| item.value().object());
    inner.unwrap_or(root)
}

fn is_api_job(body: Object<'_>) -> bool {
    body.items().any(|item| item.key().name() == "ID" || lower(item) == "taskgroups")
}

fn group<'t>(body: Object<'t>, reader: &mut Reader<'t>) -> TaskGroup {
    let mut group = TaskGroup { header: opening(body), ..TaskGroup::default() };
    for item in body.items() {
        match lower(item).as_str() {
            "name" => {
                group.name = text(item);
                group.header = item.span();
            }
            "vault" => vault(item, reader, &mut group.vault),
            "constraints" => constraints(item, reader, &mut group.constraints),
            "tasks" => group.tasks.extend(objects(item.value()).map(|it| task(it, reader))),
            _ => {}
        }
    }
    group
}

fn task<'t>(body: Object<'t>, reader: &mut Reader<'t>) -> Task {
    let mut task = Task { header: opening(body), ..Task::default() };
    for item in body.items() {
        match lower(item).as_str() {
            "name" => {
                task.name = text(item);
                task.header = item.span();
            }
            "driver" => task.driver = Some(reader.attribute(item)),
            "vault" => vault(item, reader, &mut task.vault),
            "constraints" => constraints(item, reader, &mut task.constraints),
            "templates" => task.templates.extend(objects(item.value()).map(|it| template(it, reader))),
            "identities" => task.identities.extend(objects(item.value()).map(|it| identity(it, reader))),
            _ => {}
        }
    }
    task
}

fn vault<'t>(item: Item<'t>, reader: &mut Reader<'t>, found: &mut Vec<VaultBlock>) {
    let mut vault = VaultBlock { header: item.header_span(), span: item.span(), ..VaultBlock::default() };
    match item.value().kind() {
        NodeKind::Null | NodeKind::Missing => return,
        NodeKind::Object => {}
        _ => vault.form = VaultForm::Other(item.value().span()),
    }
    for member in item.value().object().into_iter().flat_map(Object::items) {
        if let Err(unknown) = fill(&mut vault, VaultBlock::KEYS, reader.attribute(member), is_json_name) {
            vault.unknown.push(unknown);
        }
    }
    found.push(vault);
}

fn template<'t>(body: Object<'t>, reader: &mut Reader<'t>) -> Template {
    let mut template = Template { header: opening(body), span: body.span(), ..Template::default() };
    for member in body.items() {
        if lower(member) == "wait" {
            template.wait = member.value().object().map(|it| wait(member, it, reader));
        } else if let Err(unknown) =
            fill(&mut template, Template::KEYS, reader.attribute(member), is_json_name)
        {
            template.unknown.push(unknown);
        }
    }
    template.content = content::read(&template, reader.tree);
    template
}

fn wait<'t>(item: Item<'t>, body: Object<'t>, reader: &mut Reader<'t>) -> TemplateWait {
    let mut wait = TemplateWait { header: item.header_span(), ..TemplateWait::default() };
    for member in body.items() {
        match lower(member).as_str() {
            "min" => wait.min = Some(reader.attribute(member)),
            "max" => wait.max = Some(reader.attribute(member)),
            _ => {}
        }
    }
    wait
}

fn identity<'t>(body: Object<'t>, reader: &mut Reader<'t>) -> Identity {
    let mut identity = Identity { header: opening(body), ..Identity::default() };
    for member in body.items() {
        match lower(member).as_str() {
            "name" => identity.name = Some(reader.attribute(member)),
            "audience" | "aud" => identity.aud = Some(reader.attribute(member)),
            "ttl" => identity.ttl = Some(reader.attribute(member)),
            _ => {}
        }
    }
    identity
}

fn constraints<'t>(item: Item<'t>, reader: &mut Reader<'t>, found: &mut Vec<Constraint>) {
    for body in objects(item.value()) {
        let mut constraint = Constraint { header: opening(body), span: body.span(), ..Constraint::default() };
        for member in body.items() {
            match lower(member).as_str() {
                "ltarget" => constraint.attribute = Some(reader.attribute(member)),
                "operand" => constraint.operator = Some(reader.attribute(member)),
                "rtarget" => constraint.value = Some(reader.attribute(member)),
                _ => {}
            }
        }
        found.push(constraint);
    }
}

fn is_json_name<B>(key: &BlockKey<B>, name: &str) -> bool {
    key.json_name.eq_ignore_ascii_case(name)
}

fn lower(item: Item<'_>) -> String {
    item.key().name().to_ascii_lowercase()
}

fn objects<'t>(value: Value<'t>) -> impl Iterator<Item = Object<'t>> {
    value.list().into_iter().flatten().filter_map(Value::object)
}

/// The brace that opens an object, the place for what is missing in it.
fn opening(body: Object<'_>) -> Span {
    let start = body.span().start;
    Span::new(start, start + 1)
}

fn text(item: Item<'_>) -> Option<Spanned<String>> {
    let value = item.value();
    Some(Spanned::new(value.string()?.into_owned(), value.span()))
}
