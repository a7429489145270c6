//! The wrapping TTLs, which the server decodes as whatever they are before it reads them as durations.

use std::borrow::Cow;

use super::PathKey;
use super::entries::each_entry;
use super::fields::{is_unreadable, of};
use super::number::{float, integer};
use super::problem::{ExpectedType, GoNode, PolicyProblemKind};
use super::read::{Given, Reader};
use crate::model::{NANOSECONDS_PER_SECOND, vault_duration};
use crate::syntax::{NodeKind, Value};
use crate::text::Spanned;

/// A wrapping TTL as it is decoded, before it is read as a duration.
#[derive(Clone)]
pub(super) enum RawTtl<'t> {
    Text(Cow<'t, str>),
    Integer(i64),
    Float(f64),
    Bool,
    /// A list of anything.
    List,
    /// A list of objects: what an object is decoded as.
    Objects,
}

impl<'t> Reader<'t> {
    /// Decodes a wrapping TTL. A second value is decoded as what the first one was.
    pub(super) fn raw_ttl(
        &mut self,
        field: &'static str,
        key: PathKey,
        given: &[Given<'t>],
    ) -> Option<Spanned<RawTtl<'t>>> {
        self.field = field;
        let mut last: Option<Spanned<RawTtl<'t>>> = None;
        for entry in of(key, given) {
            let Some(label) = entry.label else { continue };
            self.key_name(label);
            self.parameter_value(entry.value, false);
            last = Some(Spanned::new(RawTtl::Objects, entry.value.span()));
        }
        for entry in of(key, given).filter(|entry| entry.label.is_none() && !is_unreadable(entry.value)) {
            let value = entry.value;
            let decoded = match last.as_ref().map(|ttl| &ttl.value) {
                None => self.first_ttl(value),
                Some(RawTtl::List) if value.object().is_some() => Ok(self.items_in_list(field, value)),
                Some(before) => self.next_ttl(field, &before.clone(), value),
            };
            match decoded {
                Ok(Some(ttl)) => last = Some(Spanned::new(ttl, value.span())),
                Ok(None) => {}
                Err(error) => self.problem(PolicyProblemKind::BadNumber(error.into()), value.span(), None),
            }
        }
        last
    }

    fn first_ttl(&mut self, value: Value<'t>) -> Result<Option<RawTtl<'t>>, String> {
        Ok(Some(match value.kind() {
            NodeKind::Number => RawTtl::Integer(integer(value.raw())?),
            NodeKind::Float => RawTtl::Float(float(value.raw())?),
            NodeKind::Bool => RawTtl::Bool,
            NodeKind::List | NodeKind::Object => {
                self.elements(value);
                type_of(value)
            }
            _ => RawTtl::Text(self.text_of(value).unwrap_or_default()),
        }))
    }

    /// Looks at what no duration can be read from: a list, or an object, each item of which stands alone.
    fn elements(&mut self, value: Value<'t>) {
        let Some(object) = value.object() else {
            self.parameter_value(value, false);
            return;
        };
        each_entry(object, self.form, &mut |member| {
            self.key_name(member.key);
            member.label.map(|label| self.key_name(label));
            self.parameter_value(member.value, false);
        });
    }

    /// A block after a list: each of its items would be an element, and none can be one.
    fn items_in_list(&mut self, field: &str, value: Value<'t>) -> Option<RawTtl<'t>> {
        let mut is_empty = true;
        each_entry(value.object()?, self.form, &mut |_| is_empty = false);
        if !is_empty {
            let kind = PolicyProblemKind::WrongType {
                field: format!("{field}[0]").into(),
                expected: ExpectedType::Interface,
                found: GoNode::ObjectItem,
            };
            self.problem(kind, value.span(), None);
        }
        is_empty.then_some(RawTtl::List)
    }

    /// `None` where the value is of another type, which is then noted.
    pub(super) fn next_ttl(
        &mut self,
        field: &str,
        before: &RawTtl<'t>,
        value: Value<'t>,
    ) -> Result<Option<RawTtl<'t>>, String> {
        let kind = value.kind();
        let is_plain = matches!(kind, NodeKind::Number | NodeKind::String | NodeKind::Null);
        let (expected, decoded) = match before {
            RawTtl::Text(_) => (ExpectedType::String, self.text_of(value).map(RawTtl::Text)),
            RawTtl::Integer(_) if is_plain => {
                let text = self.text_of(value).unwrap_or_default();
                (ExpectedType::Integer, Some(RawTtl::Integer(integer(&text)?)))
            }
            RawTtl::Float(_) if matches!(kind, NodeKind::Number | NodeKind::Float) => {
                (ExpectedType::Integer, Some(RawTtl::Float(float(value.raw())?)))
            }
            RawTtl::Bool if kind == NodeKind::Bool => (ExpectedType::Integer, Some(RawTtl::Bool)),
            RawTtl::Integer(_) | RawTtl::Float(_) | RawTtl::Bool => (ExpectedType::Integer, None),
            RawTtl::List | RawTtl::Objects => {
                if matches!(before, RawTtl::Objects)
                    && let Some(mut elements) = value.list()
                    && let Some(index) = elements.position(|element| element.object().is_none())
                {
                    let element = value.list().and_then(|mut elements| elements.nth(index));
                    let element = element.unwrap_or(value);
                    self.wrong_value(&format!("{field}[{index}]"), ExpectedType::Map, element);
                    return Ok(None);
                }
                let is_list = matches!(kind, NodeKind::List | NodeKind::Object);
                if is_list {
                    self.elements(value);
                }
                (ExpectedType::List, is_list.then(|| before.clone()))
            }
        };
        if decoded.is_none() {
            self.wrong_value(field, expected, value);
        }
        Ok(decoded)
    }

    /// Reads a wrapping TTL as a duration, in nanoseconds.
    pub(super) fn wrapping_ttl(
        &mut self,
        key: PathKey,
        ttl: Option<Spanned<RawTtl<'t>>>,
    ) -> Option<Spanned<i64>> {
        let ttl = ttl?;
        let duration = match &ttl.value {
            RawTtl::Text(text) => vault_duration(text).map_err(|error| error.to_string()),
            RawTtl::Integer(seconds) => Ok(seconds.wrapping_mul(NANOSECONDS_PER_SECOND)),
            RawTtl::Float(seconds) => Ok((*seconds as i64).wrapping_mul(NANOSECONDS_PER_SECOND)),
            RawTtl::Bool | RawTtl::List | RawTtl::Objects => {
                Err("could not parse duration from input".to_owned())
            }
        };
        match duration {
            Ok(nanoseconds) => Some(Spanned::new(nanoseconds, ttl.span)),
            Err(error) => {
                self.problem(PolicyProblemKind::BadWrappingTtl(key, error.into()), ttl.span, None);
                None
            }
        }
    }
}

/// What a value is decoded as when nothing was there before.
pub(super) fn type_of(value: Value<'_>) -> RawTtl<'static> {
    match value.kind() {
        NodeKind::Number => RawTtl::Integer(0),
        NodeKind::Float => RawTtl::Float(0.0),
        NodeKind::Bool => RawTtl::Bool,
        NodeKind::List => RawTtl::List,
        NodeKind::Object => RawTtl::Objects,
        _ => RawTtl::Text(Cow::Borrowed("")),
    }
}
