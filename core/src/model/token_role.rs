//! Token roles: as they are written to `auth/token/roles/<role>`, and as the server answers.

pub(super) mod field;

pub use field::{Field, FieldError, PolicyList, PolicyName};

use super::{Target, VaultDialect, VaultProduct, Version};
use crate::syntax::{Item, NodeKind, Object, ProblemKind, Tree};
use crate::text::{Span, Spanned};

/// What a document of a token role is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RoleForm {
    /// The body of a write: what is left out takes its default.
    #[default]
    Written,
    /// What the server answers to a read, in its `data` or bare.
    ReadBack,
    /// The server's refusal: `{"errors": […]}`.
    ErrorAnswer,
    /// JSON that is no object.
    NotAnObject,
    /// The role of another auth method, such as JWT; no rule of this family is about it.
    OtherMethod,
}

/// A token role.
#[derive(Clone, Debug, Default)]
pub struct TokenRole {
    /// What the document is.
    pub form: RoleForm,
    /// The opening brace of the object with the fields, to underline for what is missing.
    pub header: Span,
    /// Whether the syntax is whole, so that what is not there was not meant to be there.
    pub is_whole: bool,
    /// All members, in the order of the text.
    pub members: Vec<RoleMember>,
    /// The refusals of an error answer.
    pub errors: Vec<Spanned<String>>,
    /// Whether `role_name` is given, which the URL's name replaces.
    pub has_role_name: bool,
    /// `name`, which the server ignores.
    pub name: Option<Field<String>>,
    /// `allowed_policies`.
    pub allowed_policies: Option<Field<PolicyList>>,
    /// `allowed_policies_glob`.
    pub allowed_policies_glob: Option<Field<PolicyList>>,
    /// `disallowed_policies`.
    pub disallowed_policies: Option<Field<PolicyList>>,
    /// `disallowed_policies_glob`.
    pub disallowed_policies_glob: Option<Field<PolicyList>>,
    /// `orphan`.
    pub orphan: Option<Field<bool>>,
    /// `renewable`.
    pub renewable: Option<Field<bool>>,
    /// `period` and `token_period`, in seconds.
    pub period: TwoNames,
    /// `explicit_max_ttl` and `token_explicit_max_ttl`, in seconds.
    pub explicit_max_ttl: TwoNames,
    /// `path_suffix`.
    pub path_suffix: Option<Field<String>>,
    /// `token_type`.
    pub token_type: Option<Field<String>>,
    /// `token_num_uses`.
    pub token_num_uses: Option<Field<i64>>,
    /// `token_no_default_policy`.
    pub token_no_default_policy: Option<Field<bool>>,
    /// `token_strictly_bind_ip`.
    pub token_strictly_bind_ip: Option<Field<bool>>,
    /// `bound_cidrs`.
    pub bound_cidrs: Option<Field<PolicyList>>,
    /// `token_bound_cidrs`.
    pub token_bound_cidrs: Option<Field<PolicyList>>,
    /// `allowed_entity_aliases`.
    pub allowed_entity_aliases: Option<Field<PolicyList>>,
}

/// A member of a role's object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleMember {
    /// The decoded name.
    pub name: String,
    /// The key, quotes included.
    pub key: Span,
    /// From the key to the end of the value.
    pub span: Span,
    /// The value.
    pub value: Span,
}

/// A duration with an old name and, since Vault 1.2, a new one that starts with `token_`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TwoNames {
    /// Under the old name.
    pub old: Option<Field<i64>>,
    /// Under the new name.
    pub new: Option<Field<i64>>,
}

