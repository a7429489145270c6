//! What holds for every tree and every report, whatever the text.

use nomad_vault_core::check::MAX_FINDINGS_PER_DOCUMENT;
use nomad_vault_core::syntax::{MAX_DEPTH, MAX_PROBLEMS, NodeKind, Object, Tree, Value};
use nomad_vault_core::{
    Applicability, Bundle, CheckOptions, Diagnostic, Report, Severity, Span, apply_fixes, check,
};

/// Rounds of fixes after which nothing may change any more.
const MAX_ROUNDS: usize = 10;

/// Spans lie inside the text and on character boundaries, children inside their parents, siblings in order;
/// strings can be decoded; problems are in order and not more than the limit.
///
/// # Errors
/// Says what does not hold.
pub fn tree(tree: &Tree) -> Result<(), String> {
    let text = tree.text();
    let whole = Span::new(0, text.len() as u32);
    if tree.root().span() != whole {
        return Err(format!("the root is {:?}, not the whole text", tree.root().span()));
    }
    let mut previous = 0;
    for (kind, span) in tree.node_spans() {
        fits(text, span).map_err(|error| format!("{kind:?}: {error}"))?;
        if span.start < previous {
            return Err(format!("{kind:?} at {span:?} starts before the node before it"));
        }
        previous = span.start;
    }
    let mut end = 0;
    for span in tree.comments() {
        fits(text, *span).map_err(|error| format!("comment: {error}"))?;
        if span.start < end || span.is_empty() {
            return Err(format!("comment at {span:?} is empty or overlaps the one before it"));
        }
        end = span.end;
    }
    if tree.problems().len() > MAX_PROBLEMS {
        return Err(format!("{} problems", tree.problems().len()));
    }
    let mut previous = Span::default();
    for problem in tree.problems() {
        fits(text, problem.span).map_err(|error| format!("{:?}: {error}", problem.kind))?;
        if problem.span < previous {
            return Err(format!("{:?} at {:?} is out of order", problem.kind, problem.span));
        }
        previous = problem.span;
    }
    object(text, tree.root(), 0)
}

fn fits(text: &str, span: Span) -> Result<(), String> {
    if span.start > span.end || text.get(span.range()).is_none() {
        return Err(format!("{span:?} does not fit the text"));
    }
    Ok(())
}

fn object(text: &str, object: Object<'_>, depth: u32) -> Result<(), String> {
    if depth > MAX_DEPTH + 2 {
        return Err("the tree is deeper than the limit".to_owned());
    }
    let mut siblings = Siblings::new("item", object.span());
    if !object.span().contains(object.inner_span()) {
        return Err(format!("the inside of the object at {:?} is not inside", object.span()));
    }
    for item in object.items() {
        siblings.next(item.span())?;
        let mut parts = Siblings::new("key or value", item.span());
        for key in item.keys() {
            parts.next(key.span())?;
            if !key.span().contains(key.inner_span()) || (key.raw() != key.span().of(text)) {
                return Err(format!("the key at {:?} does not match its text", key.span()));
            }
            let _ = key.name();
        }
        if !item.span().contains(item.header_span()) {
            return Err(format!("the header of the item at {:?} is not inside it", item.span()));
        }
        if item.value().kind() != NodeKind::Missing {
            parts.next(item.value().span())?;
        }
        value(text, item.value(), depth)?;
    }
    Ok(())
}

fn value(text: &str, value: Value<'_>, depth: u32) -> Result<(), String> {
    if value.kind() != NodeKind::Missing && value.raw() != value.span().of(text) {
        return Err(format!("the value at {:?} does not match its text", value.span()));
    }
    let _ = (value.string(), value.integer(), value.boolean(), value.has_template());
    if let Some(inner) = value.object() {
        object(text, inner, depth + 1)?;
    }
    if let Some(elements) = value.list() {
        if depth > MAX_DEPTH + 2 {
            return Err("the tree is deeper than the limit".to_owned());
        }
        let mut siblings = Siblings::new("element", value.span());
        for element in elements {
            siblings.next(element.span())?;
            self::value(text, element, depth + 1)?;
        }
    }
    Ok(())
}

struct Siblings {
    what: &'static str,
    parent: Span,
    end: u32,
}

impl Siblings {
    fn new(what: &'static str, parent: Span) -> Self {
        Self { what, parent, end: parent.start }
    }

    fn next(&mut self, span: Span) -> Result<(), String> {
        if !self.parent.contains(span) {
            return Err(format!("the {} at {span:?} is outside its parent {:?}", self.what, self.parent));
        }
        if span.start < self.end {
            return Err(format!("the {} at {span:?} overlaps the one before it", self.what));
        }
        self.end = span.end;
        Ok(())
    }
}

