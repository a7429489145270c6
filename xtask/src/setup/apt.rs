//! Debian packages, when this process may install them.

use crate::failure::Failure;
use crate::process::{capture, find_on_path, program};

/// Installs these packages; without root or apt the failure says which command a person can run.
pub(super) fn install(packages: &[&str], why: &str) -> Result<(), Failure> {
    let command = format!("apt-get install --no-install-recommends {}", packages.join(" "));
    if find_on_path(&["apt-get"]).is_none() {
        return Err(Failure::new(format!(
            "needed {why}: install it with this system's package manager (on Debian: {command})"
        )));
    }
    if !is_root()? {
        return Err(Failure::new(format!(
            "needed {why}, and installing packages needs root: run `sudo {command}`"
        )));
    }
    super::announce(&packages.join(", "), "Debian's archive", why);
    capture(apt().args(["update", "--quiet=2"]))?;
    capture(apt().args(["install", "--yes", "--quiet=2", "--no-install-recommends"]).args(packages)).map(drop)
}

fn apt() -> std::process::Command {
    let mut command = program("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn is_root() -> Result<bool, Failure> {
    Ok(capture(program("id").arg("-u"))?.trim() == "0")
}
