import type { FileEncoder, FileFormat } from './file-encoder.ts';
import { nothing } from './file-encoder.ts';

/** How many bytes are packed at once: enough to find what repeats. */
const pieceBytes = 65_536;

/** Makes a format whose files are packed: piece by piece, each of which can be unpacked by itself and behind the others. */
export function packedFormat(plain: FileFormat, pack: (bytes: Uint8Array) => Uint8Array): FileFormat {
  return {
    begin: () => new PackingEncoder(plain.begin(), pack),
    goOn: async (file) => new PackingEncoder(await plain.goOn(file), pack),
  };
}

class PackingEncoder implements FileEncoder {
  readonly #plain: FileEncoder;
  readonly #pack: (bytes: Uint8Array) => Uint8Array;
  #kept: Uint8Array[] = [];
  #bytes = 0;

  constructor(plain: FileEncoder, pack: (bytes: Uint8Array) => Uint8Array) {
    this.#plain = plain;
    this.#pack = pack;
  }

  /** What the file begins with is packed with what follows. */
  begin(): Uint8Array {
    this.#keep(this.#plain.begin());
    return nothing;
  }

  encode(values: readonly Uint8Array[]): Uint8Array {
    this.#keep(this.#plain.encode(values));
    return this.#bytes >= pieceBytes ? this.#packed() : nothing;
  }

  flush(): Uint8Array {
    this.#keep(this.#plain.flush());
    return this.#bytes === 0 ? nothing : this.#packed();
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#kept.push(bytes);
    this.#bytes += bytes.length;
  }

  #packed(): Uint8Array {
    const bytes = Buffer.concat(this.#kept, this.#bytes);
    this.#kept = [];
    this.#bytes = 0;
    return this.#pack(bytes);
  }
}
