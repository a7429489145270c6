//! How far a text is HCL 2 beyond doubt.
//!
//! hcl-edit's tree takes 25 times the text in memory, and most of its time goes into what is plain: bodies,
//! names, literals. These are looked at here, byte by byte and more narrowly than hcl-edit would; what is not
//! plain is shown to hcl-edit one attribute at a time. What is proven is a beginning of the text: behind the
//! first thing that is not, nothing is certain, and hcl-edit sees the rest as a whole.

use hcl_edit::parser::parse_body;

use super::go_only::refused_by_go_alone;
use super::{FEW_KEYS, Opaque};
use crate::syntax::tree::{Item, Key, NodeKind, Object, Tree, Value};
use crate::text::{Span, order};

/// The deepest nesting that is looked at; hcl-edit takes 64 levels.
const MAX_PROVEN_DEPTH: usize = 30;

/// The most attributes of one body whose names are compared pair by pair.
const FEW_ATTRIBUTES: usize = 16;

/// Looks at a text from `start` on: `None` when all of it is HCL 2, else the place of the first item that is
/// not proven to be. All items that end before it are proven.
pub(super) fn unproven_from(tree: &Tree, start: u32) -> Option<u32> {
    let mut prover = Prover { text: tree.text(), bytes: tree.text().as_bytes(), shown: String::new() };
    let end = tree.text().len() as u32;
    prover.body(tree.root(), Span::new(start, end), 0).err()
}

/// The error is the place from which on nothing is proven.
type Proof = Result<(), u32>;

struct Prover<'t> {
    text: &'t str,
    bytes: &'t [u8],
    /// The attribute that hcl-edit sees, in as many blocks as it stands in.
    shown: String,
}

impl<'t> Prover<'t> {
    /// A body whose items stand on lines of their own. `inner` reaches from its first line to its end.
    fn body(&mut self, body: Object<'t>, inner: Span, depth: usize) -> Proof {
        let mut names = Names::default();
        let mut items = body.items().peekable();
        let Some(first) = items.peek() else {
            return self.gap(inner.start, inner.end).plain().map(|_| ()).ok_or(inner.start);
        };
        let start = first.span().start;
        self.gap(inner.start, start).plain().ok_or(inner.start)?;
        while let Some(item) = items.next() {
            let span = item.span();
            self.item(item, depth, &mut names)?;
            let next = items.peek().map(|next| next.span().start);
            let gap = self.gap(span.end, next.unwrap_or(inner.end));
            // Only the last line of the text may be without its end; a heredoc there is for others to judge.
            let is_last = next.is_none() && depth == 0;
            let may_end_text = is_last && !span.of(self.text).contains("<<");
            match gap.plain() {
                Some(breaks) if breaks || may_end_text => {}
                _ => return Err(span.start),
            }
        }
        Ok(())
    }

    fn item(&mut self, item: Item<'t>, depth: usize, names: &mut Names<'t>) -> Proof {
        let start = item.span().start;
        let key = item.key();
        if !is_name(key) {
            return Err(start);
        }
        if item.is_assigned() {
            let is_new = names.add(key.raw());
            let is_proven = is_new && item.labels().next().is_none() && self.attribute(item, depth);
            return if is_proven { Ok(()) } else { Err(start) };
        }
        match item.value().object() {
            Some(object) if item.is_block() && depth < MAX_PROVEN_DEPTH => self.block(item, object, depth),
            _ => Err(start),
        }
    }

    fn block(&mut self, block: Item<'t>, object: Object<'t>, depth: usize) -> Proof {
        let start = block.span().start;
        let span = object.span();
        let mut end = block.key().span().end;
        for label in block.labels() {
            let is_plain = if label.is_quoted() { is_plain_string(label.raw()) } else { is_name(label) };
            if !is_plain || !self.is_blank(end, label.span().start) {
                return Err(start);
            }
            end = label.span().end;
        }
        let [b'{', .., b'}'] = span.of(self.text).as_bytes() else { return Err(start) };
        if !self.is_blank(end, span.start) {
            return Err(start);
        }
        let inner = Span::new(span.start + 1, span.end - 1);
        let mut items = object.items();
        let first = items.next();
        let opening = first.map_or(inner.end, |first| first.span().start);
        match (self.gap(inner.start, opening).plain(), first) {
            (Some(true), _) => self.body(object, inner, depth + 1),
            (Some(false), None) => Ok(()),
            (Some(false), Some(only)) => {
                let is_proven = items.next().is_none()
                    && only.is_assigned()
                    && only.labels().next().is_none()
                    && is_name(only.key())
                    && self.gap(only.span().end, inner.end).plain() == Some(false)
                    && self.attribute(only, depth + 1);
                if is_proven { Ok(()) } else { Err(start) }
            }
            (None, _) => Err(start),
        }
    }

