//! Asking many questions.

use std::io;
use std::time::Instant;

use serde_json::Value;

use crate::case::{Case, keep};
use crate::http::Client;
use crate::question::Question;
use crate::random::Random;

/// What to ask.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// At least so many single answers are compared.
    pub checks: usize,
    /// The seed of the questions.
    pub seed: u64,
    /// Whether questions with differing answers are stored.
    pub keeps: bool,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Questions asked.
    pub questions: usize,
    /// Single answers compared.
    pub checks: usize,
    /// Questions that the core answers otherwise.
    pub differences: usize,
}

/// After so many differences the rest would only repeat them.
const MAX_DIFFERENCES: usize = 20;

/// So often is a question made smaller.
const MAX_SHRINKING: usize = 400;

/// Asks questions of one kind, and prints what differs, each made as small as it differs still.
///
/// # Errors
/// When the server cannot be reached, or a case cannot be stored.
pub fn run<Q: Question>(client: &mut Client, plan: Plan) -> io::Result<Outcome> {
    Q::prepare(client)?;
    let started = Instant::now();
    let mut outcome = Outcome::default();
    while outcome.checks < plan.checks && outcome.differences < MAX_DIFFERENCES {
        let number = outcome.questions as u64;
        let question = Q::random(&mut Random::of_case(plan.seed, number));
        outcome.questions += 1;
        outcome.checks += question.checks();
        let Some(answer) = difference(&question, client)? else { continue };
        outcome.differences += 1;
        let (smallest, answer) = smallest(question, answer, client)?;
        println!("\n{} question {number} of seed {}:", Q::KIND, plan.seed);
        println!("  question: {}", smallest.to_json());
        println!("  server:   {answer}");
        for accepted in smallest.judge() {
            println!("  core:     {accepted}");
        }
        if plan.keeps {
            let note = format!("seed {}, question {number}", plan.seed);
            println!("  stored in {}", keep(Case::new(&note, &smallest, &answer))?.display());
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "oracle {}: seed {}: {} questions, {} checks, {} differences, {seconds:.1} s",
        Q::KIND,
        plan.seed,
        outcome.questions,
        outcome.checks,
        outcome.differences
    );
    Ok(outcome)
}

/// The server's answer, when the core does not accept it. A second may end between two steps of the server, so
/// that only what differs twice differs.
fn difference<Q: Question>(question: &Q, client: &mut Client) -> io::Result<Option<Value>> {
    let accepted = question.judge();
    if accepted.contains(&question.ask(client)?) {
        return Ok(None);
    }
    let answer = question.ask(client)?;
    Ok((!accepted.contains(&answer)).then_some(answer))
}

fn smallest<Q: Question>(question: Q, answer: Value, client: &mut Client) -> io::Result<(Q, Value)> {
    let (mut smallest, mut answer) = (question, answer);
    let mut left = MAX_SHRINKING;
    'smaller: loop {
        for simpler in smallest.simpler() {
            if left == 0 {
                break 'smaller;
            }
            left -= 1;
            if let Some(differing) = difference(&simpler, client)? {
                (smallest, answer) = (simpler, differing);
                continue 'smaller;
            }
        }
        break;
    }
    Ok((smallest, answer))
}
