//! What is asked of the core.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Applicability, DocumentKind, PositionEncoding};
use crate::check::{self, CheckOptions};
use crate::model::{Bundle, Layout, ParseTargetError, TargetRequest};
use crate::text;

/// Asks for a check of documents that are judged together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CheckRequest {
    /// The documents.
    pub documents: Vec<DocumentText>,
    /// What to judge for: `nomad=0.5.0,vault=0.6.2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub target: Option<String>,
    /// Codes, their beginnings or names to look for; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<String>>"))]
    pub select: Vec<String>,
    /// Codes, their beginnings or names to leave out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<String>>"))]
    pub ignore: Vec<String>,
    /// Whether the documents of each folder are judged by themselves; else all are judged together.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub by_folder: bool,
    /// How offsets are counted in the answer.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<PositionEncoding>"))]
    pub position_encoding: PositionEncoding,
}

/// Asks for the documents with fixes applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ApplyFixesRequest {
    /// What to check.
    pub check: CheckRequest,
    /// Fixes that can be trusted less are not applied.
    pub at_least: Applicability,
}

/// The documents with fixes applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FixedDocuments {
    /// All documents, in the order in which they were given.
    pub documents: Vec<DocumentText>,
}

/// A named text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DocumentText {
    /// Its name, usually a path.
    pub name: String,
    /// What it is; told from name and text when it is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub kind: Option<DocumentKind>,
    /// The name that the policy or the role has on the server, where the document's name does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub server_name: Option<String>,
    /// The text.
    pub text: String,
}

/// Why a request cannot be answered.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// Neither name nor text tell what a document is.
    #[error("cannot tell what `{0}` is: give its kind")]
    UnknownKind(String),
    /// The target cannot be read.
    #[error(transparent)]
    Target(#[from] ParseTargetError),
}

impl CheckRequest {
    /// The documents.
    ///
    /// # Errors
    /// When a document has no kind and none can be told.
    pub fn bundle(&self) -> Result<Bundle, RequestError> {
        let mut bundle = Bundle::new();
        for document in &self.documents {
            let kind = document
                .kind
                .map(Into::into)
                .or_else(|| text::DocumentKind::detect(&document.name, &document.text))
                .ok_or_else(|| RequestError::UnknownKind(document.name.clone()))?;
            let read = text::Document::new(document.name.as_str(), kind, document.text.as_str());
            bundle.add_document(match &document.server_name {
                Some(name) => read.with_server_name(name),
                None => read,
            });
        }
        Ok(bundle)
    }

    /// Judges the documents, all together or those of each folder.
    ///
    /// # Errors
    /// When the target cannot be read.
    pub fn check(&self, bundle: &Bundle) -> Result<check::Report, RequestError> {
        let options = self.options()?;
        if !self.by_folder {
            return Ok(check::check(bundle, &options));
        }
        let places: Vec<&str> = self.documents.iter().map(|document| document.name.as_str()).collect();
        Ok(check::check_sets(bundle, &Layout::default().group(&places), &options))
    }

    /// How to judge.
    ///
    /// # Errors
    /// When the target cannot be read.
    pub fn options(&self) -> Result<CheckOptions, RequestError> {
        let target = self.target.as_deref().map(TargetRequest::parse).transpose()?.unwrap_or_default();
        Ok(CheckOptions { target, select: self.select.clone(), ignore: self.ignore.clone() })
    }
}

impl From<&Bundle> for FixedDocuments {
    fn from(bundle: &Bundle) -> Self {
        let document = |document: &text::Document| DocumentText {
            name: document.name().to_owned(),
            kind: Some(document.kind().into()),
            server_name: None,
            text: document.text().to_owned(),
        };
        Self { documents: bundle.documents().iter().map(document).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_becomes_documents_and_options() {
        let request: CheckRequest = serde_json::from_str(
            r#"{"documents": [{"name": "a", "kind": "policy", "text": ""}, {"name": "b", "text": "path \"x\" {}"}],
                "target": "nomad=0.5.0,vault=0.6.2", "ignore": ["ROLE"], "position_encoding": "utf16"}"#,
        )
        .unwrap();
        let bundle = request.bundle().unwrap();
        assert!(bundle.documents().iter().all(|document| document.kind() == text::DocumentKind::Policy));
        assert_eq!(request.options().unwrap().ignore, ["ROLE"]);
        assert_eq!(request.position_encoding, PositionEncoding::Utf16);
    }

    #[test]
    fn what_cannot_be_answered_is_an_error() {
        let document = DocumentText {
            name: "notes".to_owned(),
            kind: None,
            server_name: None,
            text: "hello".to_owned(),
        };
        let request = CheckRequest {
            documents: vec![document],
            target: Some("consul=1".to_owned()),
            ..CheckRequest::default()
        };
        assert_eq!(request.bundle().unwrap_err(), RequestError::UnknownKind("notes".to_owned()));
        assert!(matches!(request.options(), Err(RequestError::Target(_))));
        assert!(serde_json::from_str::<CheckRequest>(r#"{"documents": [], "selct": []}"#).is_err());
    }
}
