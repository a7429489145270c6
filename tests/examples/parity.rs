//! Prints every request with its native answer, one JSON object a line, for `wasm/tests/parity.mjs`.

use std::io::{BufWriter, Write};

use nomad_vault_tests::requests::exchanges;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    for exchange in exchanges()? {
        let line = serde_json::json!({
            "name": exchange.name,
            "function": exchange.function,
            "request": exchange.request,
            "answer": exchange.answer,
        });
        writeln!(out, "{line}")?;
    }
    out.flush()?;
    Ok(())
}
