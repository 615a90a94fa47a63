import zlib from 'node:zlib';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import type { InferContext } from '../component/contexts.ts';
import type { Finding } from '../component/finding.ts';
import { dynamic, type EdgeType } from '../types/edge-type.ts';
import { fileSinkDefinition } from './file.ts';
import { builtInSinks } from './index.ts';

describe('every built-in sink', () => {
  it('has examples that its own options accept, and refuses options that it does not know', () => {
    for (const { options, examples, type } of builtInSinks) {
      expect(examples.length, type).toBeGreaterThan(0);
      for (const example of examples) expect(Value.Check(options, example.options), type).toBe(true);
      expect(Value.Check(options, { path: 'x', nonsense: 1 }), type).toBe(false);
    }
  });

  it('describes each of its options', () => {
    for (const { options, type } of builtInSinks) {
      const { properties } = options as { properties?: Record<string, { description?: string }> };
      for (const [name, schema] of Object.entries(properties ?? {}))
        expect(schema.description, `${type}.${name}`).toBeTruthy();
    }
  });
});

describe('the options of the file sink', () => {
  function findingsOf(options: Record<string, unknown>, edge: Partial<EdgeType> = {}): Finding[] {
    const findings: Finding[] = [];
    const context = {
      node: 'n',
      report: (finding: Finding) => findings.push(finding),
      writes: (_at: unknown, option: unknown, type: unknown, defaults: { codec: string | null }) => ({
        codec: (option as string) ?? defaults.codec,
        options: {},
        schema: type,
      }),
    } as unknown as InferContext;
    const input: EdgeType = {
      key: null,
      value: dynamic,
      kind: 'stream',
      tombstones: false,
      partitionedBy: 'unknown',
      ordered: true,
      scope: 'record',
      ...edge,
    };
    fileSinkDefinition.infer({ path: './out/x.ndjson', ...options }, input, context);
    return findings;
  }

  it('say what is not built yet, and what is no text', () => {
    expect(findingsOf({})).toEqual([]);
    expect(findingsOf({ path: './x.parquet' })).toMatchObject([{ code: 'NOT_BUILT_YET', at: ['path'] }]);
    expect(findingsOf({ path: './x.ndjson.sz' })).toEqual([]);
    const canWrite = 'zstdCompressSync' in zlib;
    expect(findingsOf({ path: './x.ndjson.zst' }).map(({ code }) => code)).toEqual(
      canWrite ? [] : ['OPTIONS_CONFLICT'],
    );
    expect(findingsOf({ value: 'avro' })).toEqual([]);
    expect(findingsOf({ compression: 'snappy' })).toMatchObject([{ code: 'OPTIONS_CONFLICT', at: ['compression'] }]);
    expect(findingsOf({ header: false })).toMatchObject([{ code: 'OPTIONS_CONFLICT', at: ['header'] }]);
    expect(findingsOf({ value: 'long' })).toMatchObject([{ code: 'CODEC_NOT_FOR_FILES', at: ['value'] }]);
    expect(findingsOf({}, { tombstones: true })).toMatchObject([{ code: 'NULL_VALUES', severity: 'warning' }]);
  });
});
