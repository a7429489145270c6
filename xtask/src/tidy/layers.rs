//! Who may import whom inside core: the table of DESIGN §3 and docs/ARCHITECTURE.md, held by reading every path.

use super::File;
use super::paths::used_paths;
use super::source::halves;

/// A top-level module of core and the other ones it may import.
struct Layer {
    name: &'static str,
    may_import: &'static [&'static str],
}

const LAYERS: &[Layer] = &[
    Layer { name: "text", may_import: &[] },
    Layer { name: "diagnostic", may_import: &["text"] },
    Layer { name: "syntax", may_import: &["text", "diagnostic"] },
    Layer { name: "model", may_import: &["text", "diagnostic", "syntax"] },
    Layer { name: "creation", may_import: &["text", "diagnostic", "syntax", "model"] },
    Layer { name: "acl", may_import: &["text", "diagnostic", "syntax", "model"] },
    Layer { name: "rules", may_import: &["text", "diagnostic", "syntax", "model", "creation", "acl"] },
    Layer { name: "check", may_import: &["text", "diagnostic", "syntax", "model", "acl", "rules"] },
    Layer {
        name: "wire",
        may_import: &["text", "diagnostic", "syntax", "model", "creation", "acl", "rules", "check"],
    },
    Layer { name: "vault", may_import: &["text", "diagnostic", "model"] },
    Layer {
        name: "session",
        may_import: &["text", "diagnostic", "model", "creation", "acl", "rules", "vault"],
    },
];

/// The renderers are a layer of their own, the topmost: they show what all others know, and nobody imports them.
const RENDERERS: Layer =
    Layer { name: "diagnostic", may_import: &["text", "syntax", "model", "acl", "rules", "check", "wire"] };

/// Every import that goes up, and every module that has no layer.
pub(super) fn check(files: &[File]) -> Vec<String> {
    files.iter().flat_map(check_file).collect()
}

fn check_file(file: &File) -> Vec<String> {
    let Some(module) = module_of(&file.path) else { return Vec::new() };
    let Some(top) = module.first() else { return Vec::new() };
    let Some(layer) = layer_of(&module) else {
        return vec![format!(
            "{}: `{top}` has no layer: give it one in DESIGN §3 and xtask/src/tidy/layers.rs",
            file.path
        )];
    };
    let paths = used_paths(&halves(&file.text).code, &module);
    let broken = paths.iter().filter_map(|path| {
        let problem = problem(layer, &module, &path.segments)?;
        Some(format!("{}:{}: {problem}", file.path, path.line))
    });
    broken.collect()
}

fn layer_of(module: &[&str]) -> Option<&'static Layer> {
    if is_renderer(module) {
        return Some(&RENDERERS);
    }
    LAYERS.iter().find(|layer| module.first() == Some(&layer.name))
}

fn is_renderer(module: &[&str]) -> bool {
    module.starts_with(&["diagnostic", "render"])
}

fn problem(layer: &Layer, module: &[&str], path: &[String]) -> Option<String> {
    let [root, imported, rest @ ..] = path else { return None };
    if root != "crate" {
        return None;
    }
    let is_of_renderers = imported == "diagnostic" && rest.first().is_some_and(|name| name == "render");
    if is_of_renderers && !is_renderer(module) {
        return Some("nobody imports `diagnostic::render`: the host chooses how findings look".to_owned());
    }
    let is_layer = LAYERS.iter().any(|other| other.name == imported);
    if imported == layer.name || is_layer && layer.may_import.contains(&imported.as_str()) {
        return None;
    }
    if is_layer {
        return Some(format!("`{}` may not import `{imported}`", layer.name));
    }
    Some(format!("`{}` imports `crate::{imported}`: name the layer it comes from", layer.name))
}

/// The module a file of core is: `core/src/rules/role/mod.rs` is `["rules", "role"]`, `core/src/lib.rs` the root.
fn module_of(path: &str) -> Option<Vec<&str>> {
    let path = path.strip_prefix("core/src/")?.strip_suffix(".rs")?;
    let mut module: Vec<&str> = path.split('/').collect();
    if module.last() == Some(&"mod") || module == ["lib"] {
        module.pop();
    }
    Some(module)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(path: &str, text: &str) -> Vec<String> {
        check(&[File { path: path.to_owned(), text: text.to_owned() }])
    }

    #[test]
    fn downward_imports_are_fine() {
        let text =
            "use crate::{model::Job, text::Span};\nuse super::super::Rule;\nmod tests { use super::*; }";
        assert_eq!(check_text("core/src/rules/role/orphan.rs", text), Vec::<String>::new());
        assert_eq!(check_text("core/src/lib.rs", "pub use crate::check::check;"), Vec::<String>::new());
        assert_eq!(
            check_text("core/src/diagnostic/render/full.rs", "use crate::diagnostic::render::Style;"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn upward_imports_are_found_however_they_are_written() {
        let up = "`text` may not import `rules`";
        assert_eq!(
            check_text("core/src/text/span.rs", "\nuse crate::rules::Rule;"),
            [format!("core/src/text/span.rs:2: {up}")]
        );
        assert_eq!(
            check_text("core/src/text/mod.rs", "use super::rules::Rule;"),
            [format!("core/src/text/mod.rs:1: {up}")]
        );
        assert_eq!(
            check_text("core/src/text/mod.rs", "fn f(x: crate::rules::Rule) {}"),
            [format!("core/src/text/mod.rs:1: {up}")]
        );
        assert_eq!(
            check_text("core/src/text/mod.rs", "// crate::rules is above\nconst A: &str = \"crate::rules\";"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn the_renderers_and_the_facade_are_imported_by_nobody() {
        assert_eq!(check_text("core/src/check.rs", "use crate::diagnostic::render::full;").len(), 1);
        assert_eq!(check_text("core/src/diagnostic.rs", "use crate::check::Report;").len(), 1);
        assert_eq!(check_text("core/src/diagnostic/render/json.rs", "use crate::check::Report;").len(), 0);
        assert_eq!(check_text("core/src/rules/mod.rs", "use crate::check::check;").len(), 1);
        assert_eq!(check_text("core/src/rules/mod.rs", "use crate::Span;").len(), 1);
        assert_eq!(check_text("core/src/rules/mod.rs", "use crate::*;").len(), 1);
    }

    #[test]
    fn a_module_without_a_layer_is_found() {
        let problems = check_text("core/src/utilities.rs", "");
        assert!(problems.len() == 1 && problems[0].contains("`utilities` has no layer"), "{problems:?}");
    }
}
