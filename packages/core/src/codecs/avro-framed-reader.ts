import { createCodec, createResolvingCodec, FRAME_BYTES, readFrame, RegistryError, type Decoder } from '@headrace/avro';
import type { Encoding } from '../component/encoding.ts';
import type { FramedReader } from '../component/framed-reader.ts';
import type { SchemaRegistry } from '../component/schema-registry.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import { isDynamic } from '../types/edge-type.ts';
import { codecError } from './data-fault.ts';
import { registryFault } from '../component/registry-fault.ts';

/** More ids than are ever on their way to a stage: a registry is asked for few unknown ones a second. */
const mostIds = 10_000;
/** So long an id that gives no schema is not asked for again; it may be registered meanwhile. */
const forgetFailureMs = 10_000;

type Known = { readonly decoder: Decoder } | { readonly error: HeadraceError; readonly until: number };

/** Reads values with the schemas of their writers, shown in the encoding's schema; each in its writer's where that is dynamic. */
export function avroFramedReader(encoding: Encoding, registry: SchemaRegistry, now: () => number): FramedReader {
  const known = new Map<number, Known>();
  const remember = (id: number, what: Known): void => {
    known.delete(id);
    known.set(id, what);
    if (known.size > mostIds) known.delete(known.keys().next().value as number);
  };
  const fetch = async (id: number, signal: AbortSignal): Promise<void> => {
    try {
      remember(id, { decoder: await decoderOf(id, encoding, registry, signal) });
    } catch (thrown) {
      const error = thrown instanceof RegistryError ? registryFault(thrown) : codecError(thrown, 'RESOLUTION_FAILED');
      signal.throwIfAborted();
      // What concerns the registry and not the record is no failure of the record.
      if (error.retryable || error.code === 'REGISTRY_REFUSED') throw error;
      remember(id, { error, until: now() + forgetFailureMs });
    }
  };
  return {
    prepare(id, signal) {
      const found = known.get(id);
      if (found !== undefined && ('decoder' in found || found.until > now())) return null;
      return fetch(id, signal);
    },
    decode(buffer, start, end) {
      try {
        const id = readFrame(buffer, start, end);
        const found = known.get(id);
        if (found === undefined)
          throw new HeadraceError('SCHEMA_NOT_READY', `The schema with the id ${id} was not fetched yet.`, {
            retryable: true,
          });
        if ('error' in found) throw found.error;
        return found.decoder.decode(buffer, start + FRAME_BYTES, end);
      } catch (thrown) {
        throw codecError(thrown, 'BAD_AVRO');
      }
    },
  };
}

async function decoderOf(
  id: number,
  { schema }: Encoding,
  registry: SchemaRegistry,
  signal: AbortSignal,
): Promise<Decoder> {
  const { schema: writer } = await registry.schemaById(id, { signal });
  return isDynamic(schema) ? createCodec(writer) : createResolvingCodec(writer, schema);
}
