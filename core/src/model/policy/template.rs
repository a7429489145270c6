//! Paths with `{{…}}`, and the identity that fills them in.

use std::borrow::Cow;

use crate::model::go_duration;

/// Who a token belongs to, as templated paths ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenIdentity {
    /// The entity; a token made through a role has none.
    pub entity: Option<Entity>,
    /// The groups that the entity is a member of.
    pub groups: Vec<IdentityGroup>,
    /// Seconds since 1970, for `time.now`; without it such a path is not filled in.
    pub now: Option<i64>,
}

/// An entity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entity {
    /// Its id.
    pub id: String,
    /// Its name; an empty one counts as none.
    pub name: String,
    /// Its metadata.
    pub metadata: Vec<(String, String)>,
    /// Its aliases.
    pub aliases: Vec<EntityAlias>,
}

/// An entity's name at an auth method.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntityAlias {
    /// The accessor of the auth method's mount.
    pub mount_accessor: String,
    /// Its id.
    pub id: String,
    /// Its name; an empty one counts as none.
    pub name: String,
    /// Its metadata.
    pub metadata: Vec<(String, String)>,
    /// Its custom metadata.
    pub custom_metadata: Vec<(String, String)>,
}

/// A group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdentityGroup {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its metadata.
    pub metadata: Vec<(String, String)>,
}

/// What a path with `{{…}}` becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expansion<'t> {
    /// The path.
    Path(Cow<'t, str>),
    /// Something in it is not known: the rule is as if it were not there.
    Unresolved,
    /// A value holds a character that would change the path's meaning.
    Forbidden(char),
}

/// `{{` and `}}` do not go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unbalanced;

/// Whether a path has `{{…}}`.
///
/// # Errors
/// When they are unbalanced or nested, which the server refuses.
pub fn is_templated(path: &str) -> Result<bool, Unbalanced> {
    let mut parts = path.split("{{");
    if parts.next().is_some_and(|start| start.contains("}}")) {
        return Err(Unbalanced);
    }
    let mut is_templated = false;
    for part in parts {
        if part.split("}}").count() != 2 {
            return Err(Unbalanced);
        }
        is_templated = true;
    }
    Ok(is_templated)
}

impl TokenIdentity {
    /// Fills in a path. What is filled in is not looked at again.
    pub fn expand<'t>(&self, path: &'t str, refuses_values: bool) -> Expansion<'t> {
        if !path.contains("{{") {
            return Expansion::Path(Cow::Borrowed(path));
        }
        let mut parts = path.split("{{");
        let mut expanded = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let Some((directive, rest)) = part.split_once("}}") else { return Expansion::Unresolved };
            let Some(value) = self.value(directive.trim()) else { return Expansion::Unresolved };
            if let Some(character) = value.chars().find(|c| refuses_values && matches!(c, '/' | '*' | '+')) {
                return Expansion::Forbidden(character);
            }
            expanded.push_str(&value);
            expanded.push_str(rest);
        }
        Expansion::Path(Cow::Owned(expanded))
    }

    /// The value of a directive.
    pub fn value(&self, directive: &str) -> Option<Cow<'_, str>> {
        if let Some(selector) = directive.strip_prefix("identity.entity.") {
            return self.entity.as_ref()?.value(selector).map(Cow::Borrowed);
        }
        if let Some(selector) = directive.strip_prefix("identity.groups.") {
            return self.group_value(selector).map(Cow::Borrowed);
        }
        self.time(directive.strip_prefix("time.")?).map(|seconds| Cow::Owned(seconds.to_string()))
    }

    fn group_value(&self, selector: &str) -> Option<&str> {
        let (by, rest) = selector.split_once('.')?;
        let (wanted, field) = rest.split_once('.')?;
        let group = self.groups.iter().find(|group| match by {
            "ids" => group.id == wanted,
            "names" => group.name == wanted,
            _ => false,
        })?;
        match field {
            "id" => Some(&group.id),
            "name" => named(&group.name),
            _ => metadata(&group.metadata, field.strip_prefix("metadata.")?),
        }
    }

    fn time(&self, selector: &str) -> Option<i64> {
        let now = self.now?;
        let mut parts = selector.splitn(3, '.');
        if parts.next() != Some("now") {
            return None;
        }
        let Some(operator) = parts.next() else { return Some(now) };
        let text = parts.next()?;
        let seconds = match text.parse::<i64>() {
            Ok(seconds) => seconds,
            Err(_) => go_duration(text).ok()?.div_euclid(crate::model::NANOSECONDS_PER_SECOND),
        };
        match operator {
            "plus" => now.checked_add(seconds),
            "minus" => now.checked_sub(seconds),
            _ => None,
        }
    }
}

