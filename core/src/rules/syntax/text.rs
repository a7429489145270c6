//! Bytes that are no text, and texts that are not looked into.

use super::for_each_problem;
use crate::model::ParsedDocument;
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::syntax::ProblemKind;
use crate::text::{Applicability, EncodingProblem, MAX_DOCUMENT_BYTES, Span};

declare_rule! {
    pub(super) static NOT_A_TEXT = {
        code: "SYN001", name: "not-a-text", summary: "the document's bytes are no UTF-8 text",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "hashicorp/hcl v1.0.1-vault-7 hcl/scanner: illegal UTF-8 encoding; JSON: RFC 8259 §8.1",
        check: Document(check_not_a_text),
    }
}

fn check_not_a_text(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    let (message, help) = match parsed.document.encoding_problem() {
        Some(EncodingProblem::Utf16) => (
            "the file is written in UTF-16".to_owned(),
            "save it as UTF-8 (PowerShell: `Out-File -Encoding utf8`); Vault and Nomad read nothing else",
        ),
        Some(EncodingProblem::Binary) => {
            ("the file is binary".to_owned(), "give a text: a policy, a token role, a job or a configuration")
        }
        Some(EncodingProblem::InvalidUtf8(offset)) => {
            (format!("the byte at offset {offset} is no UTF-8 character"), "save the file as UTF-8")
        }
        Some(EncodingProblem::TooLarge(_)) | None => return,
    };
    cx.report(Span::default(), message).help(help);
}

declare_rule! {
    pub(super) static DOCUMENT_TOO_LARGE = {
        code: "SYN002", name: "document-too-large", summary: "the document is too large to look into",
        severity: Error, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "our own limit, `MAX_DOCUMENT_BYTES`: no real policy, role or job comes near it",
        check: Document(check_document_too_large),
    }
}

fn check_document_too_large(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    if let Some(EncodingProblem::TooLarge(bytes)) = parsed.document.encoding_problem() {
        let limit = MAX_DOCUMENT_BYTES / 1024 / 1024;
        cx.report(Span::default(), format!("the document has {bytes} bytes, more than {limit} MiB"))
            .help("split it: nothing in it was checked");
    }
}

declare_rule! {
    pub(super) static EMPTY_DOCUMENT = {
        code: "SYN003", name: "empty-document", summary: "the document is empty",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: `'policy' parameter not supplied or empty` for an empty policy; JSON needs a value",
        check: Document(check_empty_document),
    }
}

fn check_empty_document(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    let text = parsed.document.text();
    let holds_nothing = text.is_empty() || (parsed.tree.dialect().is_json() && text.trim().is_empty());
    if holds_nothing && parsed.document.encoding_problem().is_none() {
        cx.report(Span::default(), "the document is empty")
            .help("Vault refuses an empty policy: `'policy' parameter not supplied or empty`");
    }
}

declare_rule! {
    pub(super) static BYTE_ORDER_MARK = {
        code: "SYN004", name: "byte-order-mark", summary: "the text starts with a byte order mark",
        severity: Error, enforced_by: Vault, fix: Safe, applies: always(),
        evidence: "measured: OpenBao 2.7.2 and hashicorp/hcl v1.0.1-vault-7 answer `illegal char`",
        check: Document(check_byte_order_mark),
    }
}

fn check_byte_order_mark(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    for_each_problem(
        cx,
        parsed,
        |kind| matches!(kind, ProblemKind::ByteOrderMark),
        |cx, problem| {
            let fix = cx.replace("Remove the byte order mark", Applicability::Safe, problem.span, "");
            cx.report(problem.span, "the text starts with a byte order mark (U+FEFF)")
                .help("save the file as UTF-8 without a mark: the reader takes it for an illegal character")
                .fix(fix);
        },
    );
}
