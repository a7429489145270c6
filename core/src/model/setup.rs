//! What the documents of a bundle say together: which role, policies and token the servers use.

use super::{
    Job, MergedVaultConfig, Model, ParsedBundle, ParsedDocument, Policy, RoleForm, Target, TokenLookup,
    TokenRole, VaultKey,
};
use crate::text::{DocumentId, Span, order};

/// What the documents of a bundle say together. Nothing is judged here; what they leave open, or say in two
/// ways, is `None`.
#[derive(Debug)]
pub struct Setup<'b> {
    /// The documents.
    pub bundle: &'b ParsedBundle<'b>,
    /// The roles that are written or read back.
    pub roles: Vec<NamedRole<'b>>,
    /// The policies.
    pub policies: Vec<NamedPolicy<'b>>,
    /// The agents, each merged from its files.
    pub agents: Vec<MergedVaultConfig<'b>>,
    /// The lookups of tokens.
    pub tokens: Vec<(DocumentId, &'b TokenLookup)>,
    /// Which role Nomad makes tasks' tokens from, and who says so.
    pub role_name: Option<RoleName>,
    /// The policies' names with indexes into `policies`, sorted.
    names: Vec<(String, u32)>,
}

/// A role with its names.
#[derive(Debug)]
pub struct NamedRole<'b> {
    /// Where it stands.
    pub document: DocumentId,
    /// The role.
    pub role: &'b TokenRole,
    /// Its name on the server, where that is certain: somebody said so, or the server did.
    pub server_name: Option<String>,
    /// What else may be its name: the member `name`, and what its file is called.
    pub other_names: Vec<String>,
}

/// A policy with its names.
#[derive(Debug)]
pub struct NamedPolicy<'b> {
    /// Where it stands.
    pub document: DocumentId,
    /// The policy.
    pub policy: &'b Policy,
    /// What its name on the server is or may be, the likeliest first: `nomad-server-policy.hcl` is
    /// `nomad-server`, perhaps `nomad-server-policy`.
    pub names: Vec<String>,
    /// The paths that are for one role's tokens: by them a server's own policy is known.
    pub role_paths: Vec<RolePath<'b>>,
}

/// A path `auth/token/create/<role>` or `auth/token/roles/<role>` of a policy.
#[derive(Clone, Copy, Debug)]
pub struct RolePath<'b> {
    /// The role.
    pub role: &'b str,
    /// Whether it is `create/`.
    pub is_create: bool,
    /// The path's label.
    pub span: Span,
}

/// The role that Nomad uses.
#[derive(Clone, Debug)]
pub struct RoleName {
    /// Its name.
    pub name: String,
    /// Who says so.
    pub source: RoleSource,
    /// Where that is written.
    pub document: DocumentId,
    /// The place; what is told by a file's name has the role's opening brace.
    pub span: Span,
}

/// Who says which role Nomad uses, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoleSource {
    /// `create_from_role` of the agent.
    Agent,
    /// The token's lookup: it was made from this role.
    Token,
    /// A role whose name on the server is known.
    ServerName,
    /// The paths of the server's policy.
    Policy,
    /// The role's `name`, or the name of its file.
    File,
}

/// The policies of the servers' token.
#[derive(Debug)]
pub struct ServerPolicies<'s> {
    /// The policies, without `default`.
    pub policies: Vec<&'s NamedPolicy<'s>>,
    /// Whether the token has `default` too; `None` when no lookup tells.
    pub has_default: Option<bool>,
}

/// More paths for roles than this are no policy of a server.
const MAX_ROLE_PATHS: usize = 64;

impl<'b> Setup<'b> {
    /// Puts together what the documents say.
    pub fn new(bundle: &'b ParsedBundle<'b>) -> Self {
        let mut setup = Self {
            bundle,
            roles: Vec::new(),
            policies: Vec::new(),
            agents: bundle.vault_configs(),
            tokens: Vec::new(),
            role_name: None,
            names: Vec::new(),
        };
        for parsed in &bundle.documents {
            match &parsed.model {
                Model::TokenRole(role) if role.has_fields() => setup.roles.push(named_role(parsed, role)),
                Model::Policy(policy) => setup.policies.push(named_policy(parsed, policy)),
                Model::Token(token) if token.errors.is_none() && token.capabilities.is_empty() => {
                    setup.tokens.push((parsed.id, token));
                }
                _ => {}
            }
        }
        for (index, policy) in setup.policies.iter().enumerate() {
            setup.names.extend(policy.names.iter().map(|name| (name.clone(), index as u32)));
        }
        order::sort(&mut setup.names);
        setup.role_name = setup.find_role_name();
        setup
    }

    /// What the documents are judged for.
    pub fn target(&self) -> Target {
        self.bundle.target
    }

