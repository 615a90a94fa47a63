// Reads spoiled frames and record batches: `pnpm fuzz:protocol [cases] [first seed]`.
import { fuzzCase } from './fuzz-case.ts';

const cases = Number(process.argv[2] ?? 20_000);
const first = Number(process.argv[3] ?? Math.floor(Math.random() * 2 ** 31));
let failures = 0;
for (let seed = first; seed < first + cases; seed++) {
  try {
    fuzzCase(seed);
  } catch (error) {
    failures++;
    console.error(`seed ${seed}:`, error);
  }
}
console.log(`${cases} cases from seed ${first}, ${failures} failures`);
process.exitCode = failures === 0 ? 0 : 1;
