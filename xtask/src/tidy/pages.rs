//! A rule and its page go together.

use std::collections::BTreeSet;

use super::File;

const PAGES: &str = "core/src/rules/docs/";
const RULES: &str = "core/src/rules/";

/// Every page without a rule, and every rule without a page.
pub(super) fn check(files: &[File]) -> Vec<String> {
    let pages: BTreeSet<&str> =
        files.iter().filter_map(|file| file.path.strip_prefix(PAGES)?.strip_suffix(".md")).collect();
    let codes: BTreeSet<&str> = files
        .iter()
        .filter(|file| is_rules_source(file))
        .flat_map(|file| declared_codes(&file.text))
        .collect();
    let orphans = pages.difference(&codes).map(|page| format!("{PAGES}{page}.md: no rule has this code"));
    let bare =
        codes.difference(&pages).map(|code| format!("{PAGES}{code}.md: missing, and {code} is a rule"));
    orphans.chain(bare).collect()
}

fn is_rules_source(file: &File) -> bool {
    file.path.starts_with(RULES) && file.path.ends_with(".rs")
}

/// The codes in `code: "ROLE003"`, as `declare_rule!` has them: some capitals, then three digits.
fn declared_codes(text: &str) -> Vec<&str> {
    let declarations =
        text.lines().filter_map(|line| line.trim().strip_prefix("code: \"")?.split('"').next());
    declarations.filter(|code| is_code(code)).collect()
}

fn is_code(text: &str) -> bool {
    let family = text.trim_end_matches(|character: char| character.is_ascii_digit());
    text.len() == family.len() + 3
        && !family.is_empty()
        && family.chars().all(|character| character.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_rule_and_its_page_need_each_other() {
        let rule = file(
            "core/src/rules/role/orphan.rs",
            "declare_rule! {\n    code: \"ROLE003\", name: \"orphan-role\",\n",
        );
        let page = file("core/src/rules/docs/ROLE003.md", "");
        let stray = file("core/src/rules/docs/ROLE004.md", "");
        assert_eq!(check(&[rule.clone(), page.clone()]), Vec::<String>::new());
        assert_eq!(
            check(std::slice::from_ref(&rule)),
            ["core/src/rules/docs/ROLE003.md: missing, and ROLE003 is a rule"]
        );
        assert_eq!(check(&[rule, page, stray]), ["core/src/rules/docs/ROLE004.md: no rule has this code"]);
    }
}
