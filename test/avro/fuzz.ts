// Holds the back ends of Avro to one meaning, over cases of chance: `pnpm fuzz:avro [cases] [first seed]`.
import { checkReader } from './check-reader.ts';
import { checkView } from './check-view.ts';
import { checkWriter } from './check-writer.ts';
import { EndlessValue } from './random-value.ts';

const cases = Number(process.argv[2] ?? 5000);
const first = Number(process.argv[3] ?? Math.floor(Math.random() * 2 ** 31));
let failures = 0;
for (let seed = first; seed < first + cases; seed++) {
  for (const check of [checkReader, checkWriter, checkView]) {
    try {
      check(seed, 20);
    } catch (error) {
      if (error instanceof EndlessValue) continue;
      failures++;
      console.error(`${check.name} seed ${seed}:`, error);
    }
  }
}
console.log(`${cases} cases from seed ${first}, ${failures} failures`);
process.exitCode = failures === 0 ? 0 : 1;
