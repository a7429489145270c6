//! Replays the fuzz targets: over their seeds in `tests/corpus/fuzz`, and over the same damaged versions of
//! them on every run.

use std::fs;
use std::path::PathBuf;

use nomad_vault_tests::corpus;
use nomad_vault_tests::fuzz::TARGETS;
use nomad_vault_tests::generate::{Random, mutate, soup};

/// How many damaged inputs each target gets.
const INPUTS: usize = 3_000;

#[test]
fn seeds_and_damaged_seeds_hold() {
    for (target, body) in TARGETS {
        let seeds = seeds(target);
        assert!(!seeds.is_empty(), "tests/corpus/fuzz/{target} holds no seed");
        for (path, data) in &seeds {
            run(&format!("{}", path.display()), *body, data);
        }
        let mut random = Random::new(2);
        for number in 0..INPUTS {
            let data = if number % 8 == 0 {
                soup(1 + random.below(24), &mut random).into_bytes()
            } else {
                let (_, data) = random.pick(&seeds);
                mutate(&String::from_utf8_lossy(data), &mut random).into_bytes()
            };
            run(&format!("{target}, damaged input {number}"), *body, &data);
        }
    }
}

fn run(name: &str, body: fn(&[u8]), data: &[u8]) {
    if let Err(panic) = std::panic::catch_unwind(|| body(data)) {
        eprintln!("{name}: {:?}", String::from_utf8_lossy(data));
        std::panic::resume_unwind(panic);
    }
}

fn seeds(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = corpus::folder().join("fuzz").join(target);
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read(&path).unwrap())).collect()
}
