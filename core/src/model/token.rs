//! The answer of a token's lookup.

use super::token_role::{is_whole, opening_brace};
use super::{Target, Version};
use crate::syntax::{Item, NodeKind, Object, Tree};
use crate::text::{Span, Spanned};

/// What `auth/token/lookup-self` (or `auth/token/lookup`) says of a token: `{"data": {…}}`, or only its inside.
#[derive(Clone, Debug, Default)]
pub struct TokenLookup {
    /// The opening brace of the object with the fields, to underline for what is missing.
    pub header: Span,
    /// Whether the syntax is whole, so that what is not there was not meant to be there.
    pub is_whole: bool,
    /// The refusals of an error answer; `None` when there is a token.
    pub errors: Option<Vec<Spanned<String>>>,
    /// `creation_ttl`, in seconds; 0 for a root token without end.
    pub creation_ttl: Option<Spanned<i64>>,
    /// `ttl`, in seconds: what is left.
    pub ttl: Option<Spanned<i64>>,
    /// `renewable`.
    pub renewable: Option<Spanned<bool>>,
    /// `policies`.
    pub policies: Option<Spanned<Vec<Spanned<String>>>>,
    /// `role`: the role that the token was made from.
    pub role: Option<Spanned<String>>,
    /// `period`, in seconds; only of tokens that are periodic without a role.
    pub period: Option<Spanned<i64>>,
    /// `explicit_max_ttl`, in seconds.
    pub explicit_max_ttl: Option<Spanned<i64>>,
    /// `num_uses`.
    pub num_uses: Option<Spanned<i64>>,
    /// `type`: `service` or `batch`.
    pub token_type: Option<Spanned<String>>,
    /// `orphan`.
    pub orphan: Option<Spanned<bool>>,
    /// Fields that Nomad reads and cannot decode.
    pub undecodable: Vec<Undecodable>,
    /// The answer of `sys/capabilities-self`, by path; such a document is no lookup.
    pub capabilities: Vec<PathCapabilities>,
}

/// What `sys/capabilities-self` says of one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathCapabilities {
    /// The path, without a slash at its start.
    pub path: String,
    /// The list.
    pub span: Span,
    /// The words of the list.
    pub words: Vec<String>,
}

/// A field that Nomad cannot decode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecodable {
    /// The field.
    pub name: String,
    /// What Nomad wants.
    pub wanted: &'static str,
    /// The value.
    pub span: Span,
}

/// The first Nomad that takes a bare text for a list of one.
const FIRST_NOMAD_WITH_SCALAR_LISTS: Version = Version::new(0, 12, 0);

impl TokenLookup {
    /// Reads the model from a tree, decoding values as the target's Nomad does.
    pub fn from_tree(tree: &Tree, target: Target) -> Self {
        let mut token = Self { is_whole: is_whole(tree), ..Self::default() };
        token.header = opening_brace(tree).unwrap_or_default();
        let root = tree.root();
        if let Some(data) = root.item("data").and_then(|item| item.value().object()) {
            token.header = Span::new(data.span().start, data.span().start + 1);
            token.read(data, target);
        } else if let Some(errors) = root.item("errors").and_then(|item| item.value().list()) {
            let texts =
                errors.filter_map(|error| Some(Spanned::new(error.string()?.into_owned(), error.span())));
            token.errors = Some(texts.collect());
        } else {
            token.read(root, target);
        }
        token
    }

    /// Whether it is a root token, as Nomad tells: one of its policies is exactly `root`.
    pub fn is_root(&self) -> bool {
        self.root_policy().is_some()
    }

    /// The policy `root`.
    pub fn root_policy(&self) -> Option<&Spanned<String>> {
        self.policies.iter().flat_map(|list| &list.value).find(|policy| policy.value == "root")
    }

    /// Whether there is a token with enough known of it to be judged: no refusal, and its policies are there.
    pub fn is_known(&self) -> bool {
        self.errors.is_none() && self.policies.is_some()
    }

    fn read(&mut self, data: Object<'_>, target: Target) {
        for item in data.items() {
            match &*item.key().name() {
                "creation_ttl" => self.creation_ttl = self.integer(item),
                "ttl" => self.ttl = self.integer(item),
                "renewable" => self.renewable = self.boolean(item),
                "policies" => self.policies = self.names(item, target),
                "role" => self.role = text(item),
                "period" => self.period = integer(item),
                "explicit_max_ttl" => self.explicit_max_ttl = integer(item),
                "num_uses" => self.num_uses = integer(item),
                "type" => self.token_type = text(item),
                "orphan" => self.orphan = boolean(item),
                path if path.contains('/') => self.capabilities.extend(path_capabilities(path, item)),
                _ => {}
            }
        }
    }

    fn integer(&mut self, item: Item<'_>) -> Option<Spanned<i64>> {
        integer(item).or_else(|| self.refuse(item, "an integer"))
    }

