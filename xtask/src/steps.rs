//! Runs the parts of a task one after another, to the end also when one fails, and sums up.

use std::time::Instant;

use crate::failure::Failure;

/// What became of the parts of a task.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    failed: Vec<String>,
    done: usize,
}

impl Steps {
    /// Runs one part, with its name before and its outcome after it; the outcome is also returned.
    pub(crate) fn step<T>(&mut self, name: &str, run: impl FnOnce() -> Result<T, Failure>) -> Option<T> {
        println!("\n==> {name}");
        let started = Instant::now();
        let outcome = run();
        let seconds = started.elapsed().as_secs_f32();
        self.done += 1;
        match outcome {
            Ok(value) => {
                println!("==> {name}: done ({seconds:.1} s)");
                Some(value)
            }
            Err(failure) => {
                println!("==> {name}: FAILED ({seconds:.1} s): {failure}");
                self.failed.push(format!("{name}: {failure}"));
                None
            }
        }
    }

    /// Lists what failed, if anything did.
    pub(crate) fn finish(&self, task: &str) -> Result<(), Failure> {
        if self.failed.is_empty() {
            println!("\n{task}: all {} parts are fine", self.done);
            return Ok(());
        }
        println!("\n{task}: {} of {} parts failed:", self.failed.len(), self.done);
        for failure in &self.failed {
            println!("  {failure}");
        }
        Err(Failure::told())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_part_does_not_stop_the_others_but_the_task() {
        let mut steps = Steps::default();
        assert_eq!(steps.step("one", || Ok(1)), Some(1));
        assert_eq!(steps.step("two", || Err::<(), _>(Failure::new("broken"))), None);
        assert_eq!(steps.step("three", || Ok(3)), Some(3));
        assert_eq!(steps.finish("task"), Err(Failure::told()));
    }
}