    /// The jobs.
    pub fn jobs(&self) -> impl Iterator<Item = (DocumentId, &'b Job)> {
        self.bundle.documents.iter().filter_map(|parsed| match &parsed.model {
            Model::Job(job) => Some((parsed.id, job)),
            _ => None,
        })
    }

    /// The text of a document.
    pub fn text(&self, document: DocumentId) -> &'b str {
        self.bundle.documents.get(document.0 as usize).map_or("", |parsed| parsed.document.text())
    }

    /// The name of a document.
    pub fn document_name(&self, document: DocumentId) -> &'b str {
        self.bundle.documents.get(document.0 as usize).map_or("", |parsed| parsed.document.name())
    }

    /// Whether the syntax of a document is unbroken, so that its names are not half-typed ones.
    pub fn is_whole(&self, document: DocumentId) -> bool {
        let parsed = self.bundle.documents.get(document.0 as usize);
        parsed.is_some_and(|parsed| super::token_role::is_whole(&parsed.tree))
    }

    /// The policy of this name, which is as the server stores it: trimmed, in lower case.
    pub fn policy(&self, name: &str) -> Option<&NamedPolicy<'b>> {
        let first = self.names.partition_point(|(known, _)| known.as_str() < name);
        let (known, index) = self.names.get(first)?;
        self.policies.get(*index as usize).filter(|_| known == name)
    }

    /// The policy of this name, where only one document may be it.
    pub fn only_policy(&self, name: &str) -> Option<&NamedPolicy<'b>> {
        let first = self.names.partition_point(|(known, _)| known.as_str() < name);
        let is_only = self.names.get(first + 1).is_none_or(|(next, _)| next != name);
        self.policy(name).filter(|_| is_only)
    }

    /// The role that tasks' tokens are made from, if its document is there.
    pub fn task_role(&self) -> Option<&NamedRole<'b>> {
        let only = self.roles.first().filter(|_| self.roles.len() == 1);
        let Some(used) = &self.role_name else { return only };
        let of_name = || self.roles.iter().filter(|role| role.is_called(&used.name));
        let mut written = of_name().filter(|role| role.role.form == RoleForm::Written);
        match (written.next(), written.next(), of_name().next()) {
            // Beside the server's answer for the same role, the file is what can be changed.
            (Some(role), None, _) | (None, _, Some(role)) => Some(role),
            (Some(_), Some(_), _) => None,
            // A written role under another name is the one that is meant.
            (None, _, None) => only.filter(|role| role.server_name.is_none()),
        }
    }

    /// The only token whose lookup is there and tells its policies.
    pub fn server_token(&self) -> Option<(DocumentId, &'b TokenLookup)> {
        let (document, token) = *self.tokens.first().filter(|_| self.tokens.len() == 1)?;
        token.is_known().then_some((document, token))
    }

    /// The policies of the servers' token, where they are all known: those of its lookup, else the policy that is
    /// for the role. A root token needs none.
    pub fn server_policies(&self) -> Option<ServerPolicies<'_>> {
        if !self.tokens.is_empty() {
            return self.policies_of_token();
        }
        let has_paths = |policy: &&NamedPolicy<'b>| !policy.role_paths.is_empty();
        let names_role = |policy: &&NamedPolicy<'b>| {
            self.role_name
                .as_ref()
                .is_some_and(|used| policy.role_paths.iter().any(|path| path.role == used.name))
        };
        let mut policies: Vec<_> = self.policies.iter().filter(names_role).collect();
        if policies.is_empty() {
            policies = self.policies.iter().filter(has_paths).collect();
        }
        (policies.len() == 1).then_some(ServerPolicies { policies, has_default: None })
    }

    fn policies_of_token(&self) -> Option<ServerPolicies<'_>> {
        let (_, token) = self.server_token().filter(|(_, token)| !token.is_root())?;
        let mut found = ServerPolicies { policies: Vec::new(), has_default: Some(false) };
        for name in token.policies.iter().flat_map(|list| &list.value) {
            match self.policy(&name.value) {
                Some(policy) => found.policies.push(policy),
                None if name.value == "default" => {}
                None => return None,
            }
            if name.value == "default" {
                found.has_default = Some(true);
            }
        }
        (!found.policies.is_empty()).then_some(found)
    }

    /// Whether a submitter of a job has to show a token; `None` when no agent is there.
    pub fn asks_submitters(&self) -> Option<bool> {
        let mut servers = self.agents.iter().filter(|agent| !agent.is_client_only()).peekable();
        servers.peek()?;
        Some(servers.any(|agent| !agent.allows_unauthenticated()))
    }

    fn find_role_name(&self) -> Option<RoleName> {
        let agents = self.agents.iter().filter_map(|agent| {
            let at = agent.setting(VaultKey::CreateFromRole).filter(|at| self.is_whole(at.document))?;
            let name = at.setting.text().filter(|name| !name.is_empty())?;
            Some(RoleName::new(name, RoleSource::Agent, at.document, at.setting.span))
        });
        let tokens = self.tokens.iter().filter_map(|(document, token)| {
            let role = token.role.as_ref().filter(|role| !role.value.is_empty())?;
            Some(RoleName::new(&role.value, RoleSource::Token, *document, role.span))
        });
        agreed(agents).or_else(|| agreed(tokens)).unwrap_or_else(|| self.role_name_by_files())
    }

    /// Without an agent and a token: the role itself, the server's policy, the role's own words.
    fn role_name_by_files(&self) -> Option<RoleName> {
        let of_role = |name: Option<&String>, source, role: &NamedRole<'_>| {
            Some(RoleName::new(name?, source, role.document, role.role.header))
        };
        let certain = self
            .roles
            .iter()
            .filter_map(|role| of_role(role.server_name.as_ref(), RoleSource::ServerName, role));
        let paths = self.policies.iter().flat_map(|policy| {
            let document = policy.document;
            let named =
                move |path: &RolePath<'_>| RoleName::new(path.role, RoleSource::Policy, document, path.span);
            policy.role_paths.iter().map(named)
        });
        let own =
            self.roles.iter().filter_map(|role| of_role(role.other_names.first(), RoleSource::File, role));
        agreed(certain).or_else(|| agreed(paths)).or_else(|| agreed(own)).flatten()
    }
}

