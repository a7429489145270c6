// Prints the milliseconds of processor time that one check takes, the best of several runs.
//
//   node bench.mjs GLUE.js REQUEST.json

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [glue, file] = process.argv.slice(2);
const core = createRequire(import.meta.url)(resolve(glue));
const request = readFileSync(file, "utf8");

const BUDGET_MS = 1500;
const SHORTEST_MS = 2;

function timed(repeats) {
  const before = process.cpuUsage();
  for (let run = 0; run < repeats; run += 1) core.check(request);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / repeats;
}

const first = timed(3);
const repeats = Math.max(1, Math.ceil(SHORTEST_MS / Math.max(first, 0.001)));
const started = performance.now();
let best = Infinity;
for (let runs = 0; runs < 5 || performance.now() - started < BUDGET_MS; runs += 1) {
  best = Math.min(best, timed(repeats));
}
console.log(best);
