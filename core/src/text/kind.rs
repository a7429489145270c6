//! Telling what a document is, by its name and the words at its top level.

use super::DocumentKind;

/// How much of a text is looked at.
const MAX_SCANNED_BYTES: usize = 256 * 1024;

impl DocumentKind {
    /// What a document is, as far as its text and its name tell.
    ///
    /// A text that is clearly of one kind decides, whatever the name; one that is clearly something else
    /// (Terraform, a Vault server's configuration, an ACL policy of Nomad) is of no kind.
    pub fn detect(name: &str, text: &str) -> Option<Self> {
        match read_signs(text).verdict() {
            Verdict::Kind(kind) => Some(kind),
            Verdict::Foreign => None,
            Verdict::Unclear => by_name(name),
        }
    }
}

/// What a word at the top level of a document says about its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Job,
    Policy,
    Token,
    Role,
    Agent,
    Foreign,
}

/// What follows a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// `word {`, `word "label"`, `word = {`, `"word": {`, `"word": [`.
    Block,
    /// Anything else.
    Attribute,
}

/// Top-level words of HCL. The shape is what must follow; `None` accepts both.
const HCL_SIGNS: &[(&str, Option<Shape>, Sign)] = &[
    ("job", Some(Shape::Block), Sign::Job),
    ("path", None, Sign::Policy),
    ("vault", Some(Shape::Block), Sign::Agent),
    ("server", Some(Shape::Block), Sign::Agent),
    ("client", Some(Shape::Block), Sign::Agent),
    // Terraform, Terragrunt and Packer.
    ("build", Some(Shape::Block), Sign::Foreign),
    ("data", Some(Shape::Block), Sign::Foreign),
    ("include", Some(Shape::Block), Sign::Foreign),
    ("module", Some(Shape::Block), Sign::Foreign),
    ("provider", Some(Shape::Block), Sign::Foreign),
    ("resource", Some(Shape::Block), Sign::Foreign),
    ("terraform", Some(Shape::Block), Sign::Foreign),
    // Vault's own server and agent, consul-template.
    ("api_addr", None, Sign::Foreign),
    ("auto_auth", Some(Shape::Block), Sign::Foreign),
    ("listener", Some(Shape::Block), Sign::Foreign),
    ("seal", Some(Shape::Block), Sign::Foreign),
    ("storage", Some(Shape::Block), Sign::Foreign),
    ("template", Some(Shape::Block), Sign::Foreign),
    // ACL policies of Nomad and Consul.
    ("key_prefix", Some(Shape::Block), Sign::Foreign),
    ("namespace", Some(Shape::Block), Sign::Foreign),
    ("node_prefix", Some(Shape::Block), Sign::Foreign),
    ("service_prefix", Some(Shape::Block), Sign::Foreign),
];

/// Members of the outermost JSON object, and of its `data`.
const JSON_SIGNS: &[(&str, Option<Shape>, Sign)] = &[
    ("Job", Some(Shape::Block), Sign::Job),
    ("job", Some(Shape::Block), Sign::Job),
    ("TaskGroups", None, Sign::Job),
    ("path", Some(Shape::Block), Sign::Policy),
    ("accessor", None, Sign::Token),
    ("auth/token/create", Some(Shape::Block), Sign::Token),
    ("auth/token/lookup", Some(Shape::Block), Sign::Token),
    ("auth/token/lookup-self", Some(Shape::Block), Sign::Token),
    ("auth/token/renew-self", Some(Shape::Block), Sign::Token),
    ("auth/token/revoke-accessor", Some(Shape::Block), Sign::Token),
    ("sys/capabilities-self", Some(Shape::Block), Sign::Token),
    ("creation_time", None, Sign::Token),
    ("creation_ttl", None, Sign::Token),
    ("expire_time", None, Sign::Token),
    ("issue_time", None, Sign::Token),
    ("num_uses", None, Sign::Token),
    ("policies", Some(Shape::Block), Sign::Token),
    ("allowed_entity_aliases", None, Sign::Role),
    ("allowed_policies", None, Sign::Role),
    ("allowed_policies_glob", None, Sign::Role),
    ("disallowed_policies", None, Sign::Role),
    ("disallowed_policies_glob", None, Sign::Role),
    ("explicit_max_ttl", None, Sign::Role),
    ("orphan", None, Sign::Role),
    ("path_suffix", None, Sign::Role),
    ("period", None, Sign::Role),
    ("renewable", None, Sign::Role),
    ("token_explicit_max_ttl", None, Sign::Role),
    ("token_period", None, Sign::Role),
    ("client", Some(Shape::Block), Sign::Agent),
    ("server", Some(Shape::Block), Sign::Agent),
    ("vault", Some(Shape::Block), Sign::Agent),
    // Roles of the JWT method, answers of other endpoints, Vault's own server.
    ("auth", Some(Shape::Block), Sign::Foreign),
    ("bound_audiences", None, Sign::Foreign),
    ("listener", None, Sign::Foreign),
    ("role_type", None, Sign::Foreign),
    ("storage", None, Sign::Foreign),
    ("user_claim", None, Sign::Foreign),
];

