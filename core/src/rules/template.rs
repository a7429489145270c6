//! Rules about the `template` blocks of a job's tasks.
//!
//! A value that the document alone does not tell (an HCL 2 variable, say) gives no finding.

mod change;
mod content;
mod destination;
mod durations;
mod engine;
mod keys;
mod perms;
mod syntax;
mod vault;

use super::Rule;
use crate::model::{Attribute, AttributeValue, Job, TaskInJob, TemplateContent};
use crate::text::Span;

/// The family, in the order of the codes.
pub(super) static RULES: &[&Rule] = &[
    &content::NOTHING_TO_RENDER,
    &content::SOURCE_AND_DATA,
    &destination::MISSING_DESTINATION,
    &destination::ESCAPING_DESTINATION,
    &change::MISSING_SIGNAL,
    &change::UNKNOWN_MODE,
    &durations::NEGATIVE_SPLAY,
    &destination::SAME_DESTINATION,
    &change::UNKNOWN_SIGNAL,
    &content::ABSOLUTE_SOURCE,
    &change::ENV_WITH_SIGNAL,
    &perms::BAD_PERMS,
    &durations::NEGATIVE_GRACE,
    &durations::DEPRECATED_GRACE,
    &durations::WAIT_ORDER,
    &vault::WITHOUT_VAULT,
    &keys::UNKNOWN_KEY,
    &keys::ONCE,
    &keys::LONE_DELIMITER,
    &durations::BARE_NUMBER,
    &perms::UNQUOTED_OCTAL,
    &durations::BAD_DURATION,
    &change::SCRIPT_WITHOUT_COMMAND,
    &syntax::TEMPLATE_SYNTAX,
    &syntax::TEMPLATE_BLOCKS,
    &syntax::UNKNOWN_FUNCTION,
    &syntax::UNDEFINED_VARIABLE,
    &engine::MEMBER_OF_VERSIONS,
    &engine::PATH_WITHOUT_DATA,
    &engine::READ_OF_WRITE_PATH,
    &engine::LIST_OF_DATA,
];

/// What the templates of a job say, each with its task.
fn contents(job: &Job) -> Vec<(TaskInJob<'_>, &TemplateContent)> {
    let mut found = Vec::new();
    for it in job.tasks() {
        for template in &it.task.templates {
            found.extend(template.content.as_ref().map(|content| (it, &**content)));
        }
    }
    found
}

/// What the document says for a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Text<'a> {
    /// Nothing, or `null`.
    Absent,
    /// This, at this place.
    Known(&'a str, Span),
    /// Something that is no plain string, or not known here.
    Other,
}

impl<'a> Text<'a> {
    fn of(attribute: Option<&'a Attribute>) -> Self {
        match attribute.map(|it| (&it.value.value, it.value.span)) {
            None | Some((AttributeValue::Null, _)) => Self::Absent,
            Some((AttributeValue::Text(text), span)) => Self::Known(text, span),
            Some(_) => Self::Other,
        }
    }

    /// The string, when it is one and not empty.
    fn filled(self) -> Option<(&'a str, Span)> {
        match self {
            Self::Known(text, span) if !text.is_empty() => Some((text, span)),
            _ => None,
        }
    }

    /// Whether it is absent or the empty string, and where to say so.
    fn empty_at(self, header: Span) -> Option<Span> {
        match self {
            Self::Absent => Some(header),
            Self::Known("", span) => Some(span),
            _ => None,
        }
    }
}
