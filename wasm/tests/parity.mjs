// Asks the WebAssembly file what native code was asked, and compares the answers byte for byte.
//
//   node parity.mjs GLUE.js EXCHANGES.jsonl
//
// GLUE.js is wasm-bindgen's output for Node; EXCHANGES.jsonl comes from `cargo run -p nomad-vault-tests --example parity`.
// `cargo xtask test --only parity` does both.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [glue, file] = process.argv.slice(2);
const core = createRequire(import.meta.url)(resolve(glue));

const SHOWN_FAILURES = 10;
let passed = 0;
let failed = 0;

for (const line of readFileSync(file, "utf8").split("\n")) {
  if (line === "") continue;
  const { name, function: called, request, answer } = JSON.parse(line);
  const given = called === "rules" ? core.rules() : core[called](request);
  if (given === answer) {
    passed += 1;
    continue;
  }
  failed += 1;
  if (failed <= SHOWN_FAILURES) {
    console.log(`${called}: ${name}\n  native: ${around(answer, given)}\n  wasm:   ${around(given, answer)}`);
  }
}

const verdict = failed === 0 && passed > 0 ? "ok" : "FAILED";
console.log(`test result: ${verdict}. ${passed} passed; ${failed} failed; 0 ignored`);
process.exitCode = verdict === "ok" ? 0 : 1;

// The text around the first place where it differs from another.
function around(text, other) {
  let at = 0;
  while (at < text.length && text[at] === other[at]) at += 1;
  return JSON.stringify(text.slice(Math.max(0, at - 40), at + 80));
}
