// Works through random faults for as long as asked: `soak.ts --for 30m --seed 1`. Exits with 1 where a record is lost, comes twice
// after its commit, or a worker does not come back.
import { parseArgs } from 'node:util';
import { parseDuration } from '@headrace/core';
import { Soak } from './faults/soak.ts';

const { values } = parseArgs({
  options: {
    for: { type: 'string', default: '30m' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const ms = parseDuration(values.for);
const seed = Number(values.seed);

if (ms === null || ms <= 0 || !Number.isSafeInteger(seed)) {
  console.error('soak --for <duration such as 30m> --seed <number>');
  process.exitCode = 2;
} else {
  console.log(`soak for ${values.for}, seed ${seed}`);
  const soak = await Soak.start(seed);
  try {
    const { findings, repeats, zombieRepeats, checked } = await soak.run(ms);
    console.log(
      `seed ${seed}: ${checked} records, ${repeats} repeats, ${zombieRepeats} of zombies, ${findings.length} findings`,
    );
    for (const finding of findings.slice(0, 20)) console.error(JSON.stringify(finding));
    process.exitCode = findings.length === 0 ? 0 : 1;
  } catch (error) {
    console.error(`seed ${seed}:`, error);
    process.exitCode = 1;
  } finally {
    await soak.stop();
  }
}