impl Entity {
    fn value(&self, selector: &str) -> Option<&str> {
        if let Some(rest) = selector.strip_prefix("aliases.") {
            let (accessor, field) = rest.split_once('.')?;
            return self.aliases.iter().find(|alias| alias.mount_accessor == accessor)?.value(field);
        }
        match selector {
            "id" => Some(&self.id),
            "name" => named(&self.name),
            _ => metadata(&self.metadata, selector.strip_prefix("metadata.")?),
        }
    }
}

impl EntityAlias {
    fn value(&self, selector: &str) -> Option<&str> {
        match selector {
            "id" => Some(&self.id),
            "name" => named(&self.name),
            _ => match selector.strip_prefix("custom_metadata.") {
                Some(key) => metadata(&self.custom_metadata, key),
                None => metadata(&self.metadata, selector.strip_prefix("metadata.")?),
            },
        }
    }
}

fn named(name: &str) -> Option<&str> {
    (!name.is_empty()).then_some(name)
}

fn metadata<'m>(metadata: &'m [(String, String)], key: &str) -> Option<&'m str> {
    metadata.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bob() -> TokenIdentity {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        TokenIdentity {
            entity: Some(Entity {
                id: "e1".into(),
                name: "bob".into(),
                metadata: vec![pair("team", "red"), pair("empty", ""), pair("path", "a/b")],
                aliases: vec![EntityAlias {
                    mount_accessor: "auth_1".into(),
                    name: "bob@x".into(),
                    custom_metadata: vec![pair("k", "v")],
                    ..EntityAlias::default()
                }],
            }),
            groups: vec![IdentityGroup {
                id: "g1".into(),
                name: "ops".into(),
                metadata: vec![pair("k", "w")],
            }],
            now: Some(1_000),
        }
    }

    #[test]
    fn directives_are_filled_in() {
        let table = [
            ("a/{{identity.entity.id}}/c", Some("a/e1/c")),
            ("{{ identity.entity.name }}", Some("bob")),
            ("t/{{identity.entity.metadata.team}}", Some("t/red")),
            ("t/{{identity.entity.metadata.empty}}/x", Some("t//x")),
            ("{{identity.entity.aliases.auth_1.name}}", Some("bob@x")),
            ("{{identity.entity.aliases.auth_1.custom_metadata.k}}", Some("v")),
            ("{{identity.groups.names.ops.id}}", Some("g1")),
            ("{{identity.groups.ids.g1.metadata.k}}", Some("w")),
            ("{{time.now.plus.1h}}", Some("4600")),
            ("{{identity.entity.metadata}}", None),
            ("{{identity.groups.names}}", None),
            ("{{identity.entity.Name}}", None),
            ("{{identity.groups.names.dev.id}}", None),
            ("{{foo.bar}}", None),
        ];
        for (path, expected) in table {
            let expected = expected.map_or(Expansion::Unresolved, |path| Expansion::Path(path.into()));
            assert_eq!(bob().expand(path, true), expected, "{path}");
        }
        let path = "x/{{identity.entity.metadata.path}}";
        assert_eq!(bob().expand(path, true), Expansion::Forbidden('/'));
        assert_eq!(bob().expand(path, false), Expansion::Path("x/a/b".into()));
        assert_eq!(TokenIdentity::default().expand("t/{{identity.entity.id}}", true), Expansion::Unresolved);
    }

    #[test]
    fn unbalanced_templates_are_told() {
        for path in ["a/{{x", "a}}", "{{a{{b}}c}}", "{{a}}}}"] {
            assert_eq!(is_templated(path), Err(Unbalanced), "{path}");
        }
        assert_eq!(is_templated("{{a}}/{{b}}"), Ok(true));
        assert_eq!(is_templated("a/{b}"), Ok(false));
    }
}