    /// An attribute, whose name is a plain one.
    fn attribute(&mut self, item: Item<'t>, depth: usize) -> bool {
        let value = item.value();
        let is_plain =
            self.is_sign(item.key().span().end, value.span().start, b"=") && self.is_plain(value, depth);
        let raw = item.span().of(self.text);
        // hcl-edit looks for the end of some heredocs behind the attribute.
        let may_hold_heredoc = !is_plain && raw.contains("<<") && raw.contains('\n');
        let is_closed = !may_hold_heredoc || is_heredoc(value.raw()) && raw.matches("<<").count() == 1;
        is_plain || is_closed && self.hcl_edit_takes(raw, depth)
    }

    /// Shows hcl-edit one attribute alone, on a line of its own in as many blocks as it stands in.
    fn hcl_edit_takes(&mut self, attribute: &str, depth: usize) -> bool {
        // hcl-edit's time for an object is quadratic in its keys.
        if Opaque::of(attribute).most > FEW_KEYS {
            return false;
        }
        self.shown.clear();
        (0..depth).for_each(|_| self.shown.push_str("b{\n"));
        self.shown.push_str(attribute);
        self.shown.push('\n');
        (0..depth).for_each(|_| self.shown.push_str("}\n"));
        parse_body(&self.shown).is_ok() && refused_by_go_alone(&self.shown, 0).is_none()
    }

    /// A value of literals alone.
    fn is_plain(&self, value: Value<'t>, depth: usize) -> bool {
        match value.kind() {
            NodeKind::Bool | NodeKind::Null => true,
            NodeKind::Number | NodeKind::Float => is_plain_number(value.raw()),
            NodeKind::String => !value.is_special() && is_plain_string(value.raw()),
            NodeKind::Heredoc => !value.is_special() && is_heredoc(value.raw()),
            NodeKind::List => depth < MAX_PROVEN_DEPTH && self.is_plain_list(value, depth + 1),
            NodeKind::Object => {
                let object = value.object().filter(|_| depth < MAX_PROVEN_DEPTH);
                object.is_some_and(|object| self.is_plain_object(object, depth + 1))
            }
            _ => false,
        }
    }

    fn is_plain_list(&self, list: Value<'t>, depth: usize) -> bool {
        let [b'[', .., b']'] = list.raw().as_bytes() else { return false };
        let Some(elements) = list.list() else { return false };
        let mut end = list.span().start + 1;
        let mut commas = 0;
        for element in elements {
            // A heredoc needs a line end right behind it.
            let is_plain = element.kind() != NodeKind::Heredoc
                && self.gap(end, element.span().start).commas == Some(commas)
                && self.is_plain(element, depth);
            if !is_plain {
                return false;
            }
            end = element.span().end;
            commas = 1;
        }
        self.gap(end, list.span().end - 1).commas.is_some_and(|found| found <= commas)
    }

    fn is_plain_object(&self, object: Object<'t>, depth: usize) -> bool {
        let span = object.span();
        let [b'{', .., b'}'] = span.of(self.text).as_bytes() else { return false };
        let mut end = span.start + 1;
        let mut is_first = true;
        for item in object.items() {
            let (key, value) = (item.key(), item.value());
            let gap = self.gap(end, key.span().start);
            let is_separated = match gap.commas {
                Some(0) => is_first || gap.breaks,
                Some(1) => !is_first && gap.comma_is_first,
                _ => false,
            };
            let is_plain_key = if key.is_quoted() {
                is_plain_string(key.raw())
            } else {
                // `for` opens an expression.
                is_name(key) && key.raw() != "for"
            };
            let is_plain = is_separated
                && is_plain_key
                && item.labels().next().is_none()
                && value.kind() != NodeKind::Heredoc
                && self.is_sign(key.span().end, value.span().start, b"=:")
                && self.is_plain(value, depth);
            if !is_plain {
                return false;
            }
            end = value.span().end;
            is_first = false;
        }
        let gap = self.gap(end, span.end - 1);
        gap.commas == Some(0) || (gap.commas == Some(1) && !is_first && gap.comma_is_first)
    }

    /// Whether only blanks lie between two places.
    fn is_blank(&self, start: u32, end: u32) -> bool {
        self.between(start, end).iter().all(|byte| matches!(byte, b' ' | b'\t'))
    }

