//! Which policies the role of tasks lets through.

use std::cell::Cell;

use crate::creation::{Parent, Server, StoredRole, glob_matches, store_role, token_from_role};
use crate::model::{Field, NamedRole, PolicyList, Setup, TokenRequest, TokenRole, VaultDialect};
use crate::text::{DocumentId, Span};

/// So many comparisons with patterns are made for all jobs together; what comes then is let through.
const MAX_COMPARISONS: usize = 1_000_000;

/// The most allowed policies that are named in a message.
const MOST_NAMED: usize = 20;

/// The policies that a role allows and forbids, as the server compares them (vault-policies-and-tokens §3.3).
pub(super) struct Gate<'s> {
    /// Where the role stands.
    pub(super) document: DocumentId,
    /// The role as the server stores it.
    pub(super) stored: StoredRole,
    role: &'s TokenRole,
    dialect: VaultDialect,
    adds_default: bool,
    comparisons: Cell<usize>,
}

impl<'s> Gate<'s> {
    /// `None` when there is no role, or one with findings of its own that say what is wrong with its lists.
    pub(super) fn new(setup: &'s Setup<'_>) -> Option<Self> {
        let named = setup.task_role()?;
        let NamedRole { document, role, .. } = named;
        let used = setup.role_name.as_ref().map(|used| used.name.as_str());
        let name = used.or(named.other_names.first().map(String::as_str)).unwrap_or("role");
        let stored = store_role(role, name, &Server::new(setup.target().vault)).ok()?;
        let is_odd = |name: &String| name == "root" || name.contains(['<', ',', ' ']);
        if !role.is_whole || stored.allowed_policies.iter().any(is_odd) {
            return None;
        }
        let adds_default = !stored.token_no_default_policy
            && stored.disallowed_policies.binary_search_by(|known| known.as_str().cmp("default")).is_err()
            && !stored.disallowed_policies_glob.iter().any(|glob| glob_matches(glob, "default"));
        Some(Self {
            document: *document,
            stored,
            role,
            dialect: setup.target().vault,
            adds_default,
            comparisons: Cell::new(0),
        })
    }

    /// Whether the role has a list at all; without one the policies of the server's token count.
    pub(super) fn limits(&self) -> bool {
        self.stored.limits_policies()
    }

    /// Whether the role names what is allowed, and this is among it.
    pub(super) fn lists(&self, name: &str) -> bool {
        is_among(&self.stored.allowed_policies, name)
    }

    /// Whether the lists of allowed policies let this one through.
    pub(super) fn allows(&self, name: &str) -> bool {
        let StoredRole { allowed_policies, allowed_policies_glob, .. } = &self.stored;
        let lets_all = allowed_policies.is_empty() && allowed_policies_glob.is_empty();
        lets_all
            || self.lists(name)
            || name == "default" && self.adds_default
            || self.matches(allowed_policies_glob, name)
    }

    /// Whether the lists of forbidden policies name this one.
    pub(super) fn forbids(&self, name: &str) -> bool {
        let is_exhausted = self.comparisons.get() > MAX_COMPARISONS;
        is_among(&self.stored.disallowed_policies, name)
            || !is_exhausted && self.matches(&self.stored.disallowed_policies_glob, name)
    }

    /// Whether a policy that is known by its file's name alone may be one that the role forbids: the documentation's
    /// `nomad-server`, or one whose name is a part of the file's.
    pub(super) fn may_forbid(&self, names: &[String]) -> bool {
        self.stored.disallowed_policies.iter().take(MOST_NAMED).any(|forbidden| {
            forbidden == "nomad-server" || names.iter().any(|name| name.contains(forbidden.as_str()))
        })
    }

    fn matches(&self, globs: &[String], name: &str) -> bool {
        let made = self.comparisons.get() + globs.len();
        self.comparisons.set(made);
        made > MAX_COMPARISONS || globs.iter().any(|glob| glob_matches(glob, name))
    }

    /// Where the role says what is allowed.
    pub(super) fn place(&self) -> Span {
        let fields = [&self.role.allowed_policies, &self.role.allowed_policies_glob];
        self.first_of(&fields).unwrap_or_else(|| self.forbidding_place())
    }

    /// Where the role says what is forbidden.
    pub(super) fn forbidding_place(&self) -> Span {
        let fields = [&self.role.disallowed_policies, &self.role.disallowed_policies_glob];
        self.first_of(&fields).unwrap_or(self.role.header)
    }

    fn first_of(&self, fields: &[&Option<Field<PolicyList>>]) -> Option<Span> {
        let mut with_names = fields
            .iter()
            .filter_map(|field| field.as_ref())
            .filter(|field| field.value().is_some_and(|list| !list.is_empty()));
        with_names.next().map(|field| field.value_span)
    }

    /// What the server says to a task that asks for this policy alone.
    pub(super) fn not_allowed_text(&self, name: &str) -> String {
        let request = TokenRequest { policies: vec![name.to_owned()], ..TokenRequest::default() };
        let is_short = self.stored.allowed_policies.len() <= MOST_NAMED;
        let asked = is_short.then(|| {
            let server = Server::new(self.dialect);
            token_from_role(Some(&self.stored), &request, &Parent::default(), &server)
        });
        match asked {
            Some(Err(refusal)) => refusal.to_string(),
            _ => "token policies (…) must be subset of the role's allowed policies (…)".to_owned(),
        }
    }
}

fn is_among(sorted: &[String], name: &str) -> bool {
    sorted.binary_search_by(|known| known.as_str().cmp(name)).is_ok()
}