/// What Nomad reads back of a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadDuration<'r> {
    /// Not given: 0.
    Absent,
    /// Given under this field, in seconds.
    Given(i64, &'r Field<i64>),
    /// Not 0, but under a name that this Nomad does not read: it sees 0.
    Hidden(i64, &'r Field<i64>),
    /// The server refuses the value.
    Refused,
}

/// The first Nomad that reads `token_period` and `token_explicit_max_ttl`.
pub const FIRST_NOMAD_WITH_TOKEN_FIELDS: Version = Version::new(0, 10, 2);

/// What the endpoint of token roles stores, by name; the role's own name comes from the URL.
pub(crate) const ROLE_FIELDS: [&str; 17] = [
    "allowed_entity_aliases",
    "allowed_policies",
    "allowed_policies_glob",
    "bound_cidrs",
    "disallowed_policies",
    "disallowed_policies_glob",
    "explicit_max_ttl",
    "orphan",
    "path_suffix",
    "period",
    "renewable",
    "token_bound_cidrs",
    "token_explicit_max_ttl",
    "token_no_default_policy",
    "token_num_uses",
    "token_period",
    "token_type",
];

/// The members of every read answer since Vault 0.6.2; a bare object that has all of them is one.
const READ_BACK_MEMBERS: [&str; 8] = [
    "allowed_policies",
    "disallowed_policies",
    "explicit_max_ttl",
    "name",
    "orphan",
    "path_suffix",
    "period",
    "renewable",
];

/// Members that only roles of the JWT, Kubernetes and AppRole methods have.
const OTHER_METHODS: [&str; 6] = [
    "bind_secret_id",
    "bound_audiences",
    "bound_claims",
    "bound_service_account_names",
    "role_type",
    "user_claim",
];

impl VaultDialect {
    /// Whether token roles have the fields that start with `token_` (since Vault 1.2).
    pub fn has_token_fields(self) -> bool {
        self.product == VaultProduct::OpenBao || self.version >= Version::new(1, 2, 0)
    }

    /// Whether token roles have `token_type` and batch tokens exist (since Vault 1.0).
    pub fn has_batch_tokens(self) -> bool {
        self.product == VaultProduct::OpenBao || self.version >= Version::new(1, 0, 0)
    }

    /// Whether the policies of a role may be a list; Vault 0.6 takes only text with commas.
    pub fn has_policy_lists(self) -> bool {
        self.product == VaultProduct::OpenBao || self.version >= Version::new(0, 7, 0)
    }
}

impl TokenRole {
    /// Reads the model from a tree.
    pub fn from_tree(tree: &Tree, _target: Target) -> Self {
        let mut role = Self { is_whole: is_whole(tree), ..Self::default() };
        let root = tree.root();
        let Some(brace) = opening_brace(tree) else {
            if role.is_whole {
                role.form = RoleForm::NotAnObject;
                role.header = trimmed(tree);
            }
            return role;
        };
        role.header = brace;
        let data = root.item("data").and_then(|item| item.value().object());
        let errors = root.item("errors").and_then(|item| item.value().list());
        match (data, errors) {
            (Some(data), _) => {
                role.form = RoleForm::ReadBack;
                role.header = Span::new(data.span().start, data.span().start + 1);
                role.read_members(data);
            }
            (None, Some(errors)) => {
                role.form = RoleForm::ErrorAnswer;
                let texts =
                    errors.filter_map(|error| Some(Spanned::new(error.string()?.into_owned(), error.span())));
                role.errors = texts.collect();
            }
            (None, None) => {
                role.read_members(root);
                let has = |name: &&str| role.members.iter().any(|member| member.name == **name);
                if OTHER_METHODS.iter().any(has) {
                    role.form = RoleForm::OtherMethod;
                } else if READ_BACK_MEMBERS.iter().all(has) {
                    role.form = RoleForm::ReadBack;
                }
            }
        }
        role
    }

    /// Whether the fields are known: a written role or one read back.
    pub fn has_fields(&self) -> bool {
        matches!(self.form, RoleForm::Written | RoleForm::ReadBack)
    }

    /// Whether a field is written under this name.
    pub fn has_member(&self, name: &str) -> bool {
        self.members.iter().any(|member| member.name == name)
    }

    /// The decoded `token_type`; without one the server's default is `default-service`.
    pub fn token_type(&self) -> Option<&str> {
        self.token_type.as_ref().and_then(Field::value).map(String::as_str)
    }

    /// What Nomad reads of the period.
    pub fn read_period(&self, target: Target) -> ReadDuration<'_> {
        self.period.read(self.form, target)
    }

    /// What Nomad reads of the explicit max TTL.
    pub fn read_explicit_max_ttl(&self, target: Target) -> ReadDuration<'_> {
        self.explicit_max_ttl.read(self.form, target)
    }

    fn read_members(&mut self, object: Object<'_>) {
        for item in object.items() {
            let name = item.key().name();
            self.read_member(&name, item);
            self.members.push(RoleMember {
                name: name.into_owned(),
                key: item.key().span(),
                span: item.span(),
                value: item.value().span(),
            });
        }
    }

    fn read_member(&mut self, name: &str, item: Item<'_>) {
        if item.value().is_missing() {
            return;
        }
        match name {
            "name" => self.name = Some(field::text(item)),
            "role_name" => self.has_role_name = item.value().kind() != NodeKind::Null,
            "allowed_policies" => self.allowed_policies = Some(field::policies(item)),
            "allowed_policies_glob" => self.allowed_policies_glob = Some(field::policies(item)),
            "disallowed_policies" => self.disallowed_policies = Some(field::policies(item)),
            "disallowed_policies_glob" => self.disallowed_policies_glob = Some(field::policies(item)),
            "orphan" => self.orphan = Some(field::boolean(item)),
            "renewable" => self.renewable = Some(field::boolean(item)),
            "period" => self.period.old = Some(field::duration(item)),
            "token_period" => self.period.new = Some(field::duration(item)),
            "explicit_max_ttl" => self.explicit_max_ttl.old = Some(field::duration(item)),
            "token_explicit_max_ttl" => self.explicit_max_ttl.new = Some(field::duration(item)),
            "path_suffix" => self.path_suffix = Some(field::text(item)),
            "token_type" => self.token_type = Some(field::token_type(item)),
            "token_num_uses" => self.token_num_uses = Some(field::integer(item)),
            "token_no_default_policy" => self.token_no_default_policy = Some(field::boolean(item)),
            "token_strictly_bind_ip" => self.token_strictly_bind_ip = Some(field::boolean(item)),
            "bound_cidrs" => self.bound_cidrs = Some(field::policies(item)),
            "token_bound_cidrs" => self.token_bound_cidrs = Some(field::policies(item)),
            "allowed_entity_aliases" => self.allowed_entity_aliases = Some(field::policies(item)),
            _ => {}
        }
    }
}

