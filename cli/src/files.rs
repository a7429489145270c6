//! Finding and reading the files that are checked.

use std::collections::BTreeSet;
use std::fs::{self, File, FileType};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use indicatif::ProgressBar;
use nomad_vault_core::text::{EncodingProblem, MAX_DOCUMENT_BYTES};
use nomad_vault_core::{Document, DocumentKind};

use crate::exit::Error;
use crate::parallel;

/// The endings of files that are looked at in a folder.
const EXTENSIONS: [&str; 4] = ["hcl", "json", "nomad", "policy"];

/// A file to read.
#[derive(Debug)]
pub(crate) struct Source {
    /// Where it is; `None` is the standard input.
    pub(crate) path: Option<PathBuf>,
    /// The name that findings show.
    pub(crate) name: String,
    /// Whether the user named it, rather than a folder around it.
    is_named: bool,
}

/// A document and the file that it was read from.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The document.
    pub(crate) document: Document,
    /// Where it is; `None` is the standard input.
    pub(crate) path: Option<PathBuf>,
}

/// The files that `paths` mean: files as they are, folders by what is in them, in a stable order, each once.
pub(crate) fn find(paths: &[PathBuf], stdin_name: &str, errors: &mut Vec<Error>) -> Vec<Source> {
    let mut sources = Vec::new();
    for path in paths {
        let name = path.display().to_string();
        if path.as_os_str() == "-" {
            sources.push(Source { path: None, name: stdin_name.to_owned(), is_named: true });
        } else if path.is_dir() {
            walk(path, &mut sources, errors);
        } else {
            sources.push(Source { path: Some(path.clone()), name, is_named: true });
        }
    }
    let mut seen = BTreeSet::new();
    sources.retain(|source| {
        let place = source.path.as_ref().map(|path| fs::canonicalize(path).unwrap_or_else(|_| path.clone()));
        seen.insert(place)
    });
    sources
}

/// Whether a source is this file, however its path is written.
pub(crate) fn is_same(source: Option<&Path>, path: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).ok();
    source.is_some_and(|source| source == path || real(source).is_some_and(|file| Some(file) == real(path)))
}

fn walk(folder: &Path, sources: &mut Vec<Source>, errors: &mut Vec<Error>) {
    let walk = WalkBuilder::new(folder).require_git(false).sort_by_file_name(Ord::cmp).build();
    for entry in walk {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                errors.push(walk_error(folder, &error));
                continue;
            }
        };
        let path = entry.path();
        if !has_known_extension(path) || entry.file_type().is_none_or(|kind| kind.is_dir()) {
            continue;
        }
        // A link to a folder is not followed: it may lead back.
        if entry.path_is_symlink() && path.is_dir() {
            continue;
        }
        let name = path.strip_prefix("./").unwrap_or(path).display().to_string();
        sources.push(Source { path: Some(path.to_owned()), name, is_named: false });
    }
}

fn walk_error(folder: &Path, error: &ignore::Error) -> Error {
    match error {
        // Its own text already names the path.
        ignore::Error::WithPath { path, err } => Error::file(path.display().to_string(), err),
        ignore::Error::WithDepth { err, .. } => walk_error(folder, err),
        error => Error::file(folder.display().to_string(), error),
    }
}

fn has_known_extension(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// Reads the files, several at once. A file of a folder that is of no kind is left out; one that the user
/// named is an error.
pub(crate) fn read(
    sources: Vec<Source>,
    kind: Option<DocumentKind>,
    progress: &ProgressBar,
    errors: &mut Vec<Error>,
) -> Vec<Loaded> {
    let results = parallel::map(&sources, |_, source| {
        let result = read_document(source, kind);
        progress.inc(1);
        result
    });
    let mut loaded = Vec::new();
    for (source, result) in sources.into_iter().zip(results) {
        match result {
            Ok(Some(document)) => loaded.push(Loaded { document, path: source.path }),
            Ok(None) => {}
            Err(problem) => errors.push(Error::file(source.name, problem)),
        }
    }
    loaded
}

fn read_document(source: &Source, kind: Option<DocumentKind>) -> Result<Option<Document>, String> {
    let (bytes, length) = match &source.path {
        Some(path) => read_file(path)?,
        None => {
            let bytes = read_at_most(io::stdin().lock()).map_err(|error| error.to_string())?;
            let length = bytes.len() as u64;
            (bytes, length)
        }
    };
    let text = String::from_utf8_lossy(&bytes);
    let Some(kind) = kind.or_else(|| DocumentKind::detect(&source.name, &text)) else {
        return if source.is_named { Err(unknown_kind(&bytes)) } else { Ok(None) };
    };
    // Bytes that are no text, or too many, are a finding like any other.
    let name = source.name.as_str();
    Ok(Some(if bytes.len() > MAX_DOCUMENT_BYTES {
        Document::unreadable(name, kind, EncodingProblem::TooLarge(length))
    } else {
        Document::from_bytes(name, kind, &bytes)
    }))
}

/// The bytes of a file, of a very long one only the first, and its length.
fn read_file(path: &Path) -> Result<(Vec<u8>, u64), String> {
    let metadata = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if !metadata.is_file() {
        return Err(not_a_file(metadata.file_type()));
    }
    let bytes = File::open(path).and_then(read_at_most).map_err(|error| error.to_string())?;
    let length = metadata.len().max(bytes.len() as u64);
    Ok((bytes, length))
}

/// Reads one byte more than is allowed, so that a longer file shows.
fn read_at_most(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(MAX_DOCUMENT_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn unreadable(path: &Path, error: &io::Error) -> String {
    if path.is_symlink() { format!("broken link: {error}") } else { error.to_string() }
}

fn not_a_file(kind: FileType) -> String {
    let what = if kind.is_dir() { "a folder" } else { "a pipe, socket or device" };
    format!("is {what}, not a file; `-` reads the standard input")
}

fn unknown_kind(bytes: &[u8]) -> String {
    // The encoding, where that is what hides the kind.
    let document = Document::from_bytes("", DocumentKind::Policy, bytes);
    document.encoding_problem().map_or_else(
        || {
            let kinds = DocumentKind::ALL.map(DocumentKind::as_str).join(", ");
            format!("cannot tell what it is; say so with `--kind` ({kinds})")
        },
        describe,
    )
}

fn describe(problem: EncodingProblem) -> String {
    match problem {
        EncodingProblem::Utf16 => "is UTF-16; Nomad and Vault read UTF-8".to_owned(),
        EncodingProblem::Binary => "is a binary file, not a text".to_owned(),
        EncodingProblem::InvalidUtf8(offset) => {
            format!("is not UTF-8: the byte at offset {offset} starts no character")
        }
        EncodingProblem::TooLarge(_) => {
            format!("is larger than {} MiB, the most that is read", MAX_DOCUMENT_BYTES / (1024 * 1024))
        }
    }
}
