//! `nomad-vault check`: files, kinds, exit codes.

mod support;

use std::fs;

use support::{BROKEN_POLICY, FIXABLE_ROLE, Folder, GOOD_POLICY, command, repository};

#[test]
fn exit_codes_follow_the_findings() {
    let folder = Folder::with(&[
        ("good.policy", GOOD_POLICY),
        ("broken.policy", BROKEN_POLICY),
        ("double-role.json", "{\"period\": 1, \"period\": 2}"),
    ]);
    let cases: &[(&[&str], i32)] = &[
        (&["check", "--select", "SYN", "good.policy"], 0),
        (&["check", "--select", "SYN", "broken.policy"], 3),
        (&["check", "--select", "SYN", "--fail-on", "never", "broken.policy"], 0),
        (&["check", "--ignore", "SYN", "broken.policy"], 0),
        (&["check", "--select", "unclosed-list", "broken.policy"], 0),
        (&["check", "--select", "duplicate-key", "double-role.json"], 0),
        (&["check", "--select", "SYN024", "--fail-on", "warning", "double-role.json"], 3),
        (&["check", "--select", "syn024", "--fail-on", "info", "double-role.json"], 3),
        (&["check", "missing.policy"], 1),
        (&["check", "broken.policy", "missing.policy"], 1),
        (&["check", "--select", "NONE"], 2),
        (&["check", "--kind", "none"], 2),
        (&["check", "--target", "consul=1"], 2),
        (&["check", "--unsafe-fixes"], 2),
        (&["check", "--fix", "--diff"], 2),
        (&["check", "--diff", "--format", "json"], 2),
        (&["chekc"], 2),
        (&[], 2),
        (&["--version"], 0),
        (&["check", "--help"], 0),
    ];
    for (arguments, code) in cases {
        let run = folder.run(arguments);
        assert_eq!(run.code, Some(*code), "{arguments:?}: {run:#?}");
    }
}

#[test]
fn the_examples_are_judged_as_they_should_be() {
    let folder = Folder::new();
    let example = |name: &str| repository().join("examples").join(name).display().to_string();
    let run = folder.run(&["check", &example("recommended")]).exits(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    let run = folder.run(&["check", &example("seed")]).exits(3);
    for underlined in
        ["\"allowed_policies\": \"<comma-seperated list of policies>\",", "\"name\": \"nomad\","]
    {
        assert!(run.stdout.contains(underlined), "{}", run.stdout);
    }
    assert!(run.stderr.starts_with("Judged 4 files together\nFound "), "{}", run.stderr);
    for target in ["nomad=0.5.0,vault=0.6.2", "nomad=1.0.0"] {
        folder.run(&["check", "--target", target, &example("seed")]).exits(3);
    }
}

#[test]
fn a_folder_is_walked_for_files_of_known_kinds() {
    let folder = Folder::with(&[
        ("policies/b.hcl", BROKEN_POLICY),
        ("policies/a.hcl", BROKEN_POLICY),
        ("policies/ignored.hcl", BROKEN_POLICY),
        (".gitignore", "ignored.hcl\n"),
        (".hidden/c.policy", BROKEN_POLICY),
        ("folder.hcl/d.policy", BROKEN_POLICY),
        ("notes.txt", BROKEN_POLICY),
        ("package.json", "{\"name\": \"x\"}"),
        ("main.hcl", "resource \"x\" \"y\" {"),
    ]);
    let names = |run: support::Run| -> Vec<String> {
        run.stdout.lines().map(|line| line.split(':').next().unwrap().to_owned()).collect()
    };
    let run = folder.run(&["check", "--format", "concise"]).exits(3);
    assert_eq!(names(run), ["folder.hcl/d.policy", "policies/a.hcl", "policies/b.hcl"]);
    // Each file once, in the order in which it was named first.
    let run = folder.run(&["check", "--format", "concise", "policies/b.hcl", "./policies"]).exits(3);
    assert_eq!(names(run), ["policies/b.hcl", "policies/a.hcl"]);
}

#[test]
fn many_files_are_reported_in_a_stable_order() {
    let folder = Folder::new();
    for number in 0..120 {
        folder.write(&format!("p{number:03}.policy"), BROKEN_POLICY.as_bytes());
    }
    let run = folder.run(&["check", "--format", "concise"]).exits(3);
    let expected: String = (0..120)
        .map(|number| format!("p{number:03}.policy:1:17: SYN012 error this `{{` is never closed\n"))
        .collect();
    assert_eq!((run.stdout, run.stderr), (expected, String::new()));
}

#[test]
fn the_standard_input_has_a_name_and_a_kind() {
    let folder = Folder::new();
    let check = |arguments: &[&str], input: &str| {
        folder.run_with_input(&[&["check", "--format", "concise"], arguments, &["-"]].concat(), input)
    };
    let run = check(&[], BROKEN_POLICY).exits(3);
    assert!(run.stdout.starts_with("<stdin>:1:17: SYN012"), "{}", run.stdout);
    let run = check(&["--stdin-name", "x-policy.hcl"], "# nothing\nbad {").exits(3);
    assert!(run.stdout.starts_with("x-policy.hcl:"), "{}", run.stdout);
    let run = check(&[], "hello").exits(1);
    assert!(run.stderr.contains("cannot tell what it is"), "{}", run.stderr);
    check(&["--kind", "policy", "--select", "SYN"], "").exits(3);
}

#[test]
fn files_that_cannot_be_read_are_named_and_the_others_checked() {
    let folder = Folder::with(&[("broken.policy", BROKEN_POLICY), ("unknown.hcl", "a = 1")]);
    fs::create_dir(folder.path("empty.hcl")).unwrap();
    let mut names = vec!["missing.hcl", "unknown.hcl"];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("nowhere", folder.path("link.hcl")).unwrap();
        assert!(
            std::process::Command::new("mkfifo").arg(folder.path("pipe.hcl")).status().unwrap().success()
        );
        names.extend(["link.hcl", "pipe.hcl"]);
    }
    let arguments = [&["check", "--format", "concise", "broken.policy"], names.as_slice()].concat();
    let run = folder.run(&arguments).exits(1);
    assert!(run.stdout.starts_with("broken.policy:1:17"), "{}", run.stdout);
    for name in names {
        assert!(run.stderr.contains(&format!("error: {name}: ")), "{name}: {}", run.stderr);
    }
    let run = folder.run(&["check", "empty.hcl"]).exits(1);
    assert!(run.stderr.contains("empty.hcl: there is no file to check"), "{}", run.stderr);
}

