//! What the server refuses in a policy, in its own order and words.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use super::profile::ErrorWording;
use super::{PathKey, PathRules, Policy};
use crate::model::go::{Quoted, QuotedBytes};
use crate::syntax::{Dialect, string_bytes};
use crate::text::{LineIndex, Span};

/// One thing for which the server refuses a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyProblem {
    /// What is wrong.
    pub kind: PolicyProblemKind,
    /// Where.
    pub span: Span,
    /// The block that it is in: an index into [`Policy::paths`].
    pub path: Option<u32>,
    /// The place that the server names, where it knows one.
    pub(super) position: Option<u32>,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyProblemKind {
    /// There is no text at all.
    Empty,
    /// A key that this server does not know, at the top or in a `path` block.
    InvalidKey(Box<str>),
    /// A second `key =` in the same object.
    RepeatedArgument(Box<str>),
    /// A `path` whose value is no object.
    PathNotAnObject(GoNode),
    /// A value of the wrong type.
    WrongType {
        /// The field, as the server names it.
        field: Box<str>,
        /// What it wants there.
        expected: ExpectedType,
        /// What is there.
        found: GoNode,
    },
    /// A number that cannot be read, with the server's words.
    BadNumber(Box<str>),
    /// `{{` without `}}`, or the other way round, or one in the other.
    UnbalancedTemplate,
    /// `+*` in a path; the path without its leading slash.
    ForbiddenWildcard(Box<str>),
    /// A word for `policy` that there is not.
    InvalidPolicy(Box<str>),
    /// A capability that there is not, or not on this server.
    InvalidCapability(Box<str>),
    /// An `expiration` that is no moment.
    BadExpiration,
    /// A wrapping TTL that is no duration, with the server's words.
    BadWrappingTtl(PathKey, Box<str>),
    /// `max_wrapping_ttl` is less than `min_wrapping_ttl`.
    MaxBelowMin,
    /// A list filter on a rule without `list`.
    FilterWithoutList,
    /// A list filter that gives the same path for every key.
    ConstantFilter,
    /// A list filter that is no template, with the server's words.
    BadFilter(Box<str>),
    /// A `control_group` that is refused, with the server's list of errors.
    ControlGroup(Box<str>),
    /// A string that the server's reader gives up on: the connection ends without an answer.
    Crash,
}

/// What the server wants somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedType {
    /// An integer.
    Integer,
    /// A value without labels.
    Interface,
    /// A list.
    List,
    /// An object.
    Map,
    /// A text.
    String,
    /// A label, where another block of the same name has one.
    StringKey,
}

/// The name that the server has for a kind of node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoNode {
    /// A list.
    List,
    /// A string, a number or a truth value.
    Literal,
    /// An object in a list.
    Object,
    /// An item of a block.
    ObjectItem,
    /// An object, or a block with labels.
    ObjectList,
}

impl fmt::Display for GoNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::List => "*ast.ListType",
            Self::Literal => "*ast.LiteralType",
            Self::Object => "*ast.ObjectType",
            Self::ObjectItem => "*ast.ObjectItem",
            Self::ObjectList => "*ast.ObjectList",
        })
    }
}

impl PolicyProblem {
    /// The server's own words for this problem alone, without the `path "…":` before it.
    ///
    /// `text` is the document's, `lines` are its lines.
    pub fn server_text(&self, text: &str, lines: &LineIndex) -> String {
        let place = |offset: Option<u32>| {
            let place = lines.go_line_column(text, offset.unwrap_or_default());
            (place.line, place.column)
        };
        match &self.kind {
            PolicyProblemKind::Empty => "'policy' parameter not supplied or empty".to_owned(),
            PolicyProblemKind::InvalidKey(key) => {
                let line = self.position.map_or(0, |position| place(Some(position)).0);
                format!("invalid key {} on line {line}", QuotedBytes(&bytes(key, self.span, text)))
            }
            PolicyProblemKind::RepeatedArgument(name) => {
                let (line, column) = place(self.position);
                format!(
                    "The argument {} at {line}:{column} was already set. Each argument can only be defined once",
                    Quoted(name)
                )
            }
            PolicyProblemKind::PathNotAnObject(node) => format!("cannot check HCL keys of type {node}"),
            PolicyProblemKind::WrongType { field, expected, found } => {
                let at = match self.position {
                    Some(_) => {
                        let (line, column) = place(self.position);
                        format!("At {line}:{column}: ")
                    }
                    None => "At -: ".to_owned(),
                };
                match expected {
                    ExpectedType::Integer => format!("{at}{field}: unknown type {found}"),
                    ExpectedType::Interface => format!("{field}: cannot decode into interface: {found}"),
                    ExpectedType::List => format!("{at}unknown slice type: {found}"),
                    ExpectedType::Map => format!("{at}{field}: not an object type for map ({found})"),
                    ExpectedType::String => format!("{at}{field}: unknown type for string {found}"),
                    ExpectedType::StringKey => format!("{at}{field}: map must have string keys"),
                }
            }
            PolicyProblemKind::BadNumber(error) => error.to_string(),
            PolicyProblemKind::UnbalancedTemplate => {
                "failed to validate policy templating: unbalanced templating characters".to_owned()
            }
            PolicyProblemKind::ForbiddenWildcard(_) => {
                "invalid use of wildcards ('+*' is forbidden)".to_owned()
            }
            PolicyProblemKind::InvalidPolicy(word) => {
                format!("invalid policy {}", QuotedBytes(&bytes(word, self.span, text)))
            }
            PolicyProblemKind::InvalidCapability(name) => {
                format!("invalid capability {}", QuotedBytes(&bytes(name, self.span, text)))
            }
            PolicyProblemKind::BadExpiration => {
                "invalid expiration time: could not parse string as date and time".to_owned()
            }
            PolicyProblemKind::BadWrappingTtl(key, error) => {
                format!("error parsing {}: {error}", key.as_str())
            }
            PolicyProblemKind::MaxBelowMin => {
                "max_wrapping_ttl cannot be less than min_wrapping_ttl".to_owned()
            }
            PolicyProblemKind::FilterWithoutList => {
                format!(
                    "{} needs to be used on a path with the list capability",
                    PathKey::ListFilter.as_str()
                )
            }
            PolicyProblemKind::ConstantFilter => {
                format!("{} resulted in same path for two different keys", PathKey::ListFilter.as_str())
            }
            PolicyProblemKind::BadFilter(error) => {
                format!("unable to compile template for {}: {error}", PathKey::ListFilter.as_str())
            }
            PolicyProblemKind::ControlGroup(error) => {
                format!("error handling control_group: {error}")
            }
            PolicyProblemKind::Crash => "the connection is closed without an answer".to_owned(),
        }
    }

