import { codecOption, defineSource, streamEdge, type Registry, type SourceDefinition } from '@headrace/core';
import { Type } from '@headrace/core';

const type = 'anyRecords';

/** A source that only a test can feed: with keys and values of any codec, which files of lines, say, could not hold. */
export const anyRecords: SourceDefinition = defineSource({
  type,
  summary: 'Reads records of a test in any codec.',
  options: Type.Object(
    { key: Type.Optional(codecOption('How keys are read.')), value: codecOption('How values are read.') },
    { additionalProperties: false },
  ),
  examples: [],
  infer(written, context) {
    const value = context.reads(['value'], written.value);
    const key = written.key === undefined ? null : context.reads(['key'], written.key);
    if (value === null || (key === null && written.key !== undefined)) return null;
    return { output: { ...streamEdge(value.schema), key: key?.schema ?? null, tombstones: true }, key, value };
  },
  traits: () => ({ scope: 'single', replay: 'position', bounded: true }),
});

/** Adds that source to a registry. */
export function withAnyRecords(registry: Registry): Registry {
  return { ...registry, source: (name) => (name === type ? anyRecords : registry.source(name)) };
}
