import {
  appendToContainer,
  createContainerWriter,
  readContainer,
  schemasEqual,
  type BlockCodecName,
  type ContainerHeader,
  type ContainerWriter,
  type Schema,
} from '@headrace/avro';
import { HeadraceError } from '../../errors/headrace-error.ts';
import { openInput, piecesOf } from '../../files/byte-input.ts';
import { nothing, type FileEncoder, type FileFormat } from './file-encoder.ts';

/** Makes the format of container files of Avro, whose records come encoded in their schema. */
export function containerFormat(schema: Schema, codec: BlockCodecName): FileFormat {
  return {
    begin: () => new ContainerEncoder(createContainerWriter(schema, { codec })),
    async goOn(file) {
      const header = await headerOf(file);
      if (!schemasEqual(header.schema, schema)) {
        const message = `The file "${file}" was written with another schema. Move it away, so that a new one is begun, or run with --from earliest.`;
        throw new HeadraceError('FILE_CHANGED', message, { place: { file } });
      }
      return new ContainerEncoder(appendToContainer(header));
    },
  };
}

async function headerOf(file: string): Promise<ContainerHeader> {
  const input = await openInput(file, 0);
  if (input === null) throw new HeadraceError('FILE_CHANGED', `The file "${file}" is empty.`, { place: { file } });
  const pieces = piecesOf(input, 65_536);
  try {
    return (await readContainer(pieces)).header;
  } finally {
    await pieces.return();
  }
}

class ContainerEncoder implements FileEncoder {
  readonly #writer: ContainerWriter;

  constructor(writer: ContainerWriter) {
    this.#writer = writer;
  }

  begin(): Uint8Array {
    return this.#writer.begin();
  }

  encode(values: readonly Uint8Array[]): Uint8Array {
    const blocks: Uint8Array[] = [];
    for (const value of values) {
      const block = this.#writer.writeEncoded(value, 0, value.length);
      if (block !== null) blocks.push(block);
    }
    return blocks.length === 0 ? nothing : Buffer.concat(blocks);
  }

  flush(): Uint8Array {
    return this.#writer.flush() ?? nothing;
  }
}