/// What all of them say. `None` when there is none, `Some(None)` when they disagree.
fn agreed(mut names: impl Iterator<Item = RoleName>) -> Option<Option<RoleName>> {
    let first = names.next()?;
    Some(names.all(|name| name.name == first.name).then_some(first))
}

impl RoleName {
    fn new(name: &str, source: RoleSource, document: DocumentId, span: Span) -> Self {
        Self { name: name.to_owned(), source, document, span }
    }
}

impl NamedRole<'_> {
    /// Whether this is or may be its name.
    pub fn is_called(&self, name: &str) -> bool {
        match &self.server_name {
            Some(known) => known == name,
            None => self.other_names.iter().any(|other| other == name),
        }
    }
}

fn named_role<'b>(parsed: &ParsedDocument<'_>, role: &'b TokenRole) -> NamedRole<'b> {
    let written = role.name.as_ref().and_then(|name| name.value()).filter(|name| !name.is_empty());
    let said = parsed.document.server_name().map(str::to_owned);
    let server_name = said.or_else(|| written.cloned().filter(|_| role.form == RoleForm::ReadBack));
    let mut other_names: Vec<String> = written.into_iter().cloned().collect();
    other_names.extend(names_of_file(parsed.document.name(), "role"));
    NamedRole { document: parsed.id, role, server_name, other_names }
}

fn named_policy<'b>(parsed: &ParsedDocument<'_>, policy: &'b Policy) -> NamedPolicy<'b> {
    let names = match parsed.document.server_name() {
        Some(name) => vec![name.trim().to_lowercase()],
        None => names_of_file(parsed.document.name(), "policy").map(|name| name.to_lowercase()).collect(),
    };
    let paths = policy.paths.iter().filter_map(|rules| {
        let path = rules.path.value.strip_prefix('/').unwrap_or(&rules.path.value);
        let (is_create, role) = match path.strip_prefix("auth/token/create/") {
            Some(role) => (true, role),
            None => (false, path.strip_prefix("auth/token/roles/")?),
        };
        let is_one = !role.is_empty() && !role.contains(['*', '+', '/', '{']);
        is_one.then_some(RolePath { role, is_create, span: rules.path.span })
    });
    let role_paths = paths.take(MAX_ROLE_PATHS).collect();
    NamedPolicy { document: parsed.id, policy, names, role_paths }
}

/// What a policy or a role may be called by its file, the likeliest first: `web`, then `web-policy`, for
/// `policies/web-policy.hcl`.
fn names_of_file<'n>(path: &'n str, kind: &str) -> impl Iterator<Item = String> + use<'n> {
    let file = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let is_mark = |c: char| matches!(c, '-' | '_' | '.');
    let short = stem
        .strip_suffix(kind)
        .and_then(|rest| rest.strip_suffix(is_mark))
        .or_else(|| stem.strip_prefix(kind).and_then(|rest| rest.strip_prefix(is_mark)))
        .filter(|short| !short.is_empty());
    let names = [short, Some(stem)].into_iter().flatten();
    names.filter(|name| !name.is_empty()).map(str::to_owned)
}
