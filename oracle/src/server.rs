//! The real server: started for one run, and ended with it, however it ends.

use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::http::Client;

/// A running OpenBao in dev mode, on 127.0.0.1 only, with all that it keeps in memory.
#[derive(Debug)]
pub struct Server {
    /// A shell that waits for its standard input to end, and then ends the server: also when this process is
    /// killed, its end of the pipe closes.
    keeper: Child,
    address: SocketAddr,
    log: PathBuf,
}

/// The keeper: limits the address space (the first argument, in KiB), starts the rest of its arguments, and ends
/// them by their id. It outlives the interrupt of a terminal, for which this process ends it by the pipe.
const KEEPER: &str = r#"trap '' INT TERM HUP
ulimit -v "$1" || exit 1
shift
"$@" </dev/null &
read -r line
kill -9 "$!"
wait"#;

/// A policy of a few kilobytes can drive the server out of memory; it may only take so much, in KiB.
const MAX_ADDRESS_SPACE: &str = "6291456";

const ROOT_TOKEN: &str = "oracle-root";

/// How long the server may take to start.
const START_LIMIT: Duration = Duration::from_secs(60);

impl Server {
    /// Starts `program`, the server's `bao`; what it logs goes to a file in `folder`.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(program: &Path, folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let log = folder.join(format!("oracle-{}.log", std::process::id()));
        // Free now; that another program takes it first is seen by the server's own failure.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let mut command = Command::new("sh");
        command.args(["-c", KEEPER, "keeper", MAX_ADDRESS_SPACE]).arg(program);
        command.args(["server", "-dev", "-dev-no-store-token", "-log-level=error"]);
        command.arg(format!("-dev-root-token-id={ROOT_TOKEN}"));
        command.arg(format!("-dev-listen-address={address}"));
        command.env("GOMEMLIMIT", "1GiB").env("HOME", folder);
        let output = File::create(&log)?;
        command.stdin(Stdio::piped()).stdout(output.try_clone()?).stderr(output);
        let server = Self { keeper: command.spawn()?, address, log };
        server.wait_until_it_answers()?;
        Ok(server)
    }

    /// A client with the root token.
    pub fn client(&self) -> Client {
        Client::new(self.address, ROOT_TOKEN)
    }

    fn wait_until_it_answers(&self) -> io::Result<()> {
        let started = Instant::now();
        loop {
            let health = self.client().send("GET", "sys/health", "");
            if health.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            if started.elapsed() > START_LIMIT {
                let log = std::fs::read_to_string(&self.log).unwrap_or_default();
                return Err(io::Error::other(format!("the server does not start:\n{log}")));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // There is nobody to tell; the keeper is ended by its id in any case.
        _ = self.keeper.wait();
        _ = std::fs::remove_file(&self.log);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keeper with a program that never ends by itself.
    #[test]
    fn what_the_keeper_keeps_ends_with_the_pipe() {
        let mut command = Command::new("sh");
        command.args(["-c", KEEPER, "keeper", MAX_ADDRESS_SPACE, "sleep", "600"]);
        let mut keeper = command.stdin(Stdio::piped()).spawn().unwrap();
        assert!(keeper.try_wait().unwrap().is_none());
        drop(keeper.stdin.take());
        keeper.wait().unwrap();
    }
}
