//! Test files: TOML whose mistakes are told with their places.

use std::ops::Range;

use nomad_vault_core::acl::OperationKind;
use nomad_vault_core::diagnostic::Related;
use nomad_vault_core::diagnostic::render::{Statement, Tone};
use nomad_vault_core::model::{VaultDialect, vault_duration};
use nomad_vault_core::rules::did_you_mean;
use nomad_vault_core::wire::acl::{
    Identity, PolicyTestCase, PolicyTestRequest, PolicyTestToken, PolicyText, ROOT,
};
use nomad_vault_core::{DocumentId, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::values::{json, kind_of};

/// A test file.
#[derive(Debug)]
pub(super) struct TestFile {
    /// The files of the policies.
    pub(super) policies: Vec<PolicyFile>,
    /// The tests, still without the texts of the policies.
    pub(super) request: PolicyTestRequest,
    /// The place of each test, in the order of the results.
    pub(super) places: Vec<Span>,
}

/// A policy's name and file.
#[derive(Debug)]
pub(super) struct PolicyFile {
    pub(super) name: String,
    pub(super) file: String,
    pub(super) at: Span,
}

type Value<'i> = Spanned<DeValue<'i>>;

impl TestFile {
    /// Reads a test file, or tells all mistakes in it.
    pub(super) fn read(text: &str, document: DocumentId) -> Result<Self, Vec<Statement>> {
        let mut reader = Reader { document, mistakes: Vec::new() };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let span = error.span().unwrap_or_default();
            reader.mistake(span, error.message().to_owned(), "", None);
        }
        // Half a file would lead to mistakes that are none.
        if reader.mistakes.is_empty() {
            let file = reader.file(table.get_ref());
            if reader.mistakes.is_empty() {
                return Ok(file);
            }
        }
        reader.mistakes.sort_by_key(|mistake| mistake.places.first().map(|place| place.span));
        Err(reader.mistakes)
    }
}

struct Reader {
    document: DocumentId,
    mistakes: Vec<Statement>,
}

fn span(range: Range<usize>) -> Span {
    Span::new(range.start as u32, range.end as u32)
}

impl Reader {
    fn mistake(&mut self, at: Range<usize>, title: String, label: &str, help: Option<String>) {
        let place = Related { document: self.document, span: span(at), message: label.to_owned() };
        let (tone, places, notes) = (Tone::Error, vec![place], Vec::new());
        self.mistakes.push(Statement { tone, title, places, help, notes });
    }

    fn wrong_type(&mut self, value: &Value<'_>, wanted: &str) {
        let found = kind_of(value.get_ref());
        self.mistake(value.span(), format!("{wanted} is wanted here, not {found}"), "", None);
    }

