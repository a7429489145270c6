//! `nomad-vault check --fix` and `--diff`.

mod support;

use std::fs;

use support::{BROKEN_POLICY, FIXABLE_ROLE, FIXED_ROLE, Folder};

#[test]
fn fix_repairs_files_and_leaves_the_other_bytes_alone() {
    let folder = Folder::with(&[("x-role.json", FIXABLE_ROLE), ("broken.policy", BROKEN_POLICY)]);
    let run = folder.run(&["check", "--select", "SYN", "--fix", "--format", "concise"]).exits(3);
    assert_eq!(run.stdout, "broken.policy:1:17: SYN012 error this `{` is never closed\n");
    assert_eq!(folder.read("x-role.json"), FIXED_ROLE);
    assert_eq!(folder.read("broken.policy"), BROKEN_POLICY);
    folder.run(&["check", "--select", "SYN", "x-role.json"]).exits(0);
    assert_eq!(folder.names(), ["broken.policy", "x-role.json"]);
}

#[cfg(unix)]
#[test]
fn fix_keeps_permissions_and_links() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::with(&[("real.json", FIXABLE_ROLE)]);
    fs::set_permissions(folder.path("real.json"), fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("real.json", folder.path("link.json")).unwrap();
    folder.run(&["check", "--select", "SYN", "--kind", "token-role", "--fix", "link.json"]).exits(0);
    assert_eq!(folder.read("real.json"), FIXED_ROLE);
    assert!(folder.path("link.json").is_symlink());
    let mode = fs::metadata(folder.path("real.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_written_is_an_error() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::with(&[("x-role.json", FIXABLE_ROLE)]);
    fs::set_permissions(folder.path("x-role.json"), fs::Permissions::from_mode(0o444)).unwrap();
    let run = folder.run(&["check", "--select", "SYN", "--fix"]).exits(1);
    assert!(run.stderr.contains("x-role.json: cannot write the repaired file"), "{}", run.stderr);
    assert_eq!(folder.read("x-role.json"), FIXABLE_ROLE);
}

#[test]
fn diff_shows_the_repair_and_changes_nothing() {
    let folder = Folder::with(&[("x-role.json", FIXABLE_ROLE)]);
    let run = folder.run(&["check", "--select", "SYN", "--diff"]).exits(3);
    let expected = "\
--- a/x-role.json\n\
+++ b/x-role.json\n\
@@ -1,4 +1,4 @@\n\x20{\r
-  \"name\": 'é',\r
-  \"orphan\": false,\t\"period\": 259200,\r
+  \"name\": \"é\",\r
+  \"orphan\": false,\t\"period\": 259200\r
 }\n\\ No newline at end of file\n";
    assert_eq!(run.stdout, expected);
    assert_eq!(folder.read("x-role.json"), FIXABLE_ROLE);
}

#[test]
fn fix_of_the_standard_input_prints_the_repaired_text() {
    let folder = Folder::new();
    let arguments = ["check", "--select", "SYN", "--fix", "--stdin-name", "x-role.json", "-"];
    let run = folder.run_with_input(&arguments, FIXABLE_ROLE).exits(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), (FIXED_ROLE, ""));
}
