//! Writing items, values and comments.

use super::comments::Comments;
use crate::syntax::dialect::Dialect;
use crate::syntax::tree::{Item, NodeKind, Object, Tree, Value};
use crate::text::{MAX_DOCUMENT_BYTES, Span};

const INDENT: &str = "  ";

pub(super) struct Printer<'t> {
    text: &'t str,
    is_json: bool,
    comments: Comments<'t>,
    out: String,
}

/// One or more keys and their value. A word alone on a line is a key of the item that follows.
struct Entry<'t> {
    keys: String,
    start: u32,
    is_assigned: bool,
    value: Value<'t>,
    end: u32,
    /// The value, if it stands on one line.
    short: Option<String>,
}

impl Entry<'_> {
    fn value_start(&self) -> u32 {
        if self.value.is_missing() { self.end } else { self.value.span().start }
    }

    /// Whether it takes more than one line.
    fn is_long(&self) -> bool {
        self.short.is_none()
    }
}

/// What was written last in an object or a list.
#[derive(Clone, Copy)]
struct Previous {
    /// Where it ends in the text; `None` at the start of the body.
    end: Option<u32>,
    is_long: bool,
}

impl<'t> Printer<'t> {
    pub(super) fn new(tree: &'t Tree) -> Self {
        let text = tree.text();
        Self {
            text,
            is_json: matches!(tree.dialect(), Dialect::Json | Dialect::LooseJson),
            comments: Comments::new(text, tree.comments()),
            out: String::with_capacity(text.len() + text.len() / 8),
        }
    }

    /// The whole text; `None` when it would be too long.
    pub(super) fn document(mut self, root: Object<'t>) -> Option<String> {
        if self.is_json {
            self.json_object(root, 0);
            self.out.push('\n');
        } else {
            self.body(root, root.span().end, 0);
        }
        (!self.is_too_long()).then_some(self.out)
    }

    fn is_too_long(&self) -> bool {
        self.out.len() > MAX_DOCUMENT_BYTES
    }

    /// The items of an object and the comments between them, each with its line end.
    fn body(&mut self, object: Object<'t>, end: u32, depth: usize) {
        let entries = self.entries(object);
        let mut previous = Previous { end: None, is_long: false };
        let mut rest = entries.as_slice();
        while let Some((first, others)) = rest.split_first() {
            if self.is_too_long() {
                return;
            }
            let had_comments = self.comments.has_before(first.value_start());
            previous = self.lead_comments(first.value_start(), first.is_long(), previous, depth);
            self.separate(first.start, first.is_long() && !had_comments, previous);
            if first.is_long() {
                let limit = others.first().map_or(end, |next| next.start);
                previous = self.long_entry(first, limit, depth);
                rest = others;
            } else {
                (previous, rest) = self.run(rest, end, depth);
            }
        }
        self.lead_comments(end, false, previous, depth);
    }

