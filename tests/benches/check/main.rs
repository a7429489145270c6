//! `cargo xtask bench check`: how fast documents are read and judged, natively and in WebAssembly, in one run.
//!
//! Times are processor time of this thread, the best of several runs, so that a busy
//! machine changes them little. The tables go to the terminal and into `docs/BENCHMARKS.md`.

mod documents;
mod instructions;
mod measure;
mod memory;
mod page;
mod wasm;

use std::sync::Arc;
use std::time::Duration;

use nomad_vault_core::check;
use nomad_vault_core::syntax::{self, Dialect};

use documents::{Sample, growth, samples};
use measure::{best, megabytes_per_second};
use page::{Goal, Page};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--once", kind, bytes, runs] => once(kind, bytes.parse()?, runs.parse()?),
        [] => all(),
        _ => Err("the only arguments are those that the benchmark gives itself".into()),
    }
}

/// What child processes do: judge one document some times, and say how much memory that took.
fn once(kind: &str, bytes: usize, runs: usize) -> Outcome {
    let sample = Sample::new(kind, bytes).ok_or("no such kind of document")?;
    for _ in 0..runs {
        let (bundle, options) = sample.bundle();
        std::hint::black_box(check(&bundle, &options));
    }
    println!("{}", memory::peak_kilobytes()?);
    Ok(())
}

fn all() -> Outcome {
    let mut page = Page::default();
    reading(&mut page);
    judging(&mut page);
    growing(&mut page);
    memory::table(&mut page)?;
    wasm::table(&mut page)?;
    instructions::table(&mut page)?;
    start_up(&mut page)?;
    page.finish()
}

/// Our tree against hcl-edit, on the same texts.
fn reading(page: &mut Page) {
    let mut rows = Vec::new();
    for (name, text, dialect) in documents::readable_by_both() {
        let shared: Arc<str> = Arc::from(text.as_str());
        let ours = best(|| syntax::parse(Arc::clone(&shared), dialect));
        let theirs = best(|| hcl_edit::parser::parse_body(&text).is_ok());
        let times = theirs.as_secs_f64() / ours.as_secs_f64();
        let goal = match dialect {
            // hcl-edit decides whether HCL 2 is valid, so its time is part of ours.
            Dialect::Hcl2 => Goal::None,
            _ => Goal::AtLeast(4.0, times),
        };
        let speeds = [&ours, &theirs].map(|time| megabytes_per_second(text.len(), *time));
        rows.push(vec![
            format!("{name}, {} KB", text.len() / 1_000),
            format!("{:.0} MB/s", speeds[0]),
            format!("{:.0} MB/s", speeds[1]),
            format!("{times:.1}×"),
            goal.verdict(),
        ]);
    }
    page.table(
        "Reading: our tree and hcl-edit",
        &["document", "ours", "hcl-edit", "ours faster by", "goal 4×"],
        rows,
    );
}

fn judging(page: &mut Page) {
    let mut rows = Vec::new();
    for sample in samples() {
        let speed = check_speed(&sample);
        let goal = if sample.kind == "policy" { Goal::AtLeast(100.0, speed) } else { Goal::None };
        let size = format!("{} KB", sample.text.len() / 1_000);
        rows.push(vec![sample.title(), size, format!("{speed:.0} MB/s"), goal.verdict()]);
    }
    page.table("Judging: reading and all rules", &["document", "size", "speed", "goal 100 MB/s"], rows);
}

fn check_speed(sample: &Sample) -> f64 {
    megabytes_per_second(sample.text.len(), check_time(sample))
}

fn check_time(sample: &Sample) -> Duration {
    best(|| {
        let (bundle, options) = sample.bundle();
        check(&bundle, &options)
    })
}

fn growing(page: &mut Page) {
    let mut rows = Vec::new();
    for kind in documents::KINDS {
        for bytes in growth(kind) {
            let (Some(small), Some(large)) = (Sample::new(kind, bytes / 10), Sample::new(kind, *bytes))
            else {
                continue;
            };
            let [before, after] = [&small, &large].map(|sample| check_time(sample).as_secs_f64());
            // The documents are not exactly ten times as long: time per byte is what is compared.
            let factor = 10.0 * (after / large.text.len() as f64) / (before / small.text.len() as f64);
            rows.push(vec![
                large.title(),
                format!("{} KB", large.text.len() / 1_000),
                format!("{:.3} ms", after * 1_000.0),
                format!("{factor:.1}×"),
                Goal::AtMost(12.0, factor).verdict(),
            ]);
        }
    }
    let heads = ["document", "size", "time", "against a tenth of it", "goal 12×"];
    page.table("Growth of the whole check", &heads, rows);
}

/// The command from start to end on one small file; `cargo xtask bench check` builds it and says where it is.
fn start_up(page: &mut Page) -> Outcome {
    let Some(command) = std::env::var_os("NOMAD_VAULT_COMMAND") else {
        page.note("Start-up was not measured: `NOMAD_VAULT_COMMAND` names no program.");
        return Ok(());
    };
    let file = nomad_vault_tests::repository().join("examples/recommended/nomad-server-policy.hcl");
    let mut fastest = f64::INFINITY;
    for _ in 0..40 {
        let started = std::time::Instant::now();
        let output = std::process::Command::new(&command).arg("check").arg(&file).output()?;
        fastest = fastest.min(started.elapsed().as_secs_f64() * 1_000.0);
        if !output.status.success() {
            return Err(format!("the command refuses the example: {}", output.status).into());
        }
    }
    let goal = Goal::AtMost(5.0, fastest).verdict();
    let rows =
        vec![vec!["`nomad-vault check` on one small policy".to_owned(), format!("{fastest:.1} ms"), goal]];
    page.table("Start-up (wall clock, best of 40)", &["what", "time", "goal 5 ms"], rows);
    Ok(())
}
