//! Instructions per byte, counted by callgrind: the figure that is kept from release to release.

use std::process::Command;

use crate::documents::{KINDS, Sample};
use crate::page::Page;

const BYTES: usize = 200_000;

pub(crate) fn table(page: &mut Page) -> Result<(), Box<dyn std::error::Error>> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        page.note("Instructions were not counted: valgrind is not installed.");
        return Ok(());
    }
    let mut rows = Vec::new();
    for kind in KINDS {
        let Some(sample) = Sample::new(kind, BYTES) else { continue };
        // What start and end of the process take is in both counts.
        let count = instructions(kind, 2)?.saturating_sub(instructions(kind, 1)?);
        let per_byte = count as f64 / sample.text.len() as f64;
        rows.push(vec![sample.title(), format!("{} KB", BYTES / 1_000), format!("{per_byte:.0}")]);
    }
    page.table(
        "Instructions of a whole check (callgrind)",
        &["document", "size", "instructions per byte"],
        rows,
    );
    Ok(())
}

fn instructions(kind: &str, runs: u32) -> Result<u64, Box<dyn std::error::Error>> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(std::env::current_exe()?);
    let output = command.args(["--once", kind, &BYTES.to_string(), &runs.to_string()]).output()?;
    let messages = String::from_utf8_lossy(&output.stderr);
    let line = messages
        .lines()
        .find_map(|line| line.split_once("Collected :"))
        .ok_or("callgrind counted nothing")?;
    Ok(line.1.trim().parse()?)
}
