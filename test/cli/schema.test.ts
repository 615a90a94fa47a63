import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createContainerWriter, parseSchema } from '@headrace/avro';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHeadrace } from '../kafka/headrace-process.ts';

let folder: string;
const headrace = async (...args: string[]) => {
  const run = startHeadrace(args, { cwd: folder });
  const { code } = await run.exited;
  return { code, stdout: run.stdout, stderr: run.stderr };
};
const record = (...fields: object[]): string => JSON.stringify({ type: 'record', name: 'shop.Order', fields });
const id = { name: 'id', type: 'long' };

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-schema-'));
  const files: Record<string, string> = {
    'v1.avsc': record(id),
    'v2.avsc': record(id, { name: 'note', type: ['null', 'string'], default: null }),
    'v3.avsc': record({ name: 'note', type: 'string' }),
    'user.avsc': record({ name: 'line', type: 'Line' }, { name: 'total', type: { type: 'bytes', logicalType: 'decimal', precision: 9 } }),
    'Line.avsc': JSON.stringify({ type: 'record', name: 'shop.Line', fields: [{ name: 'sku', type: 'string' }] }),
    'broken.avsc': record({ name: 'a', type: 'int', default: 'x' }),
    'order-lines.ndjson': '{"id":1,"at":"2026-01-31T10:00:00Z","wide":9007199254740993}\n\n{"id":2,"tags":[]}\n',
    'mixed.ndjson': '{"a":1}\n{"a":"x"}\n',
    'cut.ndjson': '{"a":1}\n{"a"\n',
    'wide.csv': 'a,b\n1,2,3\n',
    'twice.csv': 'a,a\n1,2\n',
    'lines.csv': 'id,"the ""note""",at\r\n1,"a,\nb",2026-01-31\r\n2,,2026-02-01\r\n'.replace('the ""note""', 'note'),
  }; // prettier-ignore
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('schema check', () => {
  it('says that a schema may follow another', async () => {
    expect(await headrace('schema', 'check', 'v1.avsc', 'v2.avsc', '--mode', 'full')).toEqual({
      code: 0,
      stdout: 'compatible (full)\n',
      stderr: '',
    });
  });

  it('says which field is in the way and why, and exits 1', async () => {
    const { code, stdout } = await headrace('schema', 'check', 'v1.avsc', 'v2.avsc', 'v3.avsc', '--mode', 'backward-transitive');
    expect(code).toBe(1);
    expect(stdout).toBe(
      'READER_FIELD_MISSING_DEFAULT_VALUE note (v3.avsc reading v1.avsc): The field is not written, and the reader has no default for it.\n' +
        'TYPE_MISMATCH note (v3.avsc reading v2.avsc): null is written, which cannot be read as string.\n' +
        'not compatible (backward-transitive): 2 problems\n',
    );
  }); // prettier-ignore

  it('prints JSON', async () => {
    const { code, stdout } = await headrace(
      'schema',
      'check',
      'v2.avsc',
      'v1.avsc',
      '--mode',
      'full',
      '--format',
      'json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ mode: 'full', compatible: true, problems: [] });
  });

  it('exits 2 with the place of what is wrong in a schema, or without a second one', async () => {
    expect(await headrace('schema', 'check', 'v1.avsc', 'broken.avsc')).toMatchObject({
      code: 2,
      stderr: 'broken.avsc#/fields/0/default error BAD_DEFAULT The default must be a 32-bit integer, not "x".\n',
    });
    expect(await headrace('schema', 'check', 'v1.avsc')).toMatchObject({ code: 2 });
    expect(await headrace('schema', 'check', 'v1.avsc', 'none.avsc')).toMatchObject({ code: 2 });
  });
});

describe('schema infer', () => {
  it('prints a schema for JSON lines, and what the sample leaves open', async () => {
    const { code, stdout, stderr } = await headrace('schema', 'infer', 'order-lines.ndjson');
    expect(code).toBe(0);
    expect(stderr).toBe('note: The sample shows only empty lists at "tags".\n');
    expect(JSON.parse(stdout)).toEqual({
      type: 'record',
      name: 'OrderLines',
      fields: [
        { name: 'id', type: 'int' },
        { name: 'at', type: ['null', { type: 'long', logicalType: 'timestamp-millis' }], default: null },
        { name: 'wide', type: ['null', 'long'], default: null },
        { name: 'tags', type: ['null', { type: 'array', items: 'null' }], default: null },
      ],
    });
  });

  it('prints a schema for CSV', async () => {
    const { code, stdout } = await headrace('schema', 'infer', 'lines.csv', '--name', 'shop.Line');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      type: 'record',
      name: 'Line',
      namespace: 'shop',
      fields: [
        { name: 'id', type: 'int' },
        { name: 'note', type: ['null', 'string'], default: null },
        { name: 'at', type: { type: 'int', logicalType: 'date' } },
      ],
    });
  });

  it('prints the schema of a container file of Avro, and refuses a file that is none', async () => {
    const schema = parseSchema(JSON.parse(record(id)) as object);
    const writer = createContainerWriter(schema);
    writer.write({ id: 1 });
    await writeFile(path.join(folder, 'orders.avro'), Buffer.concat([writer.begin(), writer.flush()!]));
    const { code, stdout } = await headrace('schema', 'infer', 'orders.avro');
    expect({ code, schema: parseSchema(JSON.parse(stdout) as object) }).toEqual({ code: 0, schema });
    await writeFile(path.join(folder, 'none.avro'), '{"id":1}');
    const none = await headrace('schema', 'infer', 'none.avro');
    expect(none).toMatchObject({ code: 2, stdout: '' });
    expect(none.stderr).toContain('no container of Avro');
  });

  it('looks at as many records as it is told', async () => {
    expect(await headrace('schema', 'infer', 'mixed.ndjson', '--records', '1')).toMatchObject({ code: 0 });
    const { code, stderr } = await headrace('schema', 'infer', 'mixed.ndjson', '--records', 'many');
    expect(code).toBe(2);
    expect(stderr).toContain("argument 'many' is invalid. It is a whole number from 1 on.");
  });

  it('refuses a name that is none of Avro', async () => {
    const { code, stdout, stderr } = await headrace('schema', 'infer', 'order-lines.ndjson', '--name', 'order lines');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('#/name error BAD_NAME "order lines" is not a name');
  });

  it('says which sample cannot be read, and which row of CSV is not one', async () => {
    const missing = await headrace('schema', 'infer', 'missing.ndjson');
    expect([missing.code, missing.stdout]).toEqual([2, '']);
    expect(missing.stderr).toContain('FILE_NOT_FOUND');
    expect(missing.stderr).toContain('missing.ndjson');
    const wide = await headrace('schema', 'infer', 'wide.csv');
    expect([wide.code, wide.stdout]).toEqual([2, '']);
    expect(wide.stderr).toContain('BAD_CSV');
    expect(wide.stderr).toContain('3 cells where the first one has 2');
    const twice = await headrace('schema', 'infer', 'twice.csv');
    expect([twice.code, twice.stdout]).toEqual([2, '']);
    expect(twice.stderr).toContain('names the column "a" twice');
    const delimiter = await headrace('schema', 'infer', 'wide.csv', '--delimiter', '||');
    expect([delimiter.code, delimiter.stdout]).toEqual([2, '']);
    expect(delimiter.stderr).toContain('one character, not "||"');
  });

  it('exits 2 where no schema fits, or a line is no JSON', async () => {
    expect(await headrace('schema', 'infer', 'mixed.ndjson')).toMatchObject({
      code: 2,
      stderr: 'mixed.ndjson#/a error NOT_A_SCHEMA The field "a" is a number in one record and a text in another: no schema reads both from JSON.\n',
    }); // prettier-ignore
    expect(await headrace('schema', 'infer', 'cut.ndjson')).toMatchObject({
      code: 2,
      stderr: 'cut.ndjson error NOT_JSON Line 2 is not JSON.\n',
    });
  });
});

describe('types', () => {
  it('prints the types of a schema that names one in a file beside it', async () => {
    expect(await headrace('types', 'user.avsc')).toEqual({
      code: 0,
      stdout:
        "import type { Decimal } from '@headrace/avro';\n\nexport interface Order {\n  line: Line;\n  total: Decimal;\n}\n\nexport interface Line {\n  sku: string;\n}\n",
      stderr: '',
    });
  });

  it('exits 2 with the place of what is wrong', async () => {
    expect(await headrace('types', 'broken.avsc')).toMatchObject({ code: 2 });
  });
});
