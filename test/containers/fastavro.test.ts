import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createContainerWriter, parseSchema, readContainer } from '@headrace/avro';
import { afterAll, describe, expect, it } from 'vitest';

const SCHEMA = {
  type: 'record',
  name: 'shop.Order',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['NEW', 'PAID'] } },
    { name: 'total', type: { type: 'bytes', logicalType: 'decimal', precision: 12, scale: 2 } },
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'ref', type: ['null', 'long', 'string'], default: null },
    { name: 'tags', type: { type: 'map', values: { type: 'array', items: 'double' } } },
  ],
};

/** Prints the records of a file in JSON, in the plain form that both sides can show. */
const READ = `
import fastavro, json, sys
def show(r):
    return {"id": r["id"], "at": round(r["at"].timestamp() * 1000), "status": r["status"], "total": str(r["total"]),
            "note": r["note"], "ref": r["ref"], "tags": r["tags"]}
with open(sys.argv[1], "rb") as file:
    print(json.dumps([show(r) for r in fastavro.reader(file)]))
`;

/** Writes a file of the records that stand in JSON on standard input. */
const WRITE = `
import datetime, decimal, fastavro, json, sys
given = json.load(sys.stdin)
def make(r):
    at = datetime.datetime.fromtimestamp(r["at"] / 1000, datetime.timezone.utc)
    return {**r, "at": at, "total": decimal.Decimal(r["total"])}
with open(sys.argv[1], "wb") as file:
    fastavro.writer(file, fastavro.parse_schema(given["schema"]), [make(r) for r in given["records"]], codec=sys.argv[2], sync_interval=2000)
`;

const records = Array.from({ length: 300 }, (_, id) => ({
  id: id * 1_000_003,
  at: 1_700_000_000_000 + id * 1000,
  status: id % 2 === 0 ? 'NEW' : 'PAID',
  total: `${id - 100}.${String(id % 100).padStart(2, '0')}`,
  note: id % 3 === 0 ? null : `nóte ${id}`,
  ref: id % 3 === 0 ? null : id % 3 === 1 ? id : `r${id}`,
  tags: id % 5 === 0 ? {} : { a: [id / 4], 'b c': [] },
}));
type Plain = (typeof records)[number];

const unscaledOf = (total: string): bigint => BigInt(total.replace('.', ''));

function toMemory(plain: Plain): unknown {
  const ref = plain.ref === null ? null : typeof plain.ref === 'number' ? { long: plain.ref } : { string: plain.ref };
  return { ...plain, ref, total: { unscaled: unscaledOf(plain.total), scale: 2 } };
}

const python = (code: string, args: string[], input = ''): string =>
  execFileSync('python3', ['-c', code, ...args], {
    input,
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: process.env['HEADRACE_FASTAVRO'] ?? process.env['PYTHONPATH'] },
    stdio: ['pipe', 'pipe', 'pipe'],
    maxBuffer: 1 << 26,
  });

/** Says why fastavro cannot be used, null where it can. */
function missing(): string | null {
  try {
    python('import fastavro, cramjam, backports.zstd', []);
    return null;
  } catch {
    return 'python3 with fastavro, cramjam and backports.zstd is not there (HEADRACE_FASTAVRO may name their folder)';
  }
}

const reason = missing();
if (reason !== null) {
  if (process.env['CI'] !== undefined) throw new Error(`The suite of container files needs fastavro: ${reason}.`);
  console.warn(`\nSKIPPED: container files are not tested against fastavro: ${reason}.\n`);
}

describe.skipIf(reason !== null)('container files and fastavro', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'headrace-containers-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const hasZstandard = Number(process.versions.node.split('.')[0]) >= 23;
  const written = ['null', 'deflate', 'snappy', ...(hasZstandard ? (['zstandard'] as const) : [])] as const;

  it.each(written)('fastavro reads what is written with the codec %s', (codec) => {
    const writer = createContainerWriter(parseSchema(SCHEMA), { codec, blockBytes: 2000 });
    const parts = [writer.begin(), ...records.map((record) => writer.write(toMemory(record))), writer.flush()];
    const file = path.join(folder, `ours-${codec}.avro`);
    writeFileSync(file, Buffer.concat(parts.filter((part) => part !== null)));
    expect(JSON.parse(python(READ, [file]))).toEqual(records);
  });

  it.each(['null', 'deflate', 'snappy', 'zstandard'])(
    'what fastavro writes with the codec %s is read',
    async (codec) => {
      const file = path.join(folder, `theirs-${codec}.avro`);
      python(WRITE, [file, codec], JSON.stringify({ schema: SCHEMA, records }));
      const { header, blocks } = await readContainer([readFileSync(file)]);
      expect(header.codec).toBe(codec);
      const read: unknown[] = [];
      for await (const block of blocks) read.push(...block.records());
      expect(read).toEqual(records.map((record) => expectedOf(toMemory(record))));
    },
  );

  it('fastavro reads what was appended to its own file', async () => {
    const file = path.join(folder, 'appended.avro');
    python(WRITE, [file, 'deflate'], JSON.stringify({ schema: SCHEMA, records: records.slice(0, 10) }));
    const { appendToContainer } = await import('@headrace/avro');
    const before = readFileSync(file);
    const writer = appendToContainer((await readContainer([before])).header);
    const parts = [before, ...records.slice(10).map((record) => writer.write(toMemory(record))), writer.flush()];
    writeFileSync(file, Buffer.concat(parts.filter((part) => part !== null)));
    expect(JSON.parse(python(READ, [file]))).toEqual(records);
  });
});

function expectedOf(value: unknown): unknown {
  const { tags } = value as Plain;
  return { ...(value as Plain), tags: Object.assign(Object.create(null), tags) as object };
}
