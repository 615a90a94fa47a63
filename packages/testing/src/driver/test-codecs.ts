import { createCodec, FRAME_BYTES, readFrame, writeFrame } from '@headrace/avro';
import { HeadraceError, isDynamic } from '@headrace/core';
import type { Decoder, Encoder, Encoding, Registry, TopologyGraph, ValueType } from '@headrace/core';
import type { InMemorySchemaRegistry } from '../log/in-memory-schema-registry.ts';

/** Encodes and decodes as nodes do, schema ids before values included; those are given out by a registry in memory. */
export class TestCodecs {
  readonly #components: Registry;
  readonly #schemas: InMemorySchemaRegistry;

  constructor(components: Registry, schemas: InMemorySchemaRegistry) {
    this.#components = components;
    this.#schemas = schemas;
  }

  /** Puts into the registry what the sinks of a topology write, as whoever deploys it does. */
  register(graph: TopologyGraph): void {
    for (const node of graph.nodes.values()) {
      if (node.kind !== 'sink') continue;
      for (const encoding of [node.key, node.value])
        for (const subject of encoding?.frame?.subjects ?? [])
          if (encoding !== null && !isDynamic(encoding.schema)) this.#schemas.add(subject, encoding.schema);
    }
  }

  /** Makes what encodes values as a source reads them. */
  encoder(encoding: Encoding): Encoder {
    const { schema, frame } = encoding;
    if (frame === undefined) return this.#codec(encoding).encoder(encoding, schema satisfies ValueType);
    if (isDynamic(schema))
      return () => {
        const message = 'The source reads any schema of the registry: send "raw" bytes, with the id before them.';
        throw new HeadraceError('SCHEMA_NEEDED', message);
      };
    const encode = this.#codec(encoding).encoder(encoding, schema);
    return (value) => {
      const datum = encode(value);
      const bytes = new Uint8Array(FRAME_BYTES + datum.length);
      bytes.set(datum, writeFrame(bytes, 0, this.#schemas.add('sent by a test', schema)));
      return bytes;
    };
  }

  /** Makes what decodes values as a sink has written them. */
  decoder(encoding: Encoding): Decoder {
    if (encoding.frame === undefined) return this.#codec(encoding).decoder(encoding);
    return (buffer, start, end) =>
      createCodec(this.#schemas.schema(readFrame(buffer, start, end))).decode(buffer, start + FRAME_BYTES, end);
  }

  #codec(encoding: Encoding) {
    const definition = this.#components.codec(encoding.codec);
    if (definition !== undefined) return definition;
    throw new HeadraceError('UNKNOWN_TYPE', `The codec "${encoding.codec}" is not registered.`);
  }
}
