import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSchemaRegistry, type DevSchemaRegistry } from './schema-registry.ts';

const text = '{"type":"record","name":"Order","fields":[{"name":"id","type":"string"}]}';

describe('The schema registry of dev', () => {
  let folder: string;
  let registry: DevSchemaRegistry;
  const file = (): string => path.join(folder, 'dev', 'schemas.json');
  const ask = async (way: string, body?: string): Promise<readonly [status: number, answer: unknown]> => {
    const response = await fetch(`${registry.url}${way}`, body === undefined ? {} : { method: 'POST', body });
    return [response.status, await response.json()];
  };
  const register = (subject: string, schema: string) =>
    ask(`/subjects/${subject}/versions`, JSON.stringify({ schema }));
  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'headrace-registry-'));
    registry = await openSchemaRegistry(file());
  });
  afterEach(async () => {
    await registry.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('gives a schema one id under all subjects, and any schema is the next version of a subject', async () => {
    expect(await register('a', text)).toEqual([200, { id: 1 }]);
    expect(await register('b%2Fc', text)).toEqual([200, { id: 1 }]);
    expect(await register('a', '"long"')).toEqual([200, { id: 2 }]);
    expect(await register('a', text)).toEqual([200, { id: 1 }]);
    expect(await ask('/subjects')).toEqual([200, ['a', 'b/c']]);
    expect(await ask('/subjects/a/versions')).toEqual([200, [1, 2]]);
    expect(await ask('/schemas/ids/1')).toEqual([200, { schema: text }]);
    const latest = { subject: 'a', version: 2, id: 2, schema: '"long"' };
    expect(await ask('/subjects/a/versions/latest')).toEqual([200, latest]);
    expect(await ask('/subjects/a/versions/2?deleted=true')).toEqual([200, latest]);
    expect(await ask('/subjects/a', JSON.stringify({ schema: '"long"' }))).toEqual([200, latest]);
  });

  it('answers with the codes of Confluent where there is no such thing', async () => {
    await register('a', text);
    const missing = async (way: string, body?: string) => {
      const [status, answer] = await ask(way, body);
      return [status, (answer as { error_code: number }).error_code];
    };
    expect(await missing('/subjects/__proto__/versions')).toEqual([404, 40401]);
    expect(await missing('/subjects/a/versions/2')).toEqual([404, 40402]);
    expect(await missing('/subjects/a', JSON.stringify({ schema: '"int"' }))).toEqual([404, 40403]);
    expect(await missing('/schemas/ids/2')).toEqual([404, 40403]);
  });

  it('refuses what is no schema, and answers on', async () => {
    for (const body of ['{', '{}', 'null', JSON.stringify({ schema: '"Unknown"' }), JSON.stringify({ schema: 1 })])
      expect((await ask('/subjects/a/versions', body))[0], body).toBe(422);
    expect((await ask('/subjects/%E0%A4%A/versions'))[0]).toBe(422);
    expect(await ask('/subjects')).toEqual([200, []]);
  });

  it('keeps ids and versions in its file', async () => {
    await register('a', text);
    await register('b', '"long"');
    await register('b', text);
    await registry.close();
    registry = await openSchemaRegistry(file());
    expect(await ask('/schemas/ids/2')).toEqual([200, { schema: '"long"' }]);
    expect(await ask('/subjects/b/versions/latest')).toEqual([200, { subject: 'b', version: 2, id: 1, schema: text }]);
    expect(await register('c', '"int"')).toEqual([200, { id: 3 }]);
  });
});
