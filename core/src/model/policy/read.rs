//! From the tree to the model, in the order in which the server looks.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::control_group::{self, Places, node};
use super::entries::{Entry, Form, each_entry, is_unquotable};
use super::fields::{Decoded, FIELD_ORDER, of};
use super::filter::{self, Filter};
use super::label::holds;
use super::problem::{PolicyProblem, PolicyProblemKind};
use super::template::is_templated;
use super::{
    Capability, CapabilitySet, Constraints, PathKey, PathKeySet, PathRules, PatternKind, Policy,
    PolicyProfile, RepeatedKey,
};
use crate::syntax::{Dialect, Key, Tree, Value};
use crate::text::{LineColumn, LineIndex, Span, Spanned};

/// Reads a policy.
pub(super) fn read(tree: &Tree, profile: PolicyProfile) -> Policy {
    let mut reader = Reader {
        text: tree.text(),
        lines: OnceCell::new(),
        is_json: tree.dialect() == Dialect::LooseJson,
        form: match tree.dialect() {
            Dialect::LooseJson => Form::Json,
            _ if tree.problems().is_empty() => Form::Hcl,
            _ => Form::DamagedHcl,
        },
        profile,
        // Nearly every item at the top is a block.
        paths: Vec::with_capacity(tree.root().items().count()),
        problems: Vec::new(),
        repeated_keys: Vec::new(),
        granted: CapabilitySet::EMPTY,
        has_templates: false,
        path: None,
        field: "root",
    };
    let name = reader.file(tree);
    let Reader { paths, problems, repeated_keys, granted, has_templates, .. } = reader;
    let has_syntax_errors = !tree.problems().is_empty();
    Policy { paths, name, problems, repeated_keys, profile, has_syntax_errors, granted, has_templates }
}

/// An entry of a `path` block with its known key.
pub(super) type Given<'t> = (PathKey, Entry<'t>);

pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    lines: OnceCell<LineIndex>,
    pub(super) is_json: bool,
    pub(super) form: Form,
    pub(super) profile: PolicyProfile,
    paths: Vec<PathRules>,
    problems: Vec<PolicyProblem>,
    repeated_keys: Vec<RepeatedKey>,
    granted: CapabilitySet,
    has_templates: bool,
    /// The block that is read.
    path: Option<u32>,
    /// The field of any type that is read, as the server names it.
    pub(super) field: &'static str,
}

impl<'t> Reader<'t> {
    fn file(&mut self, tree: &'t Tree) -> Option<Spanned<String>> {
        let mut others = Vec::new();
        let mut scratch = Vec::new();
        each_entry(tree.root(), self.form, &mut |entry| {
            let is_path = match entry.key.raw() {
                "path" => true,
                raw => raw.starts_with('"') && self.key_name(entry.key) == "path",
            };
            if is_path {
                self.block(entry, &mut scratch);
            } else {
                others.push(entry);
            }
        });
        // The server looks at the top level before it looks into a block.
        let of_blocks = std::mem::take(&mut self.problems);
        let name = self.top_level(&others);
        self.problems.extend(of_blocks);
        name
    }

