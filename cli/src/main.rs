//! The `nomad-vault` command.
fn main() {}
