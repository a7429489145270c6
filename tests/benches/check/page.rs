//! The tables, on the terminal and in `docs/BENCHMARKS.md`.

use std::fmt::Write;

const START: &str = "<!-- written by `cargo xtask bench check` -->\n";
const END: &str = "<!-- end -->\n";

const HEAD: &str = "# Benchmarks\n\nOne run of `cargo xtask bench check`. Times are processor time, the best of several runs, so a busy machine changes\nthem little; the documents are made by templates (`tests/src/generate.rs`). The goals are those of the issues.\nInstructions per byte are the figure to compare between releases.\n\n";

/// What a figure should be.
pub(crate) enum Goal {
    AtLeast(f64, f64),
    AtMost(f64, f64),
    None,
}

impl Goal {
    pub(crate) fn verdict(&self) -> String {
        let is_met = match self {
            Self::AtLeast(goal, figure) => figure >= goal,
            Self::AtMost(goal, figure) => figure <= goal,
            Self::None => return String::new(),
        };
        if is_met { "met" } else { "missed" }.to_owned()
    }
}

/// All tables of a run.
#[derive(Default)]
pub(crate) struct Page {
    text: String,
}

impl Page {
    pub(crate) fn table(&mut self, title: &str, heads: &[&str], rows: Vec<Vec<String>>) {
        let mut table =
            format!("## {title}\n\n| {} |\n|{}\n", heads.join(" | "), " --- |".repeat(heads.len()));
        for row in rows {
            // Writing to a String does not fail.
            let _ = writeln!(table, "| {} |", row.join(" | "));
        }
        self.add(&table);
    }

    pub(crate) fn note(&mut self, note: &str) {
        self.add(&format!("{note}\n"));
    }

    fn add(&mut self, part: &str) {
        println!("{part}");
        self.text.push_str(part);
        self.text.push('\n');
    }

    /// Writes the page; what stands outside of the markers stays.
    pub(crate) fn finish(self) -> Result<(), Box<dyn std::error::Error>> {
        let path = nomad_vault_tests::repository().join("docs/BENCHMARKS.md");
        let old = std::fs::read_to_string(&path).unwrap_or_else(|_| format!("{HEAD}{START}{END}"));
        let (before, rest) = old.split_once(START).ok_or("docs/BENCHMARKS.md has lost its first marker")?;
        let (_, after) = rest.split_once(END).ok_or("docs/BENCHMARKS.md has lost its last marker")?;
        std::fs::write(path, format!("{before}{START}\n{}{END}{after}", self.text))?;
        Ok(())
    }
}
