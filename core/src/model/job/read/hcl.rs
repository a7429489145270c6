//! Jobs in HCL 1, HCL 2, and the JSON form of either.

use super::blocks::{Block, Reader, blocks, fill};
use crate::model::job::{
    Attribute, AttributeValue, Constraint, Identity, Job, JobForm, Task, TaskGroup, Template, TemplateWait,
    VaultBlock, VaultForm, content,
};
use crate::syntax::{Dialect, Item, NodeKind, Object, Tree};
use crate::text::Spanned;

/// The first `job` of a document.
pub(super) fn job(tree: &Tree) -> Job {
    let form = if tree.dialect() == Dialect::Hcl2 { JobForm::Hcl2 } else { JobForm::Hcl1 };
    let mut job = Job { form, ..Job::default() };
    let block = tree.root().items_named("job").find_map(|item| blocks(item, 1).into_iter().next());
    if let Some(block) = block {
        job.header = Some(block.header);
        job.id = block.labels.first().cloned();
        read_job(&mut job, block.body, &mut Reader::new(tree));
    }
    job
}

fn read_job<'t>(job: &mut Job, body: Object<'t>, reader: &mut Reader<'t>) {
    for item in body.items() {
        match item.key().name().as_ref() {
            "vault_token" => job.vault_token = Some(reader.attribute(item)),
            "vault" => vault(item, reader, &mut job.vault),
            "constraint" => constraints(item, reader, &mut job.constraints),
            "group" => job.groups.extend(blocks(item, 1).iter().map(|block| group(block, reader))),
            "task" => job.groups.extend(blocks(item, 1).iter().map(|block| lone_task(block, reader))),
            _ => {}
        }
    }
}

fn group<'t>(block: &Block<'t>, reader: &mut Reader<'t>) -> TaskGroup {
    let mut group =
        TaskGroup { header: block.header, name: block.labels.first().cloned(), ..TaskGroup::default() };
    for item in block.body.items() {
        match item.key().name().as_ref() {
            "vault" => vault(item, reader, &mut group.vault),
            "constraint" => constraints(item, reader, &mut group.constraints),
            "task" => group.tasks.extend(blocks(item, 1).iter().map(|block| task(block, reader))),
            _ => {}
        }
    }
    group
}

/// A task directly in the job becomes a group of its own.
fn lone_task<'t>(block: &Block<'t>, reader: &mut Reader<'t>) -> TaskGroup {
    TaskGroup {
        header: block.header,
        name: block.labels.first().cloned(),
        is_implicit: true,
        tasks: vec![task(block, reader)],
        ..TaskGroup::default()
    }
}

fn task<'t>(block: &Block<'t>, reader: &mut Reader<'t>) -> Task {
    let mut task = Task { header: block.header, name: block.labels.first().cloned(), ..Task::default() };
    for item in block.body.items() {
        match item.key().name().as_ref() {
            "driver" => task.driver = Some(reader.attribute(item)),
            "vault" => vault(item, reader, &mut task.vault),
            "constraint" => constraints(item, reader, &mut task.constraints),
            "template" => task.templates.extend(blocks(item, 0).iter().map(|it| template(it, reader))),
            "identity" => task.identities.extend(blocks(item, 0).iter().map(|it| identity(it, reader))),
            _ => {}
        }
    }
    task
}

fn vault<'t>(item: Item<'t>, reader: &mut Reader<'t>, found: &mut Vec<VaultBlock>) {
    match item.value().kind() {
        NodeKind::Object | NodeKind::List => {
            found.extend(blocks(item, 0).iter().map(|block| vault_block(block, reader)));
        }
        NodeKind::Missing | NodeKind::Null | NodeKind::Expression => {}
        _ => found.push(VaultBlock {
            header: item.header_span(),
            span: item.span(),
            form: VaultForm::Other(item.value().span()),
            ..VaultBlock::default()
        }),
    }
}

fn vault_block<'t>(block: &Block<'t>, reader: &mut Reader<'t>) -> VaultBlock {
    let mut vault = VaultBlock {
        header: block.header,
        span: block.span,
        form: if block.is_assigned { VaultForm::Object } else { VaultForm::Block },
        labels: block.labels.clone(),
        ..VaultBlock::default()
    };
    for item in block.body.items() {
        let attribute = reader.attribute(item);
        if let Err(unknown) = fill(&mut vault, VaultBlock::KEYS, attribute, |key, name| key.name == name) {
            vault.unknown.push(unknown);
        }
    }
    vault
}

fn template<'t>(block: &Block<'t>, reader: &mut Reader<'t>) -> Template {
    let mut template = Template { header: block.header, span: block.span, ..Template::default() };
    for item in block.body.items() {
        if item.key().name() == "wait" {
            template.wait = blocks(item, 0).first().map(|it| wait(it, reader));
            continue;
        }
        let attribute = reader.attribute(item);
        if let Err(unknown) = fill(&mut template, Template::KEYS, attribute, |key, name| key.name == name) {
            template.unknown.push(unknown);
        }
    }
    template.content = content::read(&template, reader.tree);
    template
}

fn wait<'t>(block: &Block<'t>, reader: &mut Reader<'t>) -> TemplateWait {
    let mut wait = TemplateWait { header: block.header, ..TemplateWait::default() };
    for item in block.body.items() {
        match item.key().name().as_ref() {
            "min" => wait.min = Some(reader.attribute(item)),
            "max" => wait.max = Some(reader.attribute(item)),
            _ => {}
        }
    }
    wait
}

fn identity<'t>(block: &Block<'t>, reader: &mut Reader<'t>) -> Identity {
    let mut identity = Identity { header: block.header, ..Identity::default() };
    for item in block.body.items() {
        match item.key().name().as_ref() {
            "name" => identity.name = Some(reader.attribute(item)),
            "aud" => identity.aud = Some(reader.attribute(item)),
            "ttl" => identity.ttl = Some(reader.attribute(item)),
            _ => {}
        }
    }
    identity
}

fn constraints<'t>(item: Item<'t>, reader: &mut Reader<'t>, found: &mut Vec<Constraint>) {
    found.extend(blocks(item, 0).iter().map(|block| constraint(block, reader)));
}

fn constraint<'t>(block: &Block<'t>, reader: &mut Reader<'t>) -> Constraint {
    let mut constraint = Constraint { header: block.header, span: block.span, ..Constraint::default() };
    for item in block.body.items() {
        let attribute = reader.attribute(item);
        match attribute.name.value.as_str() {
            "attribute" => constraint.attribute = Some(attribute),
            "operator" => constraint.operator = Some(attribute),
            "value" => constraint.value = Some(attribute),
            // `version = ">= 0.6.1"` is short for operator and value.
            "version" | "semver" | "regexp" | "set_contains" => {
                constraint.operator = Some(named_operator(&attribute));
                constraint.value = Some(attribute);
            }
            _ => {}
        }
    }
    constraint
}

fn named_operator(attribute: &Attribute) -> Attribute {
    let name = AttributeValue::Text(attribute.name.value.clone());
    Attribute { value: Spanned::new(name, attribute.name.span), ..attribute.clone() }
}
