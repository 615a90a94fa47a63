import type { FileEncoder, FileFormat } from './file-encoder.ts';
import { PartFile } from './part-file.ts';

/** A file that records are written to, under its `.part` name. */
export class OpenFile {
  readonly part: PartFile;
  readonly #encoder: FileEncoder;
  /** The offset of its first record, and the one after its last. */
  readonly from: number;
  next: number;
  records = 0;

  private constructor(part: PartFile, encoder: FileEncoder, from: number) {
    this.part = part;
    this.#encoder = encoder;
    this.from = this.next = from;
  }

  /** Begins a file whose first record has this offset; with `keep`, after so many bytes of the complete file of that name. */
  static async begin(final: string, from: number, format: FileFormat, keep = 0): Promise<OpenFile> {
    const part = await PartFile.create(final, keep);
    try {
      const encoder = keep > 0 ? await format.goOn(final) : format.begin();
      await part.append(encoder.begin());
      return new OpenFile(part, encoder, from);
    } catch (error) {
      await part.abandon();
      throw error;
    }
  }

  /** Adds records; `next` is the offset after the last of them. */
  async write(values: readonly Uint8Array[], next: number): Promise<void> {
    await this.part.append(this.#encoder.encode(values));
    this.records += values.length;
    this.next = next;
  }

  /** Keeps neither a handle nor records until it is written to again. */
  async rest(): Promise<void> {
    await this.part.append(this.#encoder.flush());
    await this.part.rest();
  }

  /** Writes everything to the disk. */
  async finish(): Promise<void> {
    await this.part.append(this.#encoder.flush());
    await this.part.sync();
  }
}