    fn boolean(&mut self, item: Item<'_>) -> Option<Spanned<bool>> {
        boolean(item).or_else(|| self.refuse(item, "a boolean"))
    }

    fn names(&mut self, item: Item<'_>, target: Target) -> Option<Spanned<Vec<Spanned<String>>>> {
        let value = item.value();
        if let Some(elements) = value.list() {
            let names =
                elements.filter_map(|each| Some(Spanned::new(each.string()?.into_owned(), each.span())));
            return Some(Spanned::new(names.collect(), value.span()));
        }
        match value.string() {
            Some(name) if target.nomad >= FIRST_NOMAD_WITH_SCALAR_LISTS => {
                Some(Spanned::new(vec![Spanned::new(name.into_owned(), value.span())], value.span()))
            }
            _ if value.kind() == NodeKind::Null => Some(Spanned::new(Vec::new(), value.span())),
            _ => self.refuse(item, "a list of names"),
        }
    }

    fn refuse<T>(&mut self, item: Item<'_>, wanted: &'static str) -> Option<T> {
        let value = item.value();
        if !value.is_missing() {
            let name = item.key().name().into_owned();
            self.undecodable.push(Undecodable { name, wanted, span: value.span() });
        }
        None
    }
}

/// A member of an answer of `sys/capabilities-self`: a path and its list.
fn path_capabilities(path: &str, item: Item<'_>) -> Option<PathCapabilities> {
    let value = item.value();
    let words = value.list()?.filter_map(|word| Some(word.string()?.into_owned())).collect();
    Some(PathCapabilities { path: path.trim_start_matches('/').to_owned(), span: value.span(), words })
}

/// Reads an integer as Nomad's `WeakDecode` does: also from text, truth values and `null`.
fn integer(item: Item<'_>) -> Option<Spanned<i64>> {
    let value = item.value();
    let read = match value.kind() {
        NodeKind::Number => value.integer()?,
        NodeKind::Bool => i64::from(value.boolean()?),
        NodeKind::Null => 0,
        NodeKind::String => based_integer(&value.string()?)?,
        _ => return None,
    };
    Some(Spanned::new(read, value.span()))
}

/// An integer with Go's prefixes: `0x10` is 16, `010` is 8.
fn based_integer(text: &str) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let lower = digits.to_ascii_lowercase();
    let (digits, base) = match lower.strip_prefix("0x") {
        Some(digits) => (digits, 16),
        None if lower.len() > 1 && lower.starts_with('0') => (lower.trim_start_matches('0'), 8),
        None => (&*lower, 10),
    };
    i64::from_str_radix(&format!("{sign}{digits}"), base).ok()
}

/// Reads a truth value as Nomad's `WeakDecode` does: also from text, integers and `null`.
fn boolean(item: Item<'_>) -> Option<Spanned<bool>> {
    let value = item.value();
    let read = match value.kind() {
        NodeKind::Bool => value.boolean()?,
        NodeKind::Number => value.integer()? != 0,
        NodeKind::Null => false,
        NodeKind::String => match &*value.string()? {
            "1" | "t" | "T" | "true" | "TRUE" | "True" => true,
            "" | "0" | "f" | "F" | "false" | "FALSE" | "False" => false,
            _ => return None,
        },
        _ => return None,
    };
    Some(Spanned::new(read, value.span()))
}

fn text(item: Item<'_>) -> Option<Spanned<String>> {
    let value = item.value();
    Some(Spanned::new(value.string()?.into_owned(), value.span()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Dialect, parse};

    fn token(text: &str, target: Target) -> TokenLookup {
        TokenLookup::from_tree(&parse(text.into(), Dialect::Json), target)
    }

    #[test]
    fn lookups_are_read_wrapped_and_bare() {
        let bare =
            r#"{"creation_ttl": 259200, "ttl": "0x10", "renewable": 1, "policies": ["root"], "role": "r"}"#;
        for text in [bare.to_owned(), format!("{{\"data\": {bare}}}")] {
            let token = token(&text, Target::SEED);
            assert!(token.is_root() && token.is_known(), "{text}");
            assert_eq!(token.ttl.map(|ttl| ttl.value), Some(16), "{text}");
            assert_eq!(token.renewable.map(|renewable| renewable.value), Some(true), "{text}");
        }
    }

    #[test]
    fn a_bare_policy_is_a_list_of_one_since_0_12() {
        let text = r#"{"policies": "root", "ttl": 1.5}"#;
        let old = token(text, Target::SEED);
        assert_eq!(old.undecodable.len(), 2);
        let new = token(text, Target::NEWEST_TOKEN_BASED);
        assert!(new.is_root());
        assert_eq!(new.undecodable.len(), 1);
    }

    #[test]
    fn refusals_are_no_token() {
        let token = token(r#"{"errors": ["permission denied"]}"#, Target::SEED);
        assert!(!token.is_known() && token.errors.is_some_and(|errors| errors.len() == 1));
    }
}