    /// Whether one of the signs and blanks lie between two places.
    fn is_sign(&self, start: u32, end: u32, signs: &[u8]) -> bool {
        let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
        let mut rest = self.between(start, end).iter().skip_while(is_blank);
        rest.next().is_some_and(|sign| signs.contains(sign)) && rest.all(|byte| is_blank(&byte))
    }

    fn between(&self, start: u32, end: u32) -> &'t [u8] {
        self.bytes.get(start as usize..end as usize).unwrap_or(b"?")
    }

    /// What lies between two tokens.
    fn gap(&self, start: u32, end: u32) -> Gap {
        let mut gap = Gap { commas: Some(0), breaks: false, comma_is_first: false };
        let mut rest = self.between(start, end);
        while let [first, tail @ ..] = rest {
            rest = match (first, tail) {
                (b' ' | b'\t', _) => tail,
                (b'\n', _) => {
                    gap.breaks = true;
                    tail
                }
                (b'\r', [b'\n', ..]) => tail,
                (b',', _) => {
                    gap.commas = gap.commas.map(|commas| commas + 1);
                    gap.comma_is_first = !gap.breaks;
                    tail
                }
                (b'#', _) | (b'/', [b'/', ..]) => {
                    let length = tail.iter().position(|byte| *byte == b'\n').unwrap_or(tail.len());
                    let (comment, after) = tail.split_at(length);
                    // hcl-edit takes no lone `\r` in a comment.
                    let comment =
                        comment.strip_suffix(b"\r").filter(|_| !after.is_empty()).unwrap_or(comment);
                    if comment.contains(&b'\r') {
                        gap.commas = None;
                    }
                    after
                }
                (b'/', [b'*', ..]) => {
                    let inside = tail.get(1..).unwrap_or_default();
                    match inside.windows(2).position(|pair| pair == b"*/") {
                        Some(length) => inside.get(length + 2..).unwrap_or_default(),
                        None => return Gap { commas: None, ..gap },
                    }
                }
                _ => return Gap { commas: None, ..gap },
            };
        }
        gap
    }
}

/// Blanks, line ends, comments and commas between two tokens.
struct Gap {
    /// How many commas there are; `None` where there is something else.
    commas: Option<u32>,
    /// Whether there is a line end that is not inside of a comment.
    breaks: bool,
    /// Whether the last comma stands before all line ends.
    comma_is_first: bool,
}

impl Gap {
    /// Whether there is a line end, if there is no comma.
    fn plain(&self) -> Option<bool> {
        (self.commas == Some(0)).then_some(self.breaks)
    }
}

/// The names of the attributes of a body.
#[derive(Default)]
struct Names<'t> {
    few: Vec<&'t str>,
    /// Those that are more than a few.
    many: order::Names,
}

impl<'t> Names<'t> {
    /// Adds a name and says whether it is new.
    fn add(&mut self, name: &'t str) -> bool {
        if self.few.contains(&name) {
            return false;
        }
        if self.few.len() >= FEW_ATTRIBUTES {
            return self.many.insert(name).1;
        }
        self.few.push(name);
        true
    }
}

/// Whether a key is a word of ASCII that HCL 2 takes as a name.
fn is_name(key: Key<'_>) -> bool {
    let [first, rest @ ..] = key.raw().as_bytes() else { return false };
    !key.is_quoted()
        && (first.is_ascii_alphabetic() || *first == b'_')
        && rest.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// Whether a string in quotes holds neither escapes nor templates nor line ends.
fn is_plain_string(raw: &str) -> bool {
    let [b'"', inner @ .., b'"'] = raw.as_bytes() else { return false };
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | b'\n' | b'\r');
    let opens_template = |pair: &[u8]| matches!(pair, [b'$' | b'%', b'{']);
    let may_open_template = inner.contains(&b'{');
    !(inner.iter().any(is_special) || may_open_template && inner.windows(2).any(opens_template))
}

/// Whether a number has few digits, at most one fraction and no exponent.
fn is_plain_number(raw: &str) -> bool {
    let digits = raw.strip_prefix('-').unwrap_or(raw);
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    raw.len() <= 15 && is_digits(whole) && is_digits(fraction)
}

