// Runs a folder of recorded cases of Kafka Streams and prints a table: `pnpm test:golden <folder>`. Exits 1 where one differs.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runStreamsCase } from '../test/streams/run-streams-case.ts';
import type { StreamsCase } from '../test/streams/streams-case.ts';

const folder = process.argv[2] ?? path.join(import.meta.dirname, '../test/golden/streams');
const notBuilt = new Map<string, number>();
const counts = { passed: 0, differs: 0, informative: 0 };
for (const name of readdirSync(folder).sort()) {
  if (!name.endsWith('.json')) continue;
  const recorded = JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as StreamsCase;
  const result = await runStreamsCase(recorded);
  if (result.kind === 'not built') notBuilt.set(result.operation, (notBuilt.get(result.operation) ?? 0) + 1);
  else if (result.kind === 'passed') counts.passed++;
  else if (recorded.informative === true) counts.informative++;
  else counts.differs++;
  if (result.kind !== 'not built') process.stdout.write(`${result.kind.padEnd(8)} ${recorded.name}\n`);
  if (result.kind === 'differs')
    process.stdout.write(`  expected ${JSON.stringify(result.expected)}\n  came     ${JSON.stringify(result.came)}\n`);
}
const later = [...notBuilt].map(([operation, count]) => `  ${operation}: ${String(count)}`);
if (later.length > 0)
  process.stdout.write(`operations that are not built yet, with their cases:\n${later.join('\n')}\n`);
process.stdout.write(
  `${String(counts.passed)} passed, ${String(counts.differs)} differ, ${String(counts.informative)} differ where it does not count.\n`,
);
process.exitCode = counts.differs > 0 ? 1 : 0;