    fn entries(&self, object: Object<'t>) -> Vec<Entry<'t>> {
        let mut entries: Vec<Entry<'t>> = Vec::new();
        let mut continues = false;
        for item in object.items() {
            let value = item.value();
            let entry = match entries.last_mut().filter(|_| continues) {
                Some(entry) => entry,
                None => {
                    entries.push(Entry {
                        keys: String::new(),
                        start: item.span().start,
                        is_assigned: false,
                        value,
                        end: 0,
                        short: None,
                    });
                    let Some(entry) = entries.last_mut() else { continue };
                    entry
                }
            };
            push_keys(&mut entry.keys, item);
            entry.is_assigned = item.is_assigned();
            entry.value = value;
            entry.end = item.span().end;
            entry.short = self.short(value);
            continues = value.is_missing() && !item.is_assigned();
        }
        entries
    }

    /// Comments of their own lines before `place`.
    fn lead_comments(
        &mut self,
        place: u32,
        is_before_long: bool,
        previous: Previous,
        depth: usize,
    ) -> Previous {
        let mut previous = previous;
        let mut is_first = true;
        while let Some(comment) = self.comments.next_before(place) {
            self.separate(comment.start, is_first && is_before_long, previous);
            self.indent(depth);
            self.comment(comment);
            self.out.push('\n');
            previous = Previous { end: Some(comment.end), is_long: false };
            is_first = false;
        }
        previous
    }

    /// An empty line where the text has one, and around what is long.
    fn separate(&mut self, start: u32, is_long: bool, previous: Previous) {
        let Some(end) = previous.end else { return };
        if is_long || previous.is_long || self.line_ends(end, start) > 1 {
            self.out.push('\n');
        }
    }

    fn line_ends(&self, end: u32, start: u32) -> usize {
        Span::new(end, start).of(self.text).bytes().filter(|byte| *byte == b'\n').take(2).count()
    }

    /// Items of one line each without anything between them: `=` and comments are aligned.
    fn run<'e>(&mut self, entries: &'e [Entry<'t>], end: u32, depth: usize) -> (Previous, &'e [Entry<'t>]) {
        let mut lines = Vec::new();
        let mut rest = entries;
        let mut last = None;
        while let Some((entry, others)) = rest.split_first() {
            let Some(value) = &entry.short else { break };
            let is_apart = last.is_some_and(|last| {
                self.comments.has_before(entry.value_start()) || self.line_ends(last, entry.start) > 1
            });
            if is_apart {
                break;
            }
            let limit = others.first().map_or(end, |next| next.start);
            let (comment, entry_end) = self.line_comments(entry.end, limit);
            lines.push((entry, value.as_str(), comment));
            (last, rest) = (Some(entry_end), others);
        }
        let width = |text: &str| text.chars().count();
        let assigned = lines.iter().filter(|(entry, ..)| entry.is_assigned);
        let key_width = assigned.map(|(entry, ..)| width(&entry.keys)).max().unwrap_or_default();
        let mut starts: Vec<(String, &str)> = Vec::with_capacity(lines.len());
        for (entry, value, comment) in &lines {
            let mut start = entry.keys.clone();
            if entry.is_assigned {
                start.extend(std::iter::repeat_n(' ', key_width - width(&entry.keys).min(key_width)));
                start.push_str(" =");
            }
            if !value.is_empty() {
                start.push(' ');
                start.push_str(value);
            }
            starts.push((start, comment));
        }
        let commented = starts.iter().filter(|(_, comment)| !comment.is_empty());
        let comment_place = commented.map(|(start, _)| width(start)).max().unwrap_or_default();
        for (start, comment) in &starts {
            self.indent(depth);
            self.out.push_str(start);
            if !comment.is_empty() {
                let blanks = comment_place + 1 - width(start).min(comment_place);
                self.out.extend(std::iter::repeat_n(' ', blanks));
                self.out.push_str(comment);
            }
            self.out.push('\n');
        }
        (Previous { end: last, is_long: false }, rest)
    }

    /// The comments behind something on its line, and where they end.
    fn line_comments(&mut self, end: u32, limit: u32) -> (String, u32) {
        let (mut text, mut end) = (String::new(), end);
        while let Some(comment) = self.comments.next_on_line(end, limit) {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(comment.of(self.text).trim_end());
            end = comment.end;
        }
        (text, end)
    }

    /// An item whose value takes several lines.
    fn long_entry(&mut self, entry: &Entry<'t>, limit: u32, depth: usize) -> Previous {
        self.indent(depth);
        self.out.push_str(&entry.keys);
        self.out.push_str(if entry.is_assigned { " = " } else { " " });
        self.long_value(entry.value, depth);
        let (comment, end) = self.line_comments(entry.end, limit);
        if !comment.is_empty() {
            self.out.push(' ');
            self.out.push_str(&comment);
        }
        self.out.push('\n');
        Previous { end: Some(end), is_long: true }
    }

    fn long_value(&mut self, value: Value<'t>, depth: usize) {
        if let Some(object) = value.object() {
            self.open('{', value.span());
            self.body(object, value.span().end, depth + 1);
            self.indent(depth);
            self.out.push('}');
        } else if value.kind() == NodeKind::List {
            self.list(value, depth);
        } else {
            self.out.push_str(value.raw());
        }
    }

    /// A bracket, and what is said of it on its line.
    fn open(&mut self, bracket: char, span: Span) {
        self.out.push(bracket);
        let (comment, _) = self.line_comments(span.start + 1, span.end);
        if !comment.is_empty() {
            self.out.push(' ');
            self.out.push_str(&comment);
        }
        self.out.push('\n');
    }

    /// A list, each element on a line of its own.
    fn list(&mut self, value: Value<'t>, depth: usize) {
        let end = value.span().end;
        self.open('[', value.span());
        let mut previous = Previous { end: None, is_long: false };
        let mut elements = value.list().into_iter().flatten().peekable();
        while let Some(element) = elements.next() {
            if self.is_too_long() {
                return;
            }
            let span = element.span();
            previous = self.lead_comments(span.start, false, previous, depth + 1);
            self.separate(span.start, false, previous);
            self.indent(depth + 1);
            match self.short(element) {
                Some(short) => self.out.push_str(&short),
                None => self.long_value(element, depth + 1),
            }
            if element.kind() == NodeKind::Heredoc {
                // The line of its end mark holds nothing else.
                self.out.push('\n');
                self.indent(depth + 1);
            }
            self.out.push(',');
            let limit = elements.peek().map_or(end, |next| next.span().start);
            let (comment, element_end) = self.line_comments(span.end, limit);
            if !comment.is_empty() {
                self.out.push(' ');
                self.out.push_str(&comment);
            }
            self.out.push('\n');
            let end = if element.kind() == NodeKind::Heredoc {
                self.behind_comma(element_end)
            } else {
                element_end
            };
            previous = Previous { end: Some(end), is_long: false };
        }
        self.lead_comments(end, false, previous, depth + 1);
        self.indent(depth);
        self.out.push(']');
    }

    fn behind_comma(&self, end: u32) -> u32 {
        let rest = self.text.get(end as usize..).unwrap_or_default();
        let blanks = rest.len() - rest.trim_start().len();
        if rest.trim_start().starts_with(',') { end + blanks as u32 + 1 } else { end }
    }

    /// A value that stands on one line: it has no line end, no comment, and is no object with items.
    fn short(&self, value: Value<'t>) -> Option<String> {
        match value.kind() {
            NodeKind::Missing => Some(String::new()),
            NodeKind::Object => {
                let is_empty = value.object().is_some_and(Object::is_empty);
                (is_empty && !self.comments.are_in(value.span())).then(|| "{}".to_owned())
            }
            NodeKind::List => {
                let is_empty = value.list().is_some_and(|mut elements| elements.next().is_none());
                let is_broken = value.raw().contains('\n') && !is_empty;
                (!is_broken && !self.comments.are_in(value.span())).then(|| self.short_list(value)).flatten()
            }
            NodeKind::Heredoc => None,
            _ => (!value.raw().contains('\n')).then(|| value.raw().to_owned()),
        }
    }

    fn short_list(&self, value: Value<'t>) -> Option<String> {
        let mut text = "[".to_owned();
        for element in value.list().into_iter().flatten() {
            if text.len() > 1 {
                text.push_str(", ");
            }
            text.push_str(&self.short(element)?);
        }
        text.push(']');
        Some(text)
    }

    fn json_object(&mut self, object: Object<'t>, depth: usize) {
        if object.is_empty() {
            return self.out.push_str("{}");
        }
        self.out.push_str("{\n");
        for (place, item) in object.items().enumerate() {
            if place > 0 {
                self.out.push_str(",\n");
            }
            if self.is_too_long() {
                return;
            }
            self.indent(depth + 1);
            self.out.push_str(item.key().raw());
            self.out.push_str(": ");
            self.json_value(item.value(), depth + 1);
        }
        self.out.push('\n');
        self.indent(depth);
        self.out.push('}');
    }

    fn json_value(&mut self, value: Value<'t>, depth: usize) {
        if let Some(object) = value.object() {
            return self.json_object(object, depth);
        }
        let Some(elements) = value.list() else { return self.out.push_str(value.raw()) };
        if let Some(short) = self.short(value) {
            return self.out.push_str(&short);
        }
        self.out.push_str("[\n");
        for (place, element) in elements.enumerate() {
            if place > 0 {
                self.out.push_str(",\n");
            }
            if self.is_too_long() {
                return;
            }
            self.indent(depth + 1);
            self.json_value(element, depth + 1);
        }
        self.out.push('\n');
        self.indent(depth);
        self.out.push(']');
    }

    fn comment(&mut self, comment: Span) {
        self.out.push_str(comment.of(self.text).trim_end());
    }

    fn indent(&mut self, depth: usize) {
        (0..depth).for_each(|_| self.out.push_str(INDENT));
    }
}

fn push_keys(keys: &mut String, item: Item<'_>) {
    for key in item.keys() {
        if !keys.is_empty() {
            keys.push(' ');
        }
        keys.push_str(key.raw());
    }
}