    /// Whether the server's words start with `path "…":` of their own, before any that is put in front.
    fn names_its_path(&self) -> bool {
        matches!(
            self.kind,
            PolicyProblemKind::WrongType { .. }
                | PolicyProblemKind::BadNumber(_)
                | PolicyProblemKind::ForbiddenWildcard(_)
                | PolicyProblemKind::InvalidPolicy(_)
                | PolicyProblemKind::InvalidCapability(_)
                | PolicyProblemKind::BadExpiration
        )
    }
}

/// The bytes of a name in the text, which may be others than those of its characters.
fn bytes<'n>(name: &'n str, span: Span, text: &str) -> Cow<'n, [u8]> {
    if !name.contains(char::REPLACEMENT_CHARACTER) {
        return Cow::Borrowed(name.as_bytes());
    }
    let is_json = text.trim_start_matches([' ', '\t', '\r', '\n']).starts_with('{');
    let dialect = if is_json { Dialect::LooseJson } else { Dialect::Hcl1 };
    Cow::Owned(string_bytes(span.of(text), dialect))
}

fn label_bytes<'r>(rules: &'r PathRules, text: &str) -> Cow<'r, [u8]> {
    bytes(&rules.path.value, rules.path.span, text)
}

impl Policy {
    /// The server's whole answer to the policy, if it refuses it for anything but its syntax: the first
    /// problem's words, or all bad keys of the first object that has some.
    ///
    /// `text` is the document's.
    pub fn server_error(&self, text: &str) -> Option<String> {
        let first = self.problems.first()?;
        let lines = &LineIndex::new(text);
        if first.kind == PolicyProblemKind::Empty {
            return Some(first.server_text(text, lines));
        }
        let capital = self.profile.wording == ErrorWording::Capital;
        let mut answer = String::from(if capital { "Failed" } else { "failed" });
        answer.push_str(" to parse policy: ");
        let rules = first.path.and_then(|path| self.paths.get(path as usize));
        let label = rules.map(|rules| label_bytes(rules, text));
        let label = label.as_deref();
        let path_first = self.profile.wording == ErrorWording::PathFirst;
        if let Some(label) = label.filter(|_| path_first) {
            write!(answer, "path {}: ", QuotedBytes(label)).ok()?;
        }
        if matches!(first.kind, PolicyProblemKind::InvalidKey(_)) {
            let inner = label.filter(|_| !path_first);
            self.write_bad_keys(&mut answer, first.path, inner, text, lines).ok()?;
        } else {
            if let Some(label) = label.filter(|_| first.names_its_path()) {
                let shown = match &first.kind {
                    PolicyProblemKind::ForbiddenWildcard(_) => label.strip_prefix(b"/").unwrap_or(label),
                    _ => label,
                };
                write!(answer, "path {}: ", QuotedBytes(shown)).ok()?;
            }
            answer.push_str(&first.server_text(text, lines));
        }
        Some(if capital { answer.replace('"', "'") } else { answer })
    }

    fn write_bad_keys(
        &self,
        answer: &mut String,
        path: Option<u32>,
        label: Option<&[u8]>,
        text: &str,
        lines: &LineIndex,
    ) -> fmt::Result {
        let is_of_same_object = |problem: &&PolicyProblem| {
            problem.path == path && matches!(problem.kind, PolicyProblemKind::InvalidKey(_))
        };
        let bad: Vec<&PolicyProblem> = self.problems.iter().take_while(is_of_same_object).collect();
        let plural = if bad.len() == 1 { "error" } else { "errors" };
        write!(answer, "{} {plural} occurred:", bad.len())?;
        // A hostile text gets only the first ones.
        const MOST_SHOWN: usize = 100;
        for problem in bad.iter().take(MOST_SHOWN) {
            answer.push_str("\n\t* ");
            if let Some(label) = label {
                write!(answer, "path {}: ", QuotedBytes(label))?;
            }
            answer.push_str(&problem.server_text(text, lines));
        }
        answer.push_str("\n\n");
        Ok(())
    }
}
