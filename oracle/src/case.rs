//! Stored cases: one form for what was found by chance and what was written by hand.
//!
//! A file of `tests/corpus/oracle` is a list of cases:
//!
//! ```json
//! [{ "note": "why it is kept", "kind": "role", "question": {}, "answer": {} }]
//! ```
//!
//! `answer` is that of OpenBao 2.7.2.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::acl::AclQuestion;
use crate::http::Client;
use crate::parse::{ParseQuestion, VerdictQuestion};
use crate::question::Question;
use crate::role::RoleQuestion;
use crate::token::TokenQuestion;

/// A stored case.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Why it is kept.
    pub note: String,
    /// The kind of the question.
    pub kind: String,
    /// The question.
    pub question: Value,
    /// The server's answer.
    pub answer: Value,
}

impl Case {
    /// A question and the server's answer to it.
    pub fn new<Q: Question>(note: &str, question: &Q, answer: &Value) -> Self {
        let (note, kind) = (note.to_owned(), Q::KIND.to_owned());
        Self { note, kind, question: question.to_json(), answer: answer.clone() }
    }

    /// What the core answers instead, if it does not agree.
    ///
    /// # Errors
    /// When the case is of no known kind, or its question is not of its kind.
    pub fn difference(&self) -> Result<Option<Vec<Value>>, String> {
        match self.kind.as_str() {
            RoleQuestion::KIND => self.judge::<RoleQuestion>(),
            AclQuestion::KIND => self.judge::<AclQuestion>(),
            ParseQuestion::KIND => self.judge::<ParseQuestion>(),
            VerdictQuestion::KIND => self.judge::<VerdictQuestion>(),
            TokenQuestion::KIND => self.judge::<TokenQuestion>(),
            kind => Err(format!("no question is of the kind `{kind}`")),
        }
    }

    fn judge<Q: Question>(&self) -> Result<Option<Vec<Value>>, String> {
        let question = Q::from_json(&self.question)
            .ok_or_else(|| format!("no {} question: {}", self.kind, self.question))?;
        let accepted = question.judge();
        Ok((!accepted.contains(&self.answer)).then_some(accepted))
    }

    /// The same case with the answer that the server gives now.
    fn answered<Q: Question>(mut self, client: &mut Client) -> io::Result<Self> {
        let question = Q::from_json(&self.question)
            .ok_or_else(|| io::Error::other(format!("no {} question: {}", self.kind, self.question)))?;
        Q::prepare(client)?;
        self.answer = question.ask(client)?;
        Ok(self)
    }

    fn to_json(&self) -> Value {
        json!({ "note": self.note, "kind": self.kind, "question": self.question, "answer": self.answer })
    }

    fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            note: value["note"].as_str()?.to_owned(),
            kind: value["kind"].as_str()?.to_owned(),
            question: value["question"].clone(),
            answer: value["answer"].clone(),
        })
    }
}

/// The folder of the stored cases.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus/oracle")
}

/// The cases of a file.
///
/// # Errors
/// When the file cannot be read or is not of the form.
pub fn read(file: &Path) -> io::Result<Vec<Case>> {
    let values: Vec<Value> = serde_json::from_slice(&fs::read(file)?)?;
    let cases = values.iter().map(|value| {
        Case::from_json(value)
            .ok_or_else(|| io::Error::other(format!("{}: no case: {value}", file.display())))
    });
    cases.collect()
}

/// Adds a case to the file `found-<kind>.json`, unless its question is there.
///
/// # Errors
/// When the file cannot be read or written.
pub fn keep(case: Case) -> io::Result<PathBuf> {
    let file = folder().join(format!("found-{}.json", case.kind));
    let mut cases = if file.exists() { read(&file)? } else { Vec::new() };
    cases.retain(|kept| kept.question != case.question);
    cases.push(case);
    fs::create_dir_all(folder())?;
    write(&file, &cases)?;
    Ok(file)
}

/// Asks the server for the answers of all cases of a file, and writes them into it. Gives the number of those that
/// the core answers otherwise.
///
/// # Errors
/// When the file cannot be read or written, a case is of no known kind, or the server cannot be reached.
pub fn answer(file: &Path, client: &mut Client) -> io::Result<usize> {
    let mut cases = Vec::new();
    let mut differences = 0;
    for case in read(file)? {
        let case = match case.kind.as_str() {
            RoleQuestion::KIND => case.answered::<RoleQuestion>(client)?,
            TokenQuestion::KIND => case.answered::<TokenQuestion>(client)?,
            AclQuestion::KIND => case.answered::<AclQuestion>(client)?,
            ParseQuestion::KIND => case.answered::<ParseQuestion>(client)?,
            VerdictQuestion::KIND => case.answered::<VerdictQuestion>(client)?,
            kind => return Err(io::Error::other(format!("no question is of the kind `{kind}`"))),
        };
        if let Some(accepted) = case.difference().map_err(io::Error::other)? {
            differences += 1;
            println!("{}:\n  server: {}\n  core:   {accepted:?}", case.note, case.answer);
        }
        cases.push(case);
    }
    write(file, &cases)?;
    println!("{}: {} cases, {differences} differences", file.display(), cases.len());
    Ok(differences)
}

/// One case a line.
fn write(file: &Path, cases: &[Case]) -> io::Result<()> {
    let lines: Vec<String> = cases.iter().map(|case| format!("  {}", case.to_json())).collect();
    fs::write(file, format!("[\n{}\n]\n", lines.join(",\n")))
}
