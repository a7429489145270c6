//! Items as Go's HCL 1 hands them to the server's decoder.

use crate::syntax::{Item, Key, NodeKind, Object, Value};

/// An item with its keys; in JSON objects of objects are flattened into keys.
#[derive(Clone, Copy)]
pub(super) struct Entry<'t> {
    /// The item that the entry starts with; its `=` or `:` is the entry's.
    pub(super) item: Item<'t>,
    pub(super) key: Key<'t>,
    /// The second key: a block's label.
    pub(super) label: Option<Key<'t>>,
    /// Whether there are more than two keys.
    pub(super) has_more_keys: bool,
    pub(super) value: Value<'t>,
}

impl<'t> Entry<'t> {
    fn new(item: Item<'t>) -> Self {
        let (label, has_more_keys, value) = item.label_and_value();
        Self { item, key: item.key(), label, has_more_keys, value }
    }

    /// The entry with a member's keys added and its value taken.
    fn below(mut self, member: Item<'t>) -> Self {
        for key in member.keys() {
            self.has_more_keys |= self.label.is_some();
            self.label = self.label.or(Some(key));
        }
        self.value = member.value();
        self
    }
}

/// How items become entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// HCL whose syntax is refused: items are what they seem to be.
    DamagedHcl,
    /// HCL: line ends mean nothing, so that a word alone on a line is a key of the block that follows.
    Hcl,
    /// JSON: objects of objects are flattened.
    Json,
}

/// Hands over the entries of an object, in the order of the text. What has no value is left out: in a text
/// that the server accepts it is a `name =` at the very end, which is dropped.
pub(super) fn each_entry<'t>(object: Object<'t>, form: Form, found: &mut dyn FnMut(Entry<'t>)) {
    let mut keys_before: Option<Entry<'t>> = None;
    for item in object.items() {
        let entry = match keys_before.take() {
            Some(keys) => keys.below(item),
            None => Entry::new(item),
        };
        if form == Form::Json {
            flatten(entry, found);
        } else if !entry.value.is_missing() {
            found(entry);
        } else if form == Form::Hcl {
            keys_before = Some(entry);
        }
    }
}

fn flatten<'t>(entry: Entry<'t>, found: &mut dyn FnMut(Entry<'t>)) {
    let is_object = |value: Value<'t>| value.kind() == NodeKind::Object;
    if let Some(object) = entry.value.object() {
        if !object.is_empty() && object.items().all(|member| is_object(member.value())) {
            object.items().for_each(|member| flatten(entry.below(member), found));
            return;
        }
    } else if let Some(mut elements) = entry.value.list() {
        let all = elements.clone();
        if all.clone().next().is_some() && elements.all(is_object) {
            all.for_each(|value| flatten(Entry { value, ..entry }, found));
            return;
        }
    }
    if !entry.value.is_missing() {
        found(entry);
    }
}

/// Whether Go's reader gives up on a string, which ends the request without an answer.
///
/// `inner` is what stands between the quotes.
pub(super) fn is_unquotable(inner: &str, is_json: bool) -> bool {
    let mut rest = inner;
    while let Some(at) = rest.find(['\\', '$']) {
        rest = rest.get(at..).unwrap_or_default();
        if let Some(tail) = rest.strip_prefix("${").filter(|_| !is_json) {
            let mut braces = 1;
            let end = tail.char_indices().find(|(_, character)| {
                match character {
                    '{' => braces += 1,
                    '}' => braces -= 1,
                    _ => {}
                }
                braces == 0 || *character == char::REPLACEMENT_CHARACTER
            });
            match end {
                Some((at, '}')) => rest = tail.get(at + 1..).unwrap_or_default(),
                _ => return true,
            }
            continue;
        }
        let Some(escape) = rest.strip_prefix('\\') else {
            rest = rest.get(1..).unwrap_or_default();
            continue;
        };
        let (from, digits, base) = match escape.as_bytes().first() {
            Some(b'0'..=b'7') => (0, 3, 8),
            Some(b'u') => (1, 4, 16),
            Some(b'U') => (1, 8, 16),
            _ => (1, 0, 16),
        };
        let number =
            escape.get(from..from + digits).and_then(|digits| u32::from_str_radix(digits, base).ok());
        let is_bad = match (digits, number) {
            (0, _) => false,
            (3, number) => number.is_none_or(|number| number > 255),
            (_, number) => number.is_none_or(|number| {
                number > u32::from(char::MAX) || is_json && (0xd800..0xe000).contains(&number)
            }),
        };
        if is_bad {
            return true;
        }
        // A character after the backslash may be wide only in a text that is refused anyway.
        rest = escape.get(from + digits..).or_else(|| escape.get(1..)).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_that_go_gives_up_on() {
        let table = [
            (r"a\777", false, true),
            (r"a\377", false, false),
            (r"\U00110000", false, true),
            (r"\ud800", false, false),
            (r"\ud83d\ude00", true, true),
            ("${\u{fffd}}", false, true),
            ("${\u{fffd}}", true, false),
            (r"${\777}", false, false),
            (r"a$b\\777\n", false, false),
        ];
        for (inner, is_json, expected) in table {
            assert_eq!(is_unquotable(inner, is_json), expected, "{inner}");
        }
    }
}