/// The signs that were seen.
#[derive(Debug, Default)]
struct Signs(Vec<Sign>);

enum Verdict {
    Kind(DocumentKind),
    Foreign,
    Unclear,
}

impl Signs {
    fn see(&mut self, signs: &[(&str, Option<Shape>, Sign)], word: &[u8], shape: Shape) {
        let sign = signs
            .iter()
            .find(|(name, needed, _)| name.as_bytes() == word && needed.is_none_or(|needed| needed == shape));
        if let Some((.., sign)) = sign.filter(|(.., sign)| !self.0.contains(sign)) {
            self.0.push(*sign);
        }
    }

    /// A job or a policy is told by one word; the others by what stands beside it, the surer sign first.
    fn verdict(&self) -> Verdict {
        let kinds = [
            (Sign::Job, Verdict::Kind(DocumentKind::Job)),
            (Sign::Policy, Verdict::Kind(DocumentKind::Policy)),
            (Sign::Foreign, Verdict::Foreign),
            (Sign::Token, Verdict::Kind(DocumentKind::Token)),
            (Sign::Role, Verdict::Kind(DocumentKind::TokenRole)),
            (Sign::Agent, Verdict::Kind(DocumentKind::AgentConfig)),
        ];
        kinds
            .into_iter()
            .find(|(sign, _)| self.0.contains(sign))
            .map_or(Verdict::Unclear, |(_, verdict)| verdict)
    }

    fn are_decided(&self) -> bool {
        self.0.contains(&Sign::Job) || self.0.contains(&Sign::Policy)
    }
}

fn read_signs(text: &str) -> Signs {
    let bytes = text.trim_start_matches('\u{feff}').as_bytes();
    let mut scanner = Scanner { bytes: bytes.get(..MAX_SCANNED_BYTES).unwrap_or(bytes), position: 0 };
    scanner.skip_space(true);
    if scanner.peek() == Some(b'{') { scanner.json_signs() } else { scanner.hcl_signs() }
}

/// Walks over a text without understanding more of it than strings, comments and brackets.
struct Scanner<'t> {
    bytes: &'t [u8],
    position: usize,
}

