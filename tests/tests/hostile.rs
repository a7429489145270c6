//! Documents that are made to hurt: each gives findings, never a panic, an overflow of the stack or a hang.
//! There is no clock here; the bounds on work are counted in findings and nodes, and a quadratic reader would
//! not end within a developer's patience.

use std::thread;

use nomad_vault_core::check::MAX_FINDINGS_PER_DOCUMENT;
use nomad_vault_core::text::MAX_DOCUMENT_BYTES;
use nomad_vault_core::{Bundle, CheckOptions, Document, DocumentKind, Target, TargetRequest, check};
use nomad_vault_tests::invariants;

const MILLION: usize = 1_000_000;

/// The stack of a test thread, of which a debug build needs most.
const STACK_BYTES: usize = 2 * 1024 * 1024;

/// Judges the bytes as every kind and for both languages of jobs; gives the fewest findings.
fn judge(name: &str, bytes: &[u8]) -> usize {
    let judged = thread::scope(|scope| {
        let builder = thread::Builder::new().stack_size(STACK_BYTES);
        builder.spawn_scoped(scope, || judge_here(bytes)).unwrap().join()
    });
    judged.unwrap_or_else(|_| panic!("{name}: a panic")).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn judge_here(bytes: &[u8]) -> Result<usize, String> {
    let mut fewest = usize::MAX;
    for kind in DocumentKind::ALL {
        for target in [Target::SEED, Target::NEWEST_TOKEN_BASED] {
            if target != Target::SEED && kind != DocumentKind::Job {
                continue;
            }
            let mut bundle = Bundle::new();
            bundle.add_document(Document::from_bytes("hostile", kind, bytes));
            let request = TargetRequest { nomad: Some(target.nomad), vault: Some(target.vault) };
            let report = check(&bundle, &CheckOptions { target: request, ..CheckOptions::default() });
            invariants::report(&bundle, &report).map_err(|error| format!("{kind:?}: {error}"))?;
            assert!(report.diagnostics.len() <= MAX_FINDINGS_PER_DOCUMENT);
            fewest = fewest.min(report.diagnostics.len());
        }
    }
    Ok(fewest)
}

/// Each of these is broken in every language, so each kind of document must have a finding.
fn judge_broken(name: &str, bytes: &[u8]) {
    assert!(judge(name, bytes) > 0, "{name}: nothing is found in one of the kinds");
}

#[test]
fn bytes_that_are_no_text() {
    judge_broken("UTF-16, little-endian", b"\xff\xfep\0a\0t\0h\0");
    judge_broken("UTF-16, big-endian", b"\xfe\xff\0p\0a\0t\0h");
    judge_broken("binary", &[0x7f, b'E', b'L', b'F', 0, 0, 0xff, 0xfe]);
    judge_broken("not UTF-8", b"path \"\xe9\" {}");
    judge_broken("NUL", b"path \"a\0b\" {}\0");
    judge_broken("one byte too long", &vec![b' '; MAX_DOCUMENT_BYTES + 1]);
}

#[test]
fn empty_and_nearly_empty_texts() {
    for text in ["", " ", "\n", "\u{feff}", "\r", "\t\r\n", "#", "//", "/*", "\"", "<<", "=", "\\"] {
        judge(&format!("{text:?}"), text.as_bytes());
    }
}

#[test]
fn byte_order_marks_and_lone_carriage_returns() {
    let policy = "path \"a\" {\r  capabilities = [\"read\"]\r}\r";
    judge("lone CR", policy.as_bytes());
    judge("byte order mark", format!("\u{feff}{policy}").as_bytes());
    judge("many byte order marks", "\u{feff}".repeat(100_000).as_bytes());
    judge("many lone CR", "\r".repeat(MILLION).as_bytes());
}

#[test]
fn nesting_a_million_deep() {
    let patterns = ["{", "[", "(", "a {", "a = {", "a = [", "\"a\" = [", "{\"a\":", "[{\"a\":", "a = f("];
    for pattern in patterns.into_iter().chain(["a = -", "a = !", "a = b ? ", "a = \"${", "a = \"%{if "]) {
        judge_broken(pattern, pattern.repeat(MILLION / pattern.len()).as_bytes());
    }
    let closed = "[".repeat(MILLION / 2) + &"]".repeat(MILLION / 2);
    judge_broken("closed lists", format!("a = {closed}").as_bytes());
    // The loose reader drops the brackets of lists in lists, as Go's does.
    judge("closed lists of JSON", format!("{{\"a\": {closed}}}").as_bytes());
}

#[test]
fn operators_in_one_long_expression() {
    for piece in ["1 + ", "a.b.", "!", "-", "a[0]", "a ? b : ", "\"x\" + ", "(a) && "] {
        judge(piece, format!("job \"j\" {{\n a = {}1\n}}\n", piece.repeat(50_000)).as_bytes());
    }
}

#[test]
fn a_million_closing_brackets() {
    for bracket in ["}", "]", ")", "}\n", "},", "*/", "\"\n", "\"", ",", ":", "=", ".", "\\", "EOF\n"] {
        judge(bracket, bracket.repeat(MILLION).as_bytes());
    }
}

#[test]
fn a_hundred_thousand_keys() {
    let keys = |item: &dyn Fn(usize) -> String| (0..100_000).map(item).collect::<String>();
    let documents = [
        ("attributes", keys(&|n| format!("key_{n} = {n}\n"))),
        ("one attribute again and again", keys(&|_| "key = 1\n".to_owned())),
        ("keys of one object", format!("a = {{\n{}}}\n", keys(&|n| format!("k{n} = {n}\n")))),
        ("members", format!("{{{}\"z\": 0}}", keys(&|n| format!("\"k{n}\": {n}, ")))),
        ("one member again and again", format!("{{{}\"z\": 0}}", keys(&|_| "\"k\": 1, ".to_owned()))),
        ("path blocks", keys(&|n| format!("path \"a/{n}\" {{\n  capabilities = [\"read\"]\n}}\n"))),
        ("the same path block", keys(&|_| "path \"a\" { capabilities = [\"read\"] }\n".to_owned())),
        ("vault blocks", keys(&|_| "vault {\n}\n".to_owned())),
        ("labels", format!("a {} {{}}\n", keys(&|n| format!("\"l{n}\" ")))),
        ("list elements", format!("a = [{}]\n", keys(&|n| format!("\"e{n}\", ")))),
        (
            "one policy again and again",
            format!("{{\"allowed_policies\": [{}\"z\"]}}", keys(&|_| "\"a\",".to_owned())),
        ),
        ("variables", keys(&|n| format!("variable \"v{n}\" {{\n  default = {n}\n}}\n"))),
        ("tasks", format!("job \"j\" {{\n{}}}\n", keys(&|n| format!("task \"t{n}\" {{\n}}\n")))),
        ("templates", format!("job \"j\" {{\n{}}}\n", keys(&|_| "template {\n}\n".to_owned()))),
        ("ignore comments", keys(&|_| "# nomad-vault: ignore POL001 -- because\n".to_owned())),
        ("errors", keys(&|_| "a = = b\n".to_owned())),
    ];
    for (name, text) in documents {
        judge(name, text.as_bytes());
    }
}

#[test]
fn a_megabyte_in_one_token() {
    let long = "x".repeat(MILLION);
    let documents = [
        ("line", long.clone()),
        ("string", format!("path \"{long}\" {{}}")),
        ("heredoc", format!("a = <<EOF\n{long}\nEOF\n")),
        ("open heredoc", format!("a = <<EOF\n{}", "x\n".repeat(MILLION / 2))),
        ("many open heredocs", "a = <<EOF\n".repeat(100_000)),
        ("different open heredocs", (0..50_000).map(|n| format!("a = <<E{n}\n")).collect()),
        ("comment", format!("/*{long}")),
        ("many open comments", "/*".repeat(MILLION / 2)),
        ("number", format!("a = {}", "9".repeat(MILLION))),
        ("escapes", format!("{{\"a\": \"{}\"}}", "\\u00e9".repeat(MILLION / 6))),
        ("templates", format!("a = \"{}\"", "${x}".repeat(MILLION / 4))),
        ("open templates", format!("a = \"{}", "${\"".repeat(MILLION / 3))),
        ("Go templates", format!("a = <<EOF\n{}\nEOF\n", "{{ with secret \"a\" }}".repeat(50_000))),
        ("wide characters", "𝄞".repeat(MILLION / 4)),
        ("commas in one policy", format!("{{\"allowed_policies\": \"{}\"}}", "a,".repeat(MILLION / 2))),
    ];
    for (name, text) in documents {
        judge(name, text.as_bytes());
    }
}
