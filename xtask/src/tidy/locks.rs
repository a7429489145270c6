//! Lock files name the public registries only: a mirror's address works on one machine and leads everyone else astray.

use super::File;

const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";
const NPM: &str = "https://registry.npmjs.org/";

/// Every package that would come from elsewhere.
pub(super) fn check(files: &[File]) -> Vec<String> {
    files.iter().flat_map(check_file).collect()
}

fn check_file(file: &File) -> Vec<String> {
    let name = file.path.rsplit('/').next().unwrap_or(&file.path);
    let sources = match name {
        "Cargo.lock" => cargo_sources(&file.text),
        "package-lock.json" => npm_sources(&file.text),
        _ => return Vec::new(),
    };
    match sources {
        Ok(strangers) => strangers
            .iter()
            .map(|package| format!("{}: {package} does not come from the public registry", file.path))
            .collect(),
        Err(error) => vec![format!("{}: {error}", file.path)],
    }
}

fn cargo_sources(text: &str) -> Result<Vec<String>, String> {
    let lock: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    let packages = lock.get("package").and_then(toml::Value::as_array).map_or(&[][..], Vec::as_slice);
    let strangers = packages
        .iter()
        .filter(|package| package.get("source").is_some_and(|source| source.as_str() != Some(CRATES)));
    Ok(strangers.filter_map(|package| Some(package.get("name")?.as_str()?.to_owned())).collect())
}

/// A package of our own that is only linked has a path for an address.
fn npm_sources(text: &str) -> Result<Vec<String>, String> {
    let lock: serde_json::Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let packages = lock
        .get("packages")
        .and_then(serde_json::Value::as_object)
        .ok_or("no `packages`: use a newer npm")?;
    let strangers = packages.iter().filter(|(_, package)| {
        let is_link = package.get("link") == Some(&serde_json::Value::Bool(true));
        let address = package.get("resolved").and_then(serde_json::Value::as_str);
        address.is_some_and(|address| !address.starts_with(NPM) && (!is_link || address.contains("://")))
    });
    Ok(strangers.map(|(name, _)| name.clone()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(path: &str, text: &str) -> Vec<String> {
        check(&[File { path: path.to_owned(), text: text.to_owned() }])
    }

    #[test]
    fn crates_come_from_crates_io() {
        let ours = "[[package]]\nname = \"ours\"\nversion = \"1.0.0\"\n";
        let public = format!("{ours}[[package]]\nname = \"serde\"\nsource = \"{CRATES}\"\n");
        assert_eq!(check_text("Cargo.lock", &public), Vec::<String>::new());
        let mirrored = public.replace("github.com", "mirror.example");
        assert_eq!(
            check_text("fuzz/Cargo.lock", &mirrored),
            ["fuzz/Cargo.lock: serde does not come from the public registry"]
        );
    }

    #[test]
    fn node_packages_come_from_npm_or_from_this_tree() {
        let public = r#"{"packages":{"":{},"a":{"resolved":"https://registry.npmjs.org/a/-/a-1.0.0.tgz"},"b":{"resolved":"../b","link":true}}}"#;
        assert_eq!(check_text("wasm/js/package-lock.json", public), Vec::<String>::new());
        let mirrored = public.replace("registry.npmjs.org", "mirror.example");
        assert_eq!(
            check_text("package-lock.json", &mirrored),
            ["package-lock.json: a does not come from the public registry"]
        );
    }
}