    /// Tells every key that is not known.
    fn keys(&mut self, table: &DeTable<'_>, known: &[&str], what: &str) {
        for key in table.keys() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let meant = did_you_mean(name, known.iter().copied());
                let help = meant.map_or_else(
                    || format!("{what} has {}", known.join(", ")),
                    |meant| format!("did you mean `{meant}`?"),
                );
                self.mistake(key.span(), format!("{what} has no key `{name}`"), "", Some(help));
            }
        }
    }

    fn string(&mut self, value: &Value<'_>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            _ => {
                self.wrong_type(value, "a text");
                None
            }
        }
    }

    fn table<'v, 'i>(&mut self, value: &'v Value<'i>) -> Option<&'v DeTable<'i>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(table),
            _ => {
                self.wrong_type(value, "a table");
                None
            }
        }
    }

    fn list<'v, 'i>(&mut self, value: &'v Value<'i>) -> Vec<&'v Value<'i>> {
        match value.get_ref() {
            DeValue::Array(elements) => elements.iter().collect(),
            _ => {
                self.wrong_type(value, "a list");
                Vec::new()
            }
        }
    }

    fn file(&mut self, table: &DeTable<'_>) -> TestFile {
        self.keys(table, &["dialect", "policies", "token"], "a test file");
        let mut file =
            TestFile { policies: Vec::new(), request: PolicyTestRequest::default(), places: Vec::new() };
        if let Some(value) = table.get("dialect") {
            file.request.dialect = self.dialect(value);
        }
        if let Some(policies) = table.get("policies").and_then(|value| self.table(value)) {
            for (name, value) in policies {
                if let Some(path) = self.string(value) {
                    let name = name.get_ref().to_string();
                    file.policies.push(PolicyFile { name, file: path, at: span(value.span()) });
                }
            }
        }
        let mut names: Vec<String> = file.policies.iter().map(|policy| policy.name.clone()).collect();
        if !names.iter().any(|name| name == ROOT) {
            file.request.policies.push(PolicyText { name: ROOT.to_owned(), text: String::new() });
            names.push(ROOT.to_owned());
        }
        match table.get("token") {
            Some(tokens) => {
                for token in self.list(tokens) {
                    self.token(token, &names, &mut file);
                }
            }
            None => self.mistake(0..0, "there is no `[[token]]` to test".to_owned(), "", None),
        }
        file
    }

    fn dialect(&mut self, value: &Value<'_>) -> Option<String> {
        let text = self.string(value)?;
        if VaultDialect::parse(&text).is_none() {
            let help = Some("write `openbao-2.7` or `vault-0.6.2`".to_owned());
            self.mistake(value.span(), format!("`{text}` is no server"), "", help);
        }
        Some(text)
    }

    fn token(&mut self, value: &Value<'_>, known: &[String], file: &mut TestFile) {
        let Some(table) = self.table(value) else { return };
        self.keys(table, &["allow", "deny", "identity", "name", "policies"], "a token");
        let mut token = PolicyTestToken::default();
        if let Some(list) = table.get("policies") {
            for policy in self.list(list) {
                let Some(name) = self.string(policy) else { continue };
                if !known.contains(&name) {
                    let meant = did_you_mean(&name, known.iter().map(String::as_str));
                    let help = meant.map_or_else(
                        || format!("name its file under `[policies]`: `{name} = \"{name}.hcl\"`"),
                        |meant| format!("did you mean `{meant}`?"),
                    );
                    self.mistake(policy.span(), format!("no policy is called `{name}`"), "", Some(help));
                }
                token.policies.push(name);
            }
        } else {
            self.mistake(value.span(), "the token has no `policies`".to_owned(), "", None);
        }
        token.name = match table.get("name") {
            Some(name) => self.string(name).unwrap_or_default(),
            None => token.policies.join(" + "),
        };
        token.identity = table.get("identity").and_then(|value| self.identity(value));
        for (key, cases) in [("allow", &mut token.allow), ("deny", &mut token.deny)] {
            let Some(list) = table.get(key) else { continue };
            for case in self.list(list) {
                if let Some(found) = self.case(case) {
                    cases.push(found);
                    file.places.push(span(case.span()));
                }
            }
        }
        if token.allow.is_empty() && token.deny.is_empty() {
            self.mistake(
                value.span(),
                "nothing is tested: the token has neither `allow` nor `deny`".to_owned(),
                "",
                None,
            );
        }
        file.request.tokens.push(token);
    }

    fn identity(&mut self, value: &Value<'_>) -> Option<Identity> {
        self.table(value)?;
        match serde_json::from_value::<Identity>(json(value.get_ref())) {
            Ok(identity) => Some(identity),
            Err(error) => {
                self.mistake(value.span(), format!("this is no identity: {error}"), "", None);
                None
            }
        }
    }

    /// `"read secret/x"`, or a table with parameters.
    fn case(&mut self, value: &Value<'_>) -> Option<PolicyTestCase> {
        let mut case = PolicyTestCase::default();
        let request = match value.get_ref() {
            DeValue::String(_) => value,
            DeValue::Table(table) => {
                self.keys(table, &["parameters", "request", "wrap_ttl"], "a request");
                if let Some(parameters) = table.get("parameters") {
                    self.table(parameters)?;
                    if let serde_json::Value::Object(members) = json(parameters.get_ref()) {
                        case.parameters = members;
                    }
                }
                if let Some(ttl) = table.get("wrap_ttl") {
                    let text = self.string(ttl)?;
                    if let Err(error) = vault_duration(&text) {
                        self.mistake(ttl.span(), format!("`{text}` is no TTL: {error}"), "", None);
                    }
                    case.wrap_ttl = Some(text);
                }
                let Some(request) = table.get("request") else {
                    let help = Some("write `{ request = \"read secret/x\" }`".to_owned());
                    self.mistake(value.span(), "the table has no `request`".to_owned(), "", help);
                    return None;
                };
                request
            }
            _ => {
                self.wrong_type(value, "an operation and a path, such as `\"read secret/x\"`,");
                return None;
            }
        };
        let text = self.string(request)?;
        let Some((operation, path)) = text.trim().split_once(char::is_whitespace) else {
            let help = Some(format!("write `\"read {text}\"`"));
            self.mistake(request.span(), format!("`{text}` is no operation and path"), "", help);
            return None;
        };
        if OperationKind::from_spelling(operation).is_none() {
            let known = OperationKind::ALL.map(OperationKind::as_str);
            let meant = if operation == "write" { Some("update") } else { did_you_mean(operation, known) };
            let help = meant.map_or_else(
                || format!("there are {}", known.join(", ")),
                |meant| format!("did you mean `{meant}`?"),
            );
            self.mistake(request.span(), format!("no operation is called `{operation}`"), "", Some(help));
            return None;
        }
        case.operation = operation.to_owned();
        path.trim().clone_into(&mut case.path);
        Some(case)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mistakes: the text that each is about, and what is said of it.
    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let mistakes = TestFile::read(text, DocumentId(0)).unwrap_err();
        let found: Vec<(&str, String)> = mistakes
            .iter()
            .map(|mistake| {
                let help = mistake.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
                (mistake.places[0].span.of(text), format!("{}{help}", mistake.title))
            })
            .collect();
        let found: Vec<(&str, &str)> = found.iter().map(|(place, title)| (*place, title.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn mistakes_are_told_where_they_are() {
        let head = "[policies]\nweb = \"web.hcl\"\n[[token]]\n";
        check(
            &format!(
                "{head}policies = [\"wep\"]\nalow = []\ndeny = [\"raed a\", \"a\", 3, {{ path = \"a\" }}]\n"
            ),
            &[
                ("[[token]]", "nothing is tested: the token has neither `allow` nor `deny`"),
                ("\"wep\"", "no policy is called `wep`; did you mean `web`?"),
                ("alow", "a token has no key `alow`; did you mean `allow`?"),
                ("\"raed a\"", "no operation is called `raed`; did you mean `read`?"),
                ("\"a\"", "`a` is no operation and path; write `\"read a\"`"),
                ("3", "an operation and a path, such as `\"read secret/x\"`, is wanted here, not a number"),
                ("{ path = \"a\" }", "the table has no `request`; write `{ request = \"read secret/x\" }`"),
                ("path", "a request has no key `path`; a request has parameters, request, wrap_ttl"),
            ],
        );
        check(
            "dialect = \"consul\"",
            &[
                ("", "there is no `[[token]]` to test"),
                ("\"consul\"", "`consul` is no server; write `openbao-2.7` or `vault-0.6.2`"),
            ],
        );
    }

    #[test]
    fn requests_may_have_parameters() {
        let text = "[[token]]\npolicies = [\"root\"]\nallow = [\"read a b\", { request = \"update x\", parameters = { n = 1, t = \"a\" }, wrap_ttl = \"1m\" }]\n[token.identity]\nentity = { name = \"bob\" }\n";
        let file = TestFile::read(text, DocumentId(0)).unwrap();
        let token = &file.request.tokens[0];
        assert_eq!((token.allow[0].path.as_str(), token.name.as_str()), ("a b", "root"));
        assert_eq!(
            serde_json::Value::from(token.allow[1].parameters.clone()),
            serde_json::json!({ "n": 1, "t": "a" })
        );
        assert_eq!(token.identity.as_ref().unwrap().entity.as_ref().unwrap().name, "bob");
        assert_eq!(file.places.len(), 2);
    }
}
