import type { Schema } from '../schema.ts';
import { createContainerWriter, type WriteContainerOptions } from './container-writer.ts';

/**
 * Yields the bytes of a container file of the records, a block at a time, in memory for one block.
 * Throws AvroError for a record that does not fit, ContainerError for options that do not.
 */
export async function* writeContainer(
  schema: Schema,
  records: AsyncIterable<unknown> | Iterable<unknown>,
  options: WriteContainerOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const writer = createContainerWriter(schema, options);
  yield writer.begin();
  for await (const record of records) {
    const block = writer.write(record);
    if (block !== null) yield block;
  }
  const last = writer.flush();
  if (last !== null) yield last;
}