    fn top_level(&mut self, entries: &[Entry<'t>]) -> Option<Spanned<String>> {
        if self.text.is_empty() {
            self.problem(PolicyProblemKind::Empty, Span::at(0), None);
        }
        let mut first_name = None;
        let mut names = Vec::new();
        for entry in entries {
            if entry.key.name() == "name" {
                self.repeated_argument(entry, &mut first_name);
                names.push((PathKey::Comment, *entry));
            } else {
                self.invalid_key(entry);
            }
        }
        let name = self.string("root.name", PathKey::Comment, &names);
        name.map(|name| name.map(Cow::into_owned))
    }

    /// Notes a problem. `position` is the place that the server names.
    pub(super) fn problem(&mut self, kind: PolicyProblemKind, span: Span, position: Option<u32>) {
        let position = position.filter(|_| !self.is_json || matches!(kind, PolicyProblemKind::InvalidKey(_)));
        self.problems.push(PolicyProblem { kind, span, path: self.path, position });
    }

    /// A key's name; one that the server gives up on is a problem.
    pub(super) fn key_name(&mut self, key: Key<'t>) -> Cow<'t, str> {
        if key.is_special() && is_unquotable(key.inner_span().of(self.text), self.is_json) {
            self.problem(PolicyProblemKind::Crash, key.span(), None);
        }
        key.name()
    }

    fn invalid_key(&mut self, entry: &Entry<'t>) {
        let name = entry.key.name().as_ref().into();
        let position = self.assign_position(entry);
        self.problem(PolicyProblemKind::InvalidKey(name), entry.key.span(), position);
    }

    /// The place of an entry's `=` or `:`.
    fn assign_position(&self, entry: &Entry<'_>) -> Option<u32> {
        let item = entry.item;
        if !self.is_json && !item.is_assigned() {
            return None;
        }
        let start = item.header_span().end;
        let between = Span::new(start, item.value().span().start.max(start)).of(self.text);
        let sign = if self.is_json { ':' } else { '=' };
        let mut rest = between;
        loop {
            let at = rest.find([sign, '#', '/'])?;
            let found = rest.get(at..).unwrap_or_default();
            let skipped = match found.as_bytes() {
                [b'/', b'*', ..] => found.find("*/")? + 2,
                [b'#' | b'/', ..] => found.find('\n')? + 1,
                _ => return Some(start + (between.len() - found.len()) as u32),
            };
            rest = found.get(skipped..).unwrap_or_default();
        }
    }

    fn repeated_argument(&mut self, entry: &Entry<'t>, first: &mut Option<Span>) {
        let span = entry.key.span();
        if first.replace(span).is_some()
            && self.profile.refuses_repeated_arguments
            && entry.item.is_assigned()
        {
            let name = entry.key.name().as_ref().into();
            self.problem(PolicyProblemKind::RepeatedArgument(name), span, Some(span.start));
        }
    }

    fn block(&mut self, block: Entry<'t>, given: &mut Vec<Given<'t>>) {
        let label = block.label.map(|label| Spanned::new(self.label_name(label), label.span()));
        let path = label.unwrap_or_else(|| Spanned::new("path".to_owned(), block.key.span()));
        self.path = Some(self.paths.len() as u32);
        let header = block.label.map_or(block.key.span(), |label| block.key.span().to(label.span()));
        let has_braces = holds(&path.value, b'{') || holds(&path.value, b'}');
        if has_braces && self.profile.templating && is_templated(&path.value).is_err() {
            self.problem(PolicyProblemKind::UnbalancedTemplate, path.span, None);
        }
        let mut rules = PathRules {
            is_templated: has_braces && path.value.contains("{{"),
            kind: PatternKind::of(&path.value, self.profile.segment_wildcards),
            path,
            header,
            keys: PathKeySet::default(),
            policy: None,
            capabilities: Vec::new(),
            granted: CapabilitySet::EMPTY,
            constraints: None,
        };
        given.clear();
        if block.value.object().is_some() {
            self.keys(block.value, given, &mut rules.keys);
            self.control_groups(given, &mut rules);
            self.fields(given, &mut rules);
        } else {
            self.problem(PolicyProblemKind::PathNotAnObject(node(block.value)), block.value.span(), None);
        }
        self.granted = self.granted.union(rules.granted);
        self.has_templates |= rules.is_templated;
        self.paths.push(rules);
        self.path = None;
    }

    fn label_name(&mut self, label: Key<'t>) -> String {
        self.key_name(label).into_owned()
    }

    /// Sorts out a block's keys.
    fn keys(&mut self, value: Value<'t>, given: &mut Vec<Given<'t>>, keys: &mut PathKeySet) {
        let Some(object) = value.object() else { return };
        let mut first_places = [Span::default(); PathKey::ALL.len()];
        each_entry(object, self.form, &mut |entry| {
            let name = self.key_name(entry.key);
            let known = PathKey::from_spelling(&name).filter(|key| self.profile.keys.contains(*key));
            let Some(key) = known else { return self.invalid_key(&entry) };
            let span = entry.key.span();
            if let Some(first) = first_places.get_mut(key as usize) {
                if keys.insert(key) {
                    *first = span;
                } else {
                    let path = self.path.unwrap_or_default();
                    self.repeated_keys.push(RepeatedKey { path, key, span, first: *first });
                    self.repeated_argument(&entry, &mut Some(*first));
                }
            }
            given.push((key, entry));
        });
    }

    fn control_groups(&mut self, given: &[Given<'t>], rules: &mut PathRules) {
        if !rules.keys.contains(PathKey::ControlGroup) {
            return;
        }
        let mut groups: Vec<Entry<'t>> = of(PathKey::ControlGroup, given).copied().collect();
        constraints(rules).control_group = groups.last().map(|entry| entry.key.span());
        let places = Places {
            form: self.form,
            line_of: &|entry| self.assign_position(entry).map_or(0, |at| self.place(at).line as usize),
            at: &|value| self.at(value),
        };
        // In JSON a group of objects only is flattened into keys; it is looked at as far as it goes.
        groups.retain(|entry| entry.label.is_none() || !self.is_json);
        if let Some(refusal) = control_group::refusal(&groups, &places) {
            let kind = PolicyProblemKind::ControlGroup(refusal.text.into());
            self.problem(kind, refusal.at.span(), None);
        }
    }

    fn place(&self, offset: u32) -> LineColumn {
        self.lines.get_or_init(|| LineIndex::new(self.text)).go_line_column(self.text, offset)
    }

    fn at(&self, value: Value<'_>) -> String {
        if self.is_json {
            return "At -: ".to_owned();
        }
        let LineColumn { line, column } = self.place(value.span().start);
        format!("At {line}:{column}: ")
    }

    /// Reads the fields in the server's order, then what they mean together.
    fn fields(&mut self, given: &[Given<'t>], rules: &mut PathRules) {
        let mut decoded = Decoded::default();
        for key in FIELD_ORDER {
            if rules.keys.contains(key) {
                self.field(key, given, rules, &mut decoded);
            }
        }
        self.expiration(decoded.expiration, rules);
        if rules.has_expired(None) {
            return;
        }
        self.wildcards(rules);
        self.grants(rules, decoded.unknown_capabilities);
        if rules.granted.denies() {
            return;
        }
        let min = self.wrapping_ttl(PathKey::MinWrappingTtl, decoded.min_wrapping_ttl);
        let max = self.wrapping_ttl(PathKey::MaxWrappingTtl, decoded.max_wrapping_ttl);
        if min.is_some() || max.is_some() {
            let constraints = constraints(rules);
            (constraints.min_wrapping_ttl, constraints.max_wrapping_ttl) = (min, max);
        }
        if let (Some(min), Some(max)) = (min, max)
            && (min.value != 0 && max.value != 0 && max.value < min.value)
        {
            self.problem(PolicyProblemKind::MaxBelowMin, max.span, None);
        }
        self.list_filter(rules);
    }

    fn wildcards(&mut self, rules: &PathRules) {
        if rules.kind.is_err() {
            let path = &rules.path.value;
            let kind = PolicyProblemKind::ForbiddenWildcard(path.strip_prefix('/').unwrap_or(path).into());
            self.problem(kind, rules.path.span, None);
        }
    }

    /// Puts `policy` and `capabilities` together; `unknown` are the words among these that no server knows.
    fn grants(&mut self, rules: &mut PathRules, unknown: Vec<Spanned<Cow<'t, str>>>) {
        let legacy = match rules.policy.as_ref().map(|policy| policy.value.as_str()) {
            Some("") | None => CapabilitySet::EMPTY,
            Some("deny") => {
                rules.granted = CapabilitySet::DENY;
                return;
            }
            Some("read") => READ_POLICY,
            Some("write") => WRITE_POLICY,
            Some("sudo") => SUDO_POLICY,
            Some(word) => {
                let kind = PolicyProblemKind::InvalidPolicy(word.into());
                let span = rules.policy.as_ref().map_or(rules.header, |policy| policy.span);
                self.problem(kind, span, None);
                CapabilitySet::EMPTY
            }
        };
        rules.granted = legacy;
        let mut unknown = unknown.into_iter();
        for written in &rules.capabilities {
            match written.value.filter(|capability| self.profile.capabilities.contains(*capability)) {
                Some(Capability::Deny) => {
                    rules.granted = CapabilitySet::DENY;
                    return;
                }
                Some(capability) => rules.granted.insert(capability),
                None => {
                    let name = match written.value {
                        Some(capability) => Cow::Borrowed(capability.as_str()),
                        None => unknown.next().map(|name| name.value).unwrap_or_default(),
                    };
                    let kind = PolicyProblemKind::InvalidCapability(name.as_ref().into());
                    self.problem(kind, written.span, None);
                }
            }
        }
    }

    fn list_filter(&mut self, rules: &PathRules) {
        let filter = rules.constraints.as_ref().and_then(|constraints| constraints.list_filter.as_ref());
        let Some(filter) = filter.filter(|filter| !filter.value.is_empty()) else { return };
        if !rules.granted.contains(Capability::List) {
            return self.problem(PolicyProblemKind::FilterWithoutList, filter.span, None);
        }
        match filter::look_at(&filter.value) {
            Filter::Varies => {}
            Filter::Constant => self.problem(PolicyProblemKind::ConstantFilter, filter.span, None),
            Filter::Bad(error) => self.problem(PolicyProblemKind::BadFilter(error.into()), filter.span, None),
        }
    }
}

/// The old policies, as capabilities.
const READ_POLICY: CapabilitySet = CapabilitySet::of(&[Capability::List, Capability::Read]);
const WRITE_POLICY: CapabilitySet =
    READ_POLICY.union(CapabilitySet::of(&[Capability::Create, Capability::Delete, Capability::Update]));
const SUDO_POLICY: CapabilitySet = WRITE_POLICY.union(CapabilitySet::of(&[Capability::Sudo]));

/// The constraints of a block, made when there are none yet.
pub(super) fn constraints(rules: &mut PathRules) -> &mut Constraints {
    rules.constraints.get_or_insert_default()
}