#[test]
fn bytes_that_are_no_text_are_findings() {
    let folder = Folder::new();
    let mut long = GOOD_POLICY.repeat(200_000).into_bytes();
    long.truncate(9 * 1024 * 1024);
    let files: [(&str, &[u8], &str); 6] = [
        ("utf16-policy.hcl", b"\xff\xfep\0a\0", "SYN001"),
        ("latin1-policy.hcl", b"# caf\xe9", "SYN001"),
        ("binary-policy.hcl", b"\x7fELF\0\0\xff", "SYN001"),
        ("long-policy.hcl", &long, "SYN002"),
        ("empty-role.json", b"", "SYN003"),
        ("deep-role.json", &[b'['; 1_000_000], "SYN015"),
    ];
    for (name, bytes, code) in files {
        folder.write(name, bytes);
        let run = folder.run(&["check", "--format", "concise", name]).exits(3);
        assert!(run.stdout.contains(code), "{name}: {}", run.stdout);
        assert!(run.stdout.lines().count() <= 3, "{name}: {}", run.stdout);
    }
}

#[test]
fn colours_are_for_terminals_or_on_demand() {
    let folder = Folder::with(&[("broken.policy", BROKEN_POLICY)]);
    assert!(!folder.run(&["check"]).stdout.contains('\u{1b}'));
    let forced =
        command(&["check"]).current_dir(folder.path("")).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(String::from_utf8(forced.stdout).unwrap().contains('\u{1b}'));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = Folder::new();
    for number in 0..300 {
        folder.write(&format!("{number}.policy"), BROKEN_POLICY.as_bytes());
    }
    let mut child = command(&["check"]).current_dir(folder.path("")).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(!String::from_utf8(output.stderr).unwrap().contains("rror"), "{:?}", output.status);
}

#[test]
fn quiet_prints_findings_only() {
    let folder = Folder::with(&[("broken.policy", BROKEN_POLICY), ("x-role.json", FIXABLE_ROLE)]);
    let run = folder.run(&["check", "--select", "SYN"]).exits(3);
    assert!(
        run.stderr.starts_with("Judged 2 files together\nFound 3 errors in 2 files; judged for nomad="),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("`--fix` repairs 2"), "{}", run.stderr);
    assert_eq!(folder.run(&["check", "--quiet"]).exits(3).stderr, "");
}
