import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import avsc from 'avsc';
import type { RecordToProduce } from './produce.ts';

/** What a test's topology reads. */
const bidSchema = {
  type: 'record',
  name: 'Bid',
  fields: [
    { name: 'n', type: 'long' },
    { name: 'price', type: 'long' },
    { name: 'channel', type: 'string' },
  ],
} as const;

const bidType = avsc.Type.forSchema(bidSchema as unknown as avsc.Schema);

/** Makes bids `from` to `to` (not included), two by two over the partitions, so that each has odd and even ones. */
export function bids(from: number, to: number, partitions: number): RecordToProduce[] {
  return Array.from({ length: to - from }, (_, i) => {
    const n = from + i;
    return {
      key: `k${String(n % 97)}`,
      value: bidType.toBuffer({ n, price: n * 10, channel: `c${String(n % 7)}` }),
      partition: Math.floor(n / 2) % partitions,
    };
  });
}

/** What may be chosen about the topology. */
export interface BidTopology {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly run?: Readonly<Record<string, unknown>>;
  /** How many bids a second a task takes; as many as it can unless given. */
  readonly perSecond?: number;
}

/** Writes a topology into a folder of its own: bids in, those with an even number out as JSON. Returns the file. */
export async function writeBidTopology({ name, from, to, run = {}, perSecond }: BidTopology): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-kafka-'));
  await writeFile(path.join(folder, 'bid.avsc'), JSON.stringify(bidSchema));
  const file = path.join(folder, 'topology.json');
  await writeFile(
    file,
    JSON.stringify({
      headrace: 1,
      name,
      parameters: { brokers: { type: 'strings', env: 'KAFKA_BROKERS' } },
      clusters: { main: { brokers: { $param: 'brokers' } } },
      run: { commitInterval: '200ms', ...run },
      sources: { bids: { type: 'kafka', topic: from, key: 'string', value: { codec: 'avro', schema: './bid.avsc' } } },
      operators: {
        ...(perSecond === undefined ? {} : { paced: { type: 'throttle', input: 'bids', perSecond } }),
        even: { type: 'filter', input: perSecond === undefined ? 'bids' : 'paced', where: 'n % 2 == 0' },
        half: { type: 'map', input: 'even', set: { half: 'n / 2' } },
      },
      sinks: { out: { type: 'kafka', input: 'half', topic: to, key: 'string', value: 'json' } },
    }),
  );
  return file;
}

/** Returns the number of the bid at an offset of a partition, as `bids` has spread them. */
export function bidAt(partition: number, offset: number, partitions: number): number {
  return 2 * (Math.floor(offset / 2) * partitions + partition) + (offset % 2);
}
