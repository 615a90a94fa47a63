import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Writes a file of NDJSON with so many records for a work: bids of Nexmark, over and over, or orders that are made up, the same every time. */
export function writeInput(work: string, file: string, records: number): void {
  const lines = work === 'q1' ? bids() : orders();
  const text: string[] = [];
  for (let i = 0; i < records; i++) text.push(lines[i % lines.length] as string);
  writeFileSync(file, `${text.join('\n')}\n`);
}

function bids(): string[] {
  const events = new URL('../../test/golden/nexmark/events-20000.ndjson.gz', import.meta.url);
  return gunzipSync(readFileSync(events))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; event: object })
    .filter(({ type }) => type === 'bid')
    .map(({ event }) => JSON.stringify(event));
}

function orders(): string[] {
  return Array.from({ length: 10_007 }, (_, i) =>
    JSON.stringify({
      id: `o-${String(i).padStart(8, '0')}`,
      customer: `customer-${String((i * 7919) % 5000)}`,
      status: ['NEW', 'PAID', 'PAID', 'SENT', 'PAID'][i % 5],
      country: ['DE', 'FR', 'US', 'GB', 'PL'][(i * 3) % 5],
      amount: ((i * 7919) % 40_000) / 100,
      quantity: 1 + (i % 9),
      note: i % 3 === 0 ? null : `leave it at door ${String(i % 17)}`,
      placedAt: 1_767_225_600_000 + i * 1000,
      tags: i % 2 === 0 ? ['new', 'gift'] : [],
    }),
  );
}