impl TwoNames {
    /// Both fields, old name first.
    pub fn both(&self) -> impl Iterator<Item = &Field<i64>> {
        self.old.iter().chain(&self.new)
    }

    /// What Nomad reads. A written old name fills both fields of the answer, a written new name only its
    /// own; when both are written, the old one is dropped.
    fn read(&self, form: RoleForm, target: Target) -> ReadDuration<'_> {
        let new = self.new.as_ref().filter(|_| target.vault.has_token_fields());
        let ignored = self.new.as_ref().filter(|_| !target.vault.has_token_fields());
        let old = self.old.as_ref().filter(|_| new.is_none() || form == RoleForm::ReadBack);
        let seconds = |field: Option<&Field<i64>>| field.map_or(Some(0), |field| field.value().copied());
        let (Some(old_seconds), Some(new_seconds)) = (seconds(old), seconds(new)) else {
            return ReadDuration::Refused;
        };
        let reads_new = target.nomad >= FIRST_NOMAD_WITH_TOKEN_FIELDS;
        match (old, new) {
            (Some(old), _) if old_seconds != 0 => ReadDuration::Given(old_seconds, old),
            (_, Some(new)) if new_seconds != 0 && reads_new => ReadDuration::Given(new_seconds, new),
            (_, Some(new)) if new_seconds != 0 => ReadDuration::Hidden(new_seconds, new),
            (Some(old), _) => ReadDuration::Given(0, old),
            (None, Some(new)) => ReadDuration::Given(0, new),
            (None, None) => match ignored.map(|field| (field.value().copied().unwrap_or(0), field)) {
                Some((seconds, field)) if seconds != 0 => ReadDuration::Hidden(seconds, field),
                _ => ReadDuration::Absent,
            },
        }
    }
}

/// Whether nothing of the syntax is broken; repeated members are.
pub(in crate::model) fn is_whole(tree: &Tree) -> bool {
    let is_harmless = |kind: &ProblemKind| matches!(kind, ProblemKind::DuplicateKey { .. });
    tree.omitted_problems() == 0 && tree.problems().iter().all(|problem| is_harmless(&problem.kind))
}

/// The brace that opens the document.
pub(super) fn opening_brace(tree: &Tree) -> Option<Span> {
    let start = trimmed(tree).start;
    let span = Span::new(start, start + 1);
    (span.of(tree.text()) == "{").then_some(span)
}

/// The text without the blanks around it.
fn trimmed(tree: &Tree) -> Span {
    let text = tree.text();
    let start = text.len() - text.trim_start_matches([' ', '\t', '\r', '\n', '\u{feff}']).len();
    let end = text.trim_end_matches([' ', '\t', '\r', '\n']).len();
    Span::new(start as u32, end.max(start) as u32)
}

/// The server's name for the Go type of a value.
pub(super) const fn go_type(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::List => "[]interface {}",
        NodeKind::Object => "map[string]interface {}",
        NodeKind::Bool => "bool",
        NodeKind::Null => "<nil>",
        NodeKind::Number | NodeKind::Float => "json.Number",
        _ => "string",
    }
}

#[cfg(test)]
mod tests;
