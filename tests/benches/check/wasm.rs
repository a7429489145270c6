//! The same documents through WebAssembly in Node.

use std::process::Command;

use crate::documents::samples;
use crate::page::{Goal, Page};

/// Text in, text out; `cargo xtask bench check` builds the file and says where it is.
pub(crate) fn table(page: &mut Page) -> Result<(), Box<dyn std::error::Error>> {
    let Some(glue) = std::env::var_os("NOMAD_VAULT_WASM") else {
        page.note("WebAssembly was not measured: `NOMAD_VAULT_WASM` names no file.");
        return Ok(());
    };
    let script = nomad_vault_tests::repository().join("wasm/tests/bench.mjs");
    let mut rows = Vec::new();
    for (number, sample) in samples().iter().enumerate() {
        let name = format!("nomad-vault-bench-{}-{number}.json", std::process::id());
        let request = std::env::temp_dir().join(name);
        std::fs::write(&request, sample.request())?;
        let output = Command::new("node").arg(&script).arg(&glue).arg(&request).output();
        std::fs::remove_file(&request)?;
        let output = output?;
        let milliseconds: f64 = String::from_utf8(output.stdout)?.trim().parse()?;
        let speed = sample.text.len() as f64 / 1e3 / milliseconds;
        let goal = if sample.kind == "policy" { Goal::AtLeast(40.0, speed) } else { Goal::None };
        let size = format!("{} KB", sample.text.len() / 1_000);
        rows.push(vec![sample.title(), size, format!("{speed:.0} MB/s"), goal.verdict()]);
    }
    page.table("Judging in WebAssembly (Node)", &["document", "size", "speed", "goal 40 MB/s"], rows);
    Ok(())
}
