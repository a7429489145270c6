//! Peak memory, measured in a process of its own for each document.

use std::process::Command;

use crate::documents::{KINDS, Sample};
use crate::page::{Goal, Page};

const BYTES: usize = 1_000_000;

pub(crate) fn table(page: &mut Page) -> Result<(), Box<dyn std::error::Error>> {
    let mut rows = Vec::new();
    for kind in KINDS {
        let Some(sample) = Sample::new(kind, BYTES) else { continue };
        // Without a run, the process holds the document and itself.
        let (idle, busy) = (child_peak(kind, 0)?, child_peak(kind, 1)?);
        let input = sample.text.len() as f64 / 1_024.0;
        let times = (busy.saturating_sub(idle)) as f64 / input;
        let goal = Goal::AtMost(20.0, times).verdict();
        rows.push(vec![sample.title(), format!("{} KB", BYTES / 1_000), format!("{times:.1}×"), goal]);
    }
    page.table(
        "Peak memory of a check, against the input",
        &["document", "size", "memory", "goal 20×"],
        rows,
    );
    Ok(())
}

fn child_peak(kind: &str, runs: u32) -> Result<u64, Box<dyn std::error::Error>> {
    let mut command = Command::new(std::env::current_exe()?);
    let output = command.args(["--once", kind, &BYTES.to_string(), &runs.to_string()]).output()?;
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// The most memory that this process has had at once, from Linux' `VmHWM`.
pub(crate) fn peak_kilobytes() -> Result<u64, Box<dyn std::error::Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
