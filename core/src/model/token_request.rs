//! What is asked of `auth/token/create`, `auth/token/create-orphan` and `auth/token/create/<role>`.

use super::token_role::field;
use super::{Field, FieldError};
use crate::syntax::{Item, NodeKind, Tree};
use crate::text::order::NameMap;

/// The body of a request for a token, as the server converts it. What is left out, and what cannot be
/// converted, has the server's default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRequest {
    /// `policies`: trimmed; a text is one policy, commas do not split it.
    pub policies: Vec<String>,
    /// `no_default_policy`.
    pub no_default_policy: bool,
    /// `ttl`, a duration as text; empty when it is not given.
    pub ttl: String,
    /// `lease`, the old name of `ttl`, which counts only without it.
    pub lease: String,
    /// `period`, a duration as text.
    pub period: String,
    /// `explicit_max_ttl`, a duration as text.
    pub explicit_max_ttl: String,
    /// `renewable`.
    pub renewable: bool,
    /// `type`: `service` or `batch`; empty when it is not given.
    pub token_type: String,
    /// `num_uses`; 0 is without limit.
    pub num_uses: i64,
    /// `no_parent`.
    pub no_parent: bool,
    /// `id`: the token itself, chosen by the caller.
    pub id: String,
    /// `display_name`.
    pub display_name: String,
    /// `meta`, in the order of the names; `None` when there is none, not even an empty one.
    pub meta: Option<Vec<(String, String)>>,
    /// `entity_alias`.
    pub entity_alias: String,
    /// Whether it is sent to `auth/token/create-orphan`.
    pub is_for_orphan_endpoint: bool,
    /// Fields that cannot be converted, in the order of the text.
    pub refused: Vec<RefusedField>,
    /// Fields that the endpoint does not know, sorted.
    pub unknown: Vec<String>,
    /// Whether `role_name` is given, which only the endpoint of a role knows, and replaces.
    pub has_role_name: bool,
    /// Whether `role_name` is given as something else than `null`.
    pub has_role_name_value: bool,
}

/// A field that the server cannot convert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedField {
    /// The field.
    pub name: String,
    /// Why.
    pub error: FieldError,
}

impl Default for TokenRequest {
    fn default() -> Self {
        Self {
            policies: Vec::new(),
            no_default_policy: false,
            ttl: String::new(),
            lease: String::new(),
            period: String::new(),
            explicit_max_ttl: String::new(),
            renewable: true,
            token_type: String::new(),
            num_uses: 0,
            no_parent: false,
            id: String::new(),
            display_name: String::new(),
            meta: None,
            entity_alias: String::new(),
            is_for_orphan_endpoint: false,
            refused: Vec::new(),
            unknown: Vec::new(),
            has_role_name: false,
            has_role_name_value: false,
        }
    }
}

impl TokenRequest {
    /// Reads the model from a tree. A repeated member counts with its last value.
    pub fn from_tree(tree: &Tree) -> Self {
        let mut request = Self::default();
        let mut last = NameMap::default();
        for item in tree.root().items() {
            last.insert(&item.key().name(), item);
        }
        for (name, item) in last.in_order() {
            if !item.value().is_missing() {
                request.read(name, *item);
            }
        }
        request
    }

    fn read(&mut self, name: &str, item: Item<'_>) {
        let refused = &mut self.refused;
        match name {
            "policies" => {
                let list = value(refused, name, field::names(item));
                self.policies = list.map(|list| list.elements).unwrap_or_default();
            }
            "no_default_policy" => self.no_default_policy = flag(refused, name, item),
            "ttl" => self.ttl = text(refused, name, item),
            "lease" => self.lease = text(refused, name, item),
            "period" => self.period = text(refused, name, item),
            "explicit_max_ttl" => self.explicit_max_ttl = text(refused, name, item),
            "renewable" => self.renewable = flag(refused, name, item),
            "type" => self.token_type = text(refused, name, item),
            "num_uses" => self.num_uses = value(refused, name, field::integer(item)).unwrap_or(0),
            "no_parent" => self.no_parent = flag(refused, name, item),
            "id" => self.id = text(refused, name, item),
            "display_name" => self.display_name = text(refused, name, item),
            "meta" => self.meta = value(refused, name, field::pairs(item, "meta")).flatten(),
            "entity_alias" => self.entity_alias = text(refused, name, item),
            "role_name" => {
                self.has_role_name = true;
                self.has_role_name_value = item.value().kind() != NodeKind::Null;
            }
            _ => self.unknown.push(name.to_owned()),
        }
    }
}

fn flag(refused: &mut Vec<RefusedField>, name: &str, item: Item<'_>) -> bool {
    value(refused, name, field::boolean(item)).unwrap_or(false)
}

fn text(refused: &mut Vec<RefusedField>, name: &str, item: Item<'_>) -> String {
    value(refused, name, field::text(item)).unwrap_or_default()
}

fn value<T>(refused: &mut Vec<RefusedField>, name: &str, field: Field<T>) -> Option<T> {
    field.read.map_err(|error| refused.push(RefusedField { name: name.to_owned(), error })).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Dialect, parse};

    fn request(text: &str) -> TokenRequest {
        TokenRequest::from_tree(&parse(text.into(), Dialect::Json))
    }

    #[test]
    fn fields_are_converted_as_the_server_converts_them() {
        let read = request(
            r#"{"policies": "web,db", "ttl": 3600, "renewable": "0", "meta": ["a=b=c"], "num_uses": "0x10", "ttl": "1h",
                "zzz": 1, "period": true, "explicit_max_ttl": null}"#,
        );
        assert_eq!(read.policies, ["web,db"]);
        assert_eq!((read.ttl.as_str(), read.period.as_str(), read.num_uses), ("1h", "1", 16));
        assert_eq!(read.meta, Some(vec![("a".to_owned(), "b=c".to_owned())]));
        assert_eq!(read.unknown, ["zzz"]);
        assert!(!read.renewable && read.refused.is_empty());
    }

    #[test]
    fn refusals_have_the_servers_words() {
        let read = request(r#"{"meta": "x", "policies": [{"a": [null, "b"]}], "num_uses": 1.5}"#);
        let texts: Vec<String> = read.refused.iter().map(|field| field.error.to_string()).collect();
        assert_eq!(
            texts,
            [
                "invalid key pair at index 0 in field \"meta\"",
                "'' cannot parse value as 'int': strconv.ParseInt: invalid syntax",
                "decoding failed due to the following error(s):\n\n'[0]' expected type 'string', got unconvertible \
                 type 'map[string]interface {}'",
            ]
        );
    }
}
