//! `nomad-vault man`.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory};

use crate::Cli;
use crate::exit::{Error, Exit};
use crate::output;

/// Print the manual page, or write one for each command
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  nomad-vault man | man -l -
  nomad-vault man --out /usr/local/share/man/man1")]
pub(crate) struct Man {
    /// Write the pages of all commands to this folder, which is made if it is not there
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Man {
    pub(crate) fn run(self) -> Result<Exit, Error> {
        match &self.out {
            Some(folder) => write_pages(folder)?,
            None => {
                let mut page = Vec::new();
                clap_mangen::Man::new(Cli::command()).render(&mut page)?;
                output::print(&String::from_utf8_lossy(&page))?;
            }
        }
        Ok(Exit::Clean)
    }
}

fn write_pages(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), folder))
        .map_err(|error| Error::file(folder.display().to_string(), error))
}
