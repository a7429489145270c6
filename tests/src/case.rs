//! A test case: documents that are judged together.

use nomad_vault_core::{
    Applicability, Bundle, CheckOptions, Diagnostic, Document, DocumentKind, Report, TargetRequest,
    apply_fixes, check,
};

use crate::markdown::{Block, Section};

/// How much of a long underlined text is shown.
const SHOWN: usize = 60;

/// The documents under one heading, and how they are judged.
#[derive(Debug)]
pub struct Case {
    /// The documents' names and texts.
    pub bundle: Bundle,
    /// How they are judged.
    pub options: CheckOptions,
}

impl Case {
    /// The blocks with a `kind=`, as one bundle; nothing when there is none.
    ///
    /// # Errors
    /// When a block's words cannot be understood; the message names file and line.
    pub fn from_section(section: &Section) -> Result<Option<Self>, String> {
        let mut case = Self { bundle: Bundle::new(), options: CheckOptions::default() };
        for block in section.blocks.iter().filter(|block| block.option("kind").is_some()) {
            case.add(block).map_err(|error| format!("{}: {error}", block.place))?;
        }
        Ok((!case.bundle.documents().is_empty()).then_some(case))
    }

    fn add(&mut self, block: &Block) -> Result<(), String> {
        let name = block.info.get(1).filter(|name| !name.contains('=')).ok_or("the document has no name")?;
        let kind = block.option("kind").unwrap_or_default();
        let kind = DocumentKind::from_spelling(kind).ok_or_else(|| format!("unknown kind `{kind}`"))?;
        if let Some(target) = block.option("target") {
            let target = TargetRequest::parse(target).map_err(|error| error.to_string())?;
            let other = std::mem::replace(&mut self.options.target, target);
            if other != TargetRequest::default() && other != target {
                return Err("the documents of one case name different targets".to_owned());
            }
        }
        self.bundle.add_document(Document::from_bytes(name.as_str(), kind, &bytes(block)?));
        Ok(())
    }

    /// Judges the documents.
    pub fn check(&self) -> Report {
        check(&self.bundle, &self.options)
    }

    /// The case after its fixes.
    ///
    /// # Errors
    /// When a fix does not fit its document.
    pub fn fixed(&self, report: &Report, at_least: Applicability) -> Result<Self, String> {
        let bundle = apply_fixes(&self.bundle, report, at_least).map_err(|error| error.to_string())?;
        Ok(Self { bundle, options: self.options.clone() })
    }

    /// The findings, one a line: `CODE severity NAME:line:column "underlined text" message`.
    pub fn render(&self, report: &Report) -> String {
        report.diagnostics.iter().map(|diagnostic| self.render_one(diagnostic) + "\n").collect()
    }

    fn render_one(&self, diagnostic: &Diagnostic) -> String {
        let Diagnostic { code, severity, message, span, .. } = diagnostic;
        let Some(document) = self.bundle.document(diagnostic.document) else {
            return format!("{code} is about a document that does not exist");
        };
        let place = document.line_column(span.start);
        let underlined = shown(span.of(document.text()));
        let (name, severity, line, column) = (document.name(), severity.as_str(), place.line, place.column);
        format!("{code} {severity} {name}:{line}:{column} {underlined} {message}")
    }
}

/// The bytes of a block: its text, `repeat=N` times, in the `encoding=` that it asks for.
fn bytes(block: &Block) -> Result<Vec<u8>, String> {
    let times = block.option("repeat").map_or(Ok(1), str::parse).map_err(|_| "`repeat=` needs a number")?;
    let text = block.text.repeat(times);
    match block.option("encoding") {
        None => Ok(text.into_bytes()),
        Some("utf-16") => {
            Ok(std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect())
        }
        Some(other) => Err(format!("unknown encoding `{other}`")),
    }
}

/// The text in quotes: double ones, or single ones around a text that has double ones itself. Line ends are
/// written `\n`; the middle of a long text is left out.
fn shown(text: &str) -> String {
    let count = text.chars().count();
    let text: String = if count > SHOWN {
        let (head, tail) = (text.chars().take(SHOWN / 2), text.chars().skip(count - SHOWN / 4));
        head.chain(['…']).chain(tail).collect()
    } else {
        text.to_owned()
    };
    let quote = if text.contains('"') { '\'' } else { '"' };
    let escaped = text.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t");
    format!("{quote}{escaped}{quote}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn underlined_text_is_quoted_and_stays_on_one_line() {
        assert_eq!(shown("true"), "\"true\"");
        assert_eq!(shown("\"a\"\n"), "'\"a\"\\n'");
        assert_eq!(shown(&"x".repeat(80)).chars().count(), 30 + 1 + 15 + 2);
    }
}
