import { parseSchema, RegistryError } from '@headrace/avro';
import type { Encoding } from '@headrace/core';
import { InMemorySchemaRegistry } from '@headrace/testing';
import { describe, expect, it } from 'vitest';
import { schemaIdOf } from '../../packages/core/src/compile/schema-ids.ts';

const schema = parseSchema({ type: 'record', name: 'A', fields: [{ name: 'id', type: 'string' }] });
const other = parseSchema({ type: 'record', name: 'B', fields: [] });
const encoding = (subjects: readonly string[], register = false): Encoding => ({
  codec: 'avro',
  options: {},
  schema,
  frame: { subjects, register },
});

describe('the id of the schema that a sink writes', () => {
  it('is that of its subject, or of all of them', async () => {
    const schemas = new InMemorySchemaRegistry();
    schemas.add('a', other);
    const id = schemas.add('a', schema);
    schemas.add('b', schema);
    expect(await schemaIdOf(encoding(['a', 'b']), 'out', schemas)).toBe(id);
  });

  it('is found where the registry does not know our spelling', async () => {
    const schemas = new InMemorySchemaRegistry();
    const id = schemas.add('a', schema);
    schemas.add('a', other);
    schemas.lookUp = () => Promise.reject(new RegistryError('SCHEMA_NOT_FOUND', '', 'no'));
    expect(await schemaIdOf(encoding(['a']), 'out', schemas)).toBe(id);
  });

  it('is made where the author wants that, and only there', async () => {
    const schemas = new InMemorySchemaRegistry();
    const lacking = { code: 'SUBJECT_LACKS_SCHEMA', place: { node: 'out' }, retryable: false };
    await expect(schemaIdOf(encoding(['a']), 'out', schemas)).rejects.toMatchObject(lacking);
    schemas.add('a', other);
    await expect(schemaIdOf(encoding(['a']), 'out', schemas)).rejects.toMatchObject(lacking);
    const id = await schemaIdOf(encoding(['a'], true), 'out', schemas);
    expect(schemas.schema(id)).toBe(schema);
  });

  it('must be one', async () => {
    const schemas = new InMemorySchemaRegistry();
    schemas.lookUp = (subject) => Promise.resolve({ id: subject.length, version: 1 });
    await expect(schemaIdOf(encoding(['a', 'bb']), 'out', schemas)).rejects.toMatchObject({
      code: 'SCHEMA_IDS_DIFFER',
    });
  });

  it.each([
    ['UNREACHABLE', 'REGISTRY_UNAVAILABLE', true],
    ['UNAUTHORIZED', 'REGISTRY_REFUSED', false],
    ['INCOMPATIBLE_SCHEMA', 'SCHEMA_REFUSED', false],
  ] as const)('is not to be had after %s', async (cause, code, retryable) => {
    const schemas = new InMemorySchemaRegistry();
    schemas.register = () => Promise.reject(new RegistryError(cause, '', 'no'));
    await expect(schemaIdOf(encoding(['a'], true), 'out', schemas)).rejects.toMatchObject({ code, retryable });
  });
});