/// Findings name documents of the bundle and places of their texts, are sorted, and not too many; fixes fit.
///
/// # Errors
/// Says what does not hold.
pub fn report(bundle: &Bundle, report: &Report) -> Result<(), String> {
    for (index, document) in bundle.documents().iter().enumerate() {
        let own = report.diagnostics.iter().filter(|found| found.document.0 as usize == index);
        let count = own.count();
        if count > MAX_FINDINGS_PER_DOCUMENT {
            return Err(format!("{count} findings in `{}`", document.name()));
        }
    }
    for found in &report.diagnostics {
        let places = found
            .related
            .iter()
            .map(|related| (related.document, related.span))
            .chain(found.fix.iter().flat_map(|fix| &fix.edits).map(|edit| (edit.document, edit.span)));
        for (id, span) in std::iter::once((found.document, found.span)).chain(places) {
            let document =
                bundle.document(id).ok_or_else(|| format!("{}: no document {id:?}", found.code))?;
            fits(document.text(), span).map_err(|error| format!("{}: {error}", found.code))?;
        }
        if found.message.is_empty() || found.message.ends_with('.') || found.message.contains('\n') {
            return Err(format!(
                "{}: the message `{}` is no line without full stop",
                found.code, found.message
            ));
        }
        if found.fix.as_ref().is_some_and(|fix| fix.edits.is_empty() || fix.title.is_empty()) {
            return Err(format!("{}: a fix without edits or title", found.code));
        }
    }
    let places = report.diagnostics.iter().map(|found| (found.document, found.span));
    if !places.is_sorted() {
        return Err("the findings are not in order".to_owned());
    }
    Ok(())
}

/// Each fix takes its finding away and breaks nothing; after some rounds of fixes nothing changes.
///
/// In a text that is broken in several places, mending one shows what it hid, so of syntax findings only the place
/// is looked at, and only where a text is broken in one place.
///
/// # Errors
/// Says what does not hold.
pub fn fixes(bundle: &Bundle, options: &CheckOptions) -> Result<(), String> {
    let before = check(bundle, options);
    if !before.omitted.is_empty() {
        // Findings that were left out come up when others go: nothing can be counted.
        return Ok(());
    }
    for found in &before.diagnostics {
        let Some(fix) = found.fix.as_ref().filter(|fix| fix.applicability != Applicability::DisplayOnly)
        else {
            continue;
        };
        let alone = Report {
            target: before.target,
            diagnostics: vec![found.clone()],
            omitted: Vec::new(),
            sets: Vec::new(),
        };
        let fixed = apply(bundle, &alone)?;
        let after = check(&fixed, options);
        let title = format!("{} ({})", found.code, fix.title);
        let is_still_there = if is_about_syntax(found) {
            let same_place = |other: &Diagnostic| other.code == found.code && other.span == found.span;
            syntax_errors(&before).count() == 1 && syntax_errors(&after).any(same_place)
        } else {
            count(&after, found.code) >= count(&before, found.code)
        };
        if is_still_there {
            return Err(format!("the fix of {title} does not take the finding away: {}", texts(&fixed)));
        }
        if syntax_errors(&before).next().is_none() && syntax_errors(&after).next().is_some() {
            return Err(format!("the fix of {title} breaks the syntax: {}", texts(&fixed)));
        }
    }
    settles(bundle, options)
}

fn syntax_errors(report: &Report) -> impl Iterator<Item = &Diagnostic> + Clone {
    let is_error = |found: &&Diagnostic| is_about_syntax(found) && found.severity == Severity::Error;
    report.diagnostics.iter().filter(is_error)
}

/// The `SYN` rules, and the habits of HCL 1 for which HCL 2 refuses a job.
fn is_about_syntax(found: &Diagnostic) -> bool {
    found.code.starts_with("SYN") || found.code == "JOB026"
}

fn settles(bundle: &Bundle, options: &CheckOptions) -> Result<(), String> {
    let mut bundle = bundle.clone();
    for _ in 0..MAX_ROUNDS {
        let fixed = apply(&bundle, &check(&bundle, options))?;
        if texts(&fixed) == texts(&bundle) {
            return Ok(());
        }
        bundle = fixed;
    }
    Err(format!("fixes do not come to an end: {}", texts(&bundle)))
}

fn apply(bundle: &Bundle, report: &Report) -> Result<Bundle, String> {
    apply_fixes(bundle, report, Applicability::Unsafe).map_err(|error| error.to_string())
}

fn count(report: &Report, code: &str) -> usize {
    report.diagnostics.iter().filter(|found| found.code == code).count()
}

fn texts(bundle: &Bundle) -> String {
    format!("{:?}", bundle.documents().iter().map(|document| document.text()).collect::<Vec<_>>())
}
