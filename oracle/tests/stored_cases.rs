//! Every stored case, judged again without a server.

use nomad_vault_oracle::case::{folder, read};

#[test]
fn stored_cases_have_the_servers_answer() {
    let mut judged = 0;
    let mut files: Vec<_> = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        for case in read(&file).unwrap() {
            judged += 1;
            match case.difference() {
                Ok(None) => {}
                Ok(Some(accepted)) => panic!(
                    "{}: {}\n  question: {}\n  server:   {}\n  core:     {}",
                    file.display(),
                    case.note,
                    case.question,
                    case.answer,
                    accepted.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n            ")
                ),
                Err(problem) => panic!("{}: {}: {problem}", file.display(), case.note),
            }
        }
    }
    assert!(judged >= 40, "{judged}");
}