/// Whether a text is a heredoc that ends with its marker for everybody: it has a line, and none starts like the end.
fn is_heredoc(raw: &str) -> bool {
    let Some((opening, body)) = raw.strip_prefix("<<").and_then(|rest| rest.split_once('\n')) else {
        return false;
    };
    let marker = opening.strip_prefix('-').unwrap_or(opening);
    let marker = marker.strip_suffix('\r').unwrap_or(marker);
    let [first, rest @ ..] = marker.as_bytes() else { return false };
    let is_name = (first.is_ascii_alphabetic() || *first == b'_')
        && rest.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    let Some((lines, last)) = body.rsplit_once('\n').filter(|_| is_name) else { return false };
    let starts_with_marker = |line: &str| line.trim_start_matches([' ', '\t']).starts_with(marker);
    last.trim_start_matches([' ', '\t']) == marker && !lines.split('\n').any(starts_with_marker)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::hcl::parse_hcl2;
    use proptest::prelude::*;

    /// What starts at the first item that is not proven.
    fn unproven(text: &str) -> Option<&str> {
        let place = unproven_from(&parse_hcl2(text.into()), 0)?;
        text.get(place as usize..)
    }

    #[test]
    fn what_is_plain_is_proven() {
        let table = [
            "",
            " # only a comment",
            "a = 1\nb = -2.5 // c\nc = \"x$ {y}\"\n/* d */ d = null",
            "a \"b\" c {\n  d { e = true }\n  f {}\n}\r\n",
            "a = [1, \"b\",\n# c\n [], {},]\nb = { c = 1, \"d\" : 2\n e = [3] # f\n}\n",
            "a = <<-EOF\n  b <<EOF\n  EOF\n",
            "a = upper(\"${b}\")\nc {\n  d = <<E\n${f}\nE\n}\n",
        ];
        for text in table {
            assert_eq!(unproven(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_not_plain_or_refused_is_not_proven() {
        let table = [
            ("a = 1\nb = 1 +\n", "b = 1 +\n"),
            ("a {\n  b = 1\n  b = 2\n}\n", "b = 2\n}\n"),
            ("a { b = 1 c = 2 }\n", "a { b = 1 c = 2 }\n"),
            ("a { b {} }\n", "a { b {} }\n"),
            ("a = 1, \nb = 2\n", "a = 1, \nb = 2\n"),
            ("a = 1\n# b\rc\n", "a = 1\n# b\rc\n"),
            ("a = 1 # b\r", "a = 1 # b\r"),
            ("a = [1 2]\n", "a = [1 2]\n"),
            ("a = { b = 1 c = 2 }\n", "a = { b = 1 c = 2 }\n"),
            ("a = { b = 1\n, c = 2 }\n", "a = { b = 1\n, c = 2 }\n"),
            ("a = { for = 1 }\n", "a = { for = 1 }\n"),
            // hcl-edit takes the second marker for the end.
            ("a = <<E\nE\nb = <<E\nc\nE\n", "a = <<E\nE\nb = <<E\nc\nE\n"),
            ("a = <<E\nE x\nE\n", "a = <<E\nE x\nE\n"),
            ("a = <<E\nb\nE", "a = <<E\nb\nE"),
            ("a = \"b\nc\"\n", "a = \"b\nc\"\n"),
        ];
        for (text, expected) in table {
            assert_eq!(unproven(text), Some(expected), "{text}");
        }
    }

    fn pieces() -> impl Strategy<Value = String> {
        let pieces = [
            "a",
            "b ",
            "\"c\"",
            " = ",
            "=",
            ":",
            "1",
            "-",
            ".5",
            "e1",
            "true",
            "null",
            "{",
            "}",
            "[",
            "]",
            "(",
            ")",
            ",",
            "\n",
            "\r\n",
            "\r",
            " ",
            "#",
            "//",
            "/*",
            "*/",
            "<<E\n",
            "<<-E\n",
            "E\n",
            "  E\n",
            "E",
            "${",
            "%{",
            "$${",
            "\"",
            "\\",
            "for ",
            "? x : y",
            ".z",
            "f(",
            "b = 1\n",
            "c {\n",
            "}\n",
            "d { e = 2 }\n",
            "g = [1, 2]\n",
            "h = { i = 1, j = \"k\" }\n",
            "l = <<E\nm\nE\n",
            "n = \"${o}\"\n",
        ];
        let piece = prop::sample::select(pieces.to_vec());
        prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn what_is_proven_is_taken_by_hcl_edit(text in pieces()) {
            if unproven(&text).is_none() {
                prop_assert!(parse_body(&text).is_ok(), "{text:?}");
                prop_assert!(refused_by_go_alone(&text, 0).is_none(), "{text:?}");
            }
        }
    }
}
