//! Running other programs: always visibly, never silently ignoring how they ended.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::failure::Failure;

/// The cargo that started this task, so that nested calls use the same toolchain.
pub(crate) fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.stdin(Stdio::null());
    command
}

/// A program found by name on `PATH`, without standard input (CI has none).
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.stdin(Stdio::null());
    command
}

/// Runs the command with its output shown; anything but success is a failure.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    expect_success(command, status)
}

/// Runs the command and returns what it printed; its messages become part of the failure.
pub(crate) fn capture(command: &mut Command) -> Result<String, Failure> {
    let output = command.output().map_err(|error| cannot_start(command, &error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let messages = String::from_utf8_lossy(&output.stderr);
    Err(Failure::new(format!("`{}` ended with {}: {}", describe(command), output.status, messages.trim())))
}

/// Runs the command for at most `limit`, then ends it: for downloads, which may hang for ever on a machine without network.
pub(crate) fn run_within(command: &mut Command, limit: Duration) -> Result<(), Failure> {
    let mut child = command.spawn().map_err(|error| cannot_start(command, &error))?;
    let status =
        wait_within(&mut child, limit).map_err(|error| cannot_start(command, &error))?.ok_or_else(|| {
            Failure::new(format!("`{}` was ended after {} s", describe(command), limit.as_secs()))
        })?;
    expect_success(command, status)
}

/// Runs the command, shows each line of its standard output as it comes, and hands it to `each`.
pub(crate) fn stream_lines(command: &mut Command, mut each: impl FnMut(&str)) -> Result<ExitStatus, Failure> {
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| cannot_start(command, &error))?;
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line.map_err(|error| cannot_start(command, &error))?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            each(&line);
        }
    }
    child.wait().map_err(|error| cannot_start(command, &error))
}

/// Runs the command with `input` on its standard input and returns the bytes it printed.
pub(crate) fn filter(command: &mut Command, input: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| cannot_start(command, &error))?;
    let mut stdin = child.stdin.take();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.as_mut().map(|stdin| stdin.write_all(input)));
        child.wait_with_output()
    })
    .map_err(|error| cannot_start(command, &error))?;
    expect_success(command, output.status)?;
    Ok(output.stdout)
}

/// The first of these programs that is on `PATH`.
pub(crate) fn find_on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names
        .iter()
        .find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|file| is_executable(file)))
}

/// The command as a person would type it, for messages.
pub(crate) fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let words = std::iter::once(name).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

fn expect_success(command: &Command, status: ExitStatus) -> Result<(), Failure> {
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("`{}` ended with {status}", describe(command))))
}

fn cannot_start(command: &Command, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot run `{}`: {error}", describe(command)))
}

fn wait_within(child: &mut Child, limit: Duration) -> std::io::Result<Option<ExitStatus>> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if started.elapsed() >= limit {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    file.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_program_is_a_failure_with_its_messages() {
        let failure = capture(program("sh").args(["-c", "echo broken >&2; exit 3"])).unwrap_err().to_string();
        assert!(failure.contains("broken") && failure.contains('3'), "{failure}");
    }

    #[test]
    fn a_program_that_hangs_is_ended() {
        let failure =
            run_within(program("sleep").arg("60"), Duration::from_millis(100)).unwrap_err().to_string();
        assert!(failure.contains("was ended after"), "{failure}");
    }

    #[test]
    fn a_filter_takes_more_than_a_pipe_holds() {
        let input = vec![b'a'; 1 << 20];
        assert_eq!(filter(&mut program("cat"), &input).unwrap(), input);
    }

    #[test]
    fn lines_are_handed_on_one_by_one() {
        let mut lines = Vec::new();
        let status =
            stream_lines(program("printf").arg("one\\ntwo\\n"), |line| lines.push(line.to_owned())).unwrap();
        assert!(status.success());
        assert_eq!(lines, ["one", "two"]);
    }

    #[test]
    fn only_what_exists_is_found_on_the_path() {
        assert!(find_on_path(&["no-such-program", "sh"]).is_some());
        assert_eq!(find_on_path(&["no-such-program"]), None);
    }
}