impl<'t> Scanner<'t> {
    fn hcl_signs(&mut self) -> Signs {
        let mut signs = Signs::default();
        let mut depth = 0_u32;
        let mut at_item = true;
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' => at_item |= depth == 0,
                b'{' | b'[' | b'(' => depth += 1,
                b'}' | b']' | b')' => {
                    depth = depth.saturating_sub(1);
                    at_item |= depth == 0;
                }
                b'<' if self.skip_heredoc() => continue,
                b'"' | b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                    let word = self.word();
                    if depth == 0 && at_item {
                        let shape = self.shape();
                        signs.see(HCL_SIGNS, word, shape);
                        at_item = false;
                    }
                    if signs.are_decided() {
                        break;
                    }
                    continue;
                }
                _ if self.skip_comment() => continue,
                _ => {}
            }
            self.position += 1;
        }
        signs
    }

    fn json_signs(&mut self) -> Signs {
        let mut signs = Signs::default();
        let mut depth = 0_u32;
        let mut in_data = false;
        while let Some(byte) = self.peek() {
            match byte {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                b'"' => {
                    let word = self.word();
                    self.skip_space(true);
                    if self.peek() == Some(b':') && (depth == 1 || depth == 2 && in_data) {
                        signs.see(JSON_SIGNS, word, self.shape());
                        in_data = if depth == 1 { word == b"data" } else { in_data };
                    }
                    if signs.are_decided() {
                        break;
                    }
                    continue;
                }
                _ => {}
            }
            self.position += 1;
        }
        signs
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.position).copied()
    }

    fn rest(&self) -> &'t [u8] {
        self.bytes.get(self.position..).unwrap_or_default()
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&wanted) {
            self.position += 1;
        }
    }

    fn skip_space(&mut self, with_lines: bool) {
        loop {
            self.skip_while(|byte| {
                matches!(byte, b' ' | b'\t') || with_lines && matches!(byte, b'\r' | b'\n')
            });
            if !self.skip_comment() {
                return;
            }
        }
    }

    fn skip_comment(&mut self) -> bool {
        let rest = self.rest();
        if rest.starts_with(b"#") || rest.starts_with(b"//") {
            self.skip_while(|byte| byte != b'\n');
        } else if rest.starts_with(b"/*") {
            let end = rest.windows(2).skip(2).position(|pair| pair == b"*/");
            self.position += end.map_or(rest.len(), |end| end + 4);
        } else {
            return false;
        }
        true
    }

    /// Skips `<<EOF … EOF`.
    fn skip_heredoc(&mut self) -> bool {
        let rest = self.rest();
        let Some(after) = rest.strip_prefix(b"<<") else { return false };
        let after = after.strip_prefix(b"-").unwrap_or(after);
        let anchor_length = after.iter().take_while(|byte| is_word(**byte)).count();
        let Some(anchor) = after.get(..anchor_length).filter(|anchor| !anchor.is_empty()) else {
            return false;
        };
        let mut skipped = 0;
        for (number, line) in rest.split_inclusive(|byte| *byte == b'\n').enumerate() {
            if number > 0 && line.trim_ascii() == anchor {
                break;
            }
            skipped += line.len();
        }
        self.position += skipped;
        true
    }

    /// Reads a quoted or bare word, without its quotes. A string ends at the end of its line at the latest.
    fn word(&mut self) -> &'t [u8] {
        let quoted = self.peek() == Some(b'"');
        self.position += usize::from(quoted);
        let start = self.position;
        if !quoted {
            self.skip_while(is_word);
            return self.bytes.get(start..self.position).unwrap_or_default();
        }
        while let Some(byte) = self.peek().filter(|byte| !matches!(byte, b'"' | b'\n')) {
            self.position += if byte == b'\\' { 2 } else { 1 };
        }
        let word = self.bytes.get(start..self.position).unwrap_or_default();
        self.position += usize::from(self.peek() == Some(b'"'));
        word
    }

    /// What follows the word that was just read; stays before it.
    fn shape(&self) -> Shape {
        let mut ahead = Scanner { bytes: self.bytes, position: self.position };
        ahead.skip_space(false);
        if matches!(ahead.peek(), Some(b'=' | b':')) {
            ahead.position += 1;
            ahead.skip_space(true);
            return if matches!(ahead.peek(), Some(b'{' | b'[')) { Shape::Block } else { Shape::Attribute };
        }
        match ahead.peek() {
            Some(b'{' | b'"') => Shape::Block,
            Some(byte) if is_word(byte) => Shape::Block,
            _ => Shape::Attribute,
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Words of file names, in the order in which they decide.
const NAME_WORDS: &[(&[&str], DocumentKind)] = &[
    (&["policy", "policies"], DocumentKind::Policy),
    (&["role", "roles"], DocumentKind::TokenRole),
    (&["token", "lookup"], DocumentKind::Token),
    (&["job", "jobs", "jobspec"], DocumentKind::Job),
    (&["agent", "server", "client", "config"], DocumentKind::AgentConfig),
];

/// Words of the folders around a file, the nearest first.
const FOLDER_WORDS: &[(&[&str], DocumentKind)] = &[
    (&["policy", "policies"], DocumentKind::Policy),
    (&["role", "roles"], DocumentKind::TokenRole),
    (&["job", "jobs"], DocumentKind::Job),
    (&["config", "agent", "agents"], DocumentKind::AgentConfig),
];

fn by_name(name: &str) -> Option<DocumentKind> {
    let name = name.to_ascii_lowercase();
    let mut parts = name.rsplit(['/', '\\']);
    let file = parts.next()?;
    let (stem, extension) = file.rsplit_once('.').unwrap_or((file, ""));
    match extension {
        "nomad" => return Some(DocumentKind::Job),
        "policy" => return Some(DocumentKind::Policy),
        "hcl" | "json" if stem.ends_with(".nomad") => return Some(DocumentKind::Job),
        "hcl" | "json" | "" => {}
        _ => return None,
    }
    let is_possible = |kind: &DocumentKind| {
        !matches!(kind, DocumentKind::TokenRole | DocumentKind::Token) || extension != "hcl"
    };
    let named = |words: &[(&[&str], DocumentKind)], text: &str| {
        words.iter().find(|(words, kind)| is_possible(kind) && has_word(text, words)).map(|(_, kind)| *kind)
    };
    named(NAME_WORDS, stem)
        .or_else(|| parts.find_map(|folder| named(FOLDER_WORDS, folder)).filter(|_| !extension.is_empty()))
}

fn has_word(text: &str, words: &[&str]) -> bool {
    text.split(|character: char| !character.is_ascii_alphanumeric()).any(|word| words.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cases: &[(&str, &str, Option<DocumentKind>)]) {
        for (name, text, expected) in cases {
            assert_eq!(DocumentKind::detect(name, text), *expected, "{name}: {text}");
        }
    }

    #[test]
    fn the_text_decides() {
        use DocumentKind::{AgentConfig, Job, Policy, Token, TokenRole};
        check(&[
            ("-", "path \"secret/*\" { capabilities = [\"read\"] }", Some(Policy)),
            ("-", "\u{feff}# comment\n/* and\n another */ path \"a", Some(Policy)),
            ("-", "\"path\" \"a\" {}", Some(Policy)),
            ("-", "{\"path\": {\"secret/*\": {\"capabilities\": [\"read\"]}}}", Some(Policy)),
            ("-", "job \"web\" {\n", Some(Job)),
            ("-", "variable \"x\" {\n  default = \"}\"\n}\njob \"web\" {}", Some(Job)),
            ("-", "locals {\n  t = <<EOF\npath \"x\" {\nEOF\n}\njob web {}", Some(Job)),
            ("-", "{\"Job\": {\"ID\": \"web\"}}", Some(Job)),
            ("-", "{\"job\": {\"web\": {}}}", Some(Job)),
            ("-", "{\"ID\": \"web\", \"TaskGroups\": []}", Some(Job)),
            ("-", "{\"allowed_policies\": \"a,b\", \"orphan\": false}", Some(TokenRole)),
            ("-", "{\"name\": \"nomad\", \"period\": 1", Some(TokenRole)),
            ("-", "{\"request_id\": \"\", \"data\": {\"orphan\": true, \"period\": 0}}", Some(TokenRole)),
            ("-", "{\"data\": {\"accessor\": \"a\", \"orphan\": true}}", Some(Token)),
            ("-", "{\"data\": {\"policies\": [\"root\"], \"path\": \"auth/token/root\"}}", Some(Token)),
            ("-", "{\"creation_ttl\": 0, \"explicit_max_ttl\": 0}", Some(Token)),
            ("-", "{\"data\": {\"auth/token/lookup\": [\"deny\"]}}", Some(Token)),
            ("-", "vault {\n  enabled = true\n}", Some(AgentConfig)),
            ("-", "data_dir = \"/opt\"\nserver {\n}", Some(AgentConfig)),
            ("-", "{\"vault\": {\"enabled\": true}}", Some(AgentConfig)),
            ("-", "{\"vault\": [{\"enabled\": true}]}", Some(AgentConfig)),
            ("job.nomad", "path \"a\" {}", Some(Policy)),
            ("policy.hcl", "job \"web\" {}", Some(Job)),
        ]);
    }

    #[test]
    fn what_is_clearly_something_else_has_no_kind() {
        check(&[
            ("policy.hcl", "resource \"vault_policy\" \"p\" {\n  path = \"x\"\n}", None),
            ("nomad-policy.hcl", "namespace \"default\" {\n  policy = \"read\"\n}", None),
            ("agent.hcl", "vault {\n}\nauto_auth {\n}", None),
            ("config.hcl", "storage \"raft\" {\n}\nlistener \"tcp\" {}", None),
            ("jwt-role.json", "{\"role_type\": \"jwt\", \"token_period\": 1}", None),
            ("login.json", "{\"auth\": {\"accessor\": \"\"}}", None),
        ]);
    }

    #[test]
    fn the_name_decides_where_the_text_does_not() {
        use DocumentKind::{AgentConfig, Job, Policy, Token, TokenRole};
        check(&[
            ("web.nomad", "", Some(Job)),
            ("web.nomad.hcl", "", Some(Job)),
            ("a/nomad-server-policy.hcl", "", Some(Policy)),
            ("a/policies/web.hcl", "# nothing yet", Some(Policy)),
            ("nomad-server-role.json", "{}", Some(TokenRole)),
            ("nomad-server-role.json", "{ \"allo", Some(TokenRole)),
            ("token-lookup.json", "", Some(Token)),
            ("C:\\nomad\\agent.hcl", "", Some(AgentConfig)),
            ("server.json", "{}", Some(AgentConfig)),
            ("etc/config/10-base.hcl", "datacenter = \"dc1\"", Some(AgentConfig)),
            ("policies/README.md", "", None),
            ("package.json", "{\"name\": \"x\"}", None),
            ("-", "", None),
            ("roles/x.hcl", "", None),
        ]);
    }

    #[test]
    fn hostile_text_is_cheap() {
        let open = "{".repeat(1_000_000);
        assert_eq!(DocumentKind::detect("x", &open), None);
        let comments = "/*".repeat(1_000_000);
        assert_eq!(DocumentKind::detect("x", &comments), None);
        let heredocs = "a = <<E\n".repeat(100_000);
        assert_eq!(DocumentKind::detect("x", &heredocs), None);
        let words = "job\n".repeat(100_000);
        assert_eq!(DocumentKind::detect("x", &words), None);
    }
}
