//! Nomad jobs: the parts that touch Vault.
//!
//! A job comes as HCL 1, as HCL 2, as HCL in JSON form or as the JSON of Nomad's API; all four give the same
//! model. Nothing is judged here: every attribute is kept as it was written, with its place.

mod attribute;
mod content;
mod evaluate;
mod functions;
mod keys;
mod read;
mod template;
mod vault_block;

pub use attribute::{Attribute, AttributeValue};
pub use content::*;
pub use keys::BlockKey;
pub use template::{Template, TemplateWait};
pub use vault_block::{VaultBlock, VaultForm};

use crate::syntax::Tree;
use crate::text::{Span, Spanned};

/// A Nomad job.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Job {
    /// The language that it is written in.
    pub form: JobForm,
    /// The job's header: `job "name"`, or the `{` of its JSON object. `None` when there is no job.
    pub header: Option<Span>,
    /// The job's name.
    pub id: Option<Spanned<String>>,
    /// `vault_token`: the submitter's token.
    pub vault_token: Option<Attribute>,
    /// The job's own `vault` blocks; more than one is a mistake.
    pub vault: Vec<VaultBlock>,
    /// The job's own constraints.
    pub constraints: Vec<Constraint>,
    /// The task groups, those made of lone tasks included.
    pub groups: Vec<TaskGroup>,
}

/// The language that a job is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JobForm {
    /// The JSON of Nomad's API, with or without the `Job` wrapper.
    ApiJson,
    /// HCL 1, also in its JSON form.
    #[default]
    Hcl1,
    /// HCL 2, also in its JSON form.
    Hcl2,
}

/// A task group of a job.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskGroup {
    /// The group's header.
    pub header: Span,
    /// The group's name.
    pub name: Option<Spanned<String>>,
    /// Whether it was made of a task that stands directly in the job.
    pub is_implicit: bool,
    /// The group's own `vault` blocks.
    pub vault: Vec<VaultBlock>,
    /// The group's own constraints.
    pub constraints: Vec<Constraint>,
    /// The tasks.
    pub tasks: Vec<Task>,
}

/// A task of a group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Task {
    /// The task's header.
    pub header: Span,
    /// The task's name.
    pub name: Option<Spanned<String>>,
    /// `driver`.
    pub driver: Option<Attribute>,
    /// The task's own `vault` blocks.
    pub vault: Vec<VaultBlock>,
    /// The `template` blocks.
    pub templates: Vec<Template>,
    /// The task's own constraints.
    pub constraints: Vec<Constraint>,
    /// The `identity` blocks.
    pub identities: Vec<Identity>,
}

/// A `constraint` block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Constraint {
    /// The block's header.
    pub header: Span,
    /// The whole block.
    pub span: Span,
    /// `attribute`, `LTarget` in JSON.
    pub attribute: Option<Attribute>,
    /// `operator`, `Operand` in JSON; `version`, `semver` and the other short forms of HCL also end here.
    pub operator: Option<Attribute>,
    /// `value`, `RTarget` in JSON, or the value of a short form.
    pub value: Option<Attribute>,
}

/// An `identity` block of a task.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Identity {
    /// The block's header.
    pub header: Span,
    /// `name`; without it the identity is Nomad's own default one.
    pub name: Option<Attribute>,
    /// `aud`.
    pub aud: Option<Attribute>,
    /// `ttl`.
    pub ttl: Option<Attribute>,
}

/// A task with the group and job that it stands in.
#[derive(Clone, Copy, Debug)]
pub struct TaskInJob<'j> {
    /// The job.
    pub job: &'j Job,
    /// The group.
    pub group: &'j TaskGroup,
    /// The task.
    pub task: &'j Task,
}

impl Job {
    /// Reads the model from a tree.
    pub fn from_tree(tree: &Tree, _target: super::Target) -> Self {
        read::job(tree)
    }

    /// All tasks, in the order of the text.
    pub fn tasks(&self) -> std::vec::IntoIter<TaskInJob<'_>> {
        let mut tasks = Vec::new();
        for group in &self.groups {
            tasks.extend(group.tasks.iter().map(|task| TaskInJob { job: self, group, task }));
        }
        tasks.into_iter()
    }

    /// All `vault` blocks as they are written, with the level that they stand on.
    pub fn vault_blocks(&self) -> std::vec::IntoIter<(Level, &VaultBlock)> {
        let mut levels = vec![(Level::Job, &self.vault)];
        for group in &self.groups {
            levels.push((Level::Group, &group.vault));
            levels.extend(group.tasks.iter().map(|task| (Level::Task, &task.vault)));
        }
        let mut found = Vec::new();
        for (level, blocks) in levels {
            found.extend(blocks.iter().map(|block| (level, block)));
        }
        found.into_iter()
    }

    /// Whether the job uses something that came with workload identities in Nomad 1.7, or has `vault` blocks of
    /// which none names a policy: it should be judged for a Nomad that knows them.
    pub fn needs_workload_identity(&self) -> bool {
        let of_block = |(_, block): (Level, &VaultBlock)| {
            block.role.is_some() || block.cluster.is_some() || block.allow_token_expiration.is_some()
        };
        let has_blocks = self.vault_blocks().next().is_some();
        let names_policies = self.vault_blocks().any(|(_, block)| block.has_policies());
        (has_blocks && !names_policies)
            || self.vault_blocks().any(of_block)
            || self.tasks().any(|it| it.task.identities.iter().any(Identity::is_for_vault))
    }
}

/// Where in a job a block stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// In the `job` block.
    Job,
    /// In a `group` block.
    Group,
    /// In a `task` block.
    Task,
}

impl Level {
    /// The name of the block that it stands in.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Job => "job",
            Self::Group => "group",
            Self::Task => "task",
        }
    }
}

impl<'j> TaskInJob<'j> {
    /// The `vault` block that counts for the task: its own, else the group's, else the job's. It is taken
    /// whole; nothing of the outer ones is merged into it.
    pub fn vault(self) -> Option<&'j VaultBlock> {
        let own = self.task.vault.last();
        own.or_else(|| self.group.vault.last()).or_else(|| self.job.vault.last())
    }
}

impl Identity {
    /// Whether the identity is one that a `vault` block logs in with (`vault_<cluster>`).
    pub fn is_for_vault(&self) -> bool {
        self.name.as_ref().and_then(Attribute::text).is_some_and(|name| name.starts_with("vault_"))
    }
}

#[cfg(test)]
mod tests;
