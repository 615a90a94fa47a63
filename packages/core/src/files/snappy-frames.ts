import { compressSnappy, decompressSnappy } from '@headrace/avro';
import { ByteQueue } from './byte-queue.ts';
import { crc32c } from './crc32c.ts';

const identifier = Buffer.from('\xff\x06\x00\x00sNaPpY', 'latin1');
const compressed = 0x00;
const uncompressed = 0x01;
/** What one chunk may unpack to. */
const chunkBytes = 65_536;

/** Unpacks the framing format of Snappy (framing_format.txt of google/snappy), a chunk at a time. Files one after the other are one. Throws an Error for bytes that are not of it. */
export async function* unpackSnappy(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const queue = new ByteQueue(packed);
  if (!(await queue.peek(identifier.length)).equals(identifier))
    throw new Error(
      'it does not begin as the framing format of Snappy does (raw Snappy and that of Hadoop are others)',
    );
  while ((await queue.peek(1)).length > 0) {
    const head = await queue.take(4);
    const kind = head[0] as number;
    const length = head.readUIntLE(1, 3);
    if (kind === compressed || kind === uncompressed) yield unpackChunk(kind, await takeChunk(queue, length));
    else if (kind === 0xff) {
      if (length !== 6 || !(await queue.take(6)).equals(identifier.subarray(4)))
        throw new Error('a stream of Snappy has another identifier');
    } else if (kind < 0x80) throw new Error(`a chunk of Snappy is of the unknown kind ${kind}`);
    else await queue.skip(length);
  }
}

/** Packs bytes in the framing format of Snappy; what was packed by itself can stand one after the other. */
export function packSnappy(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [identifier];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const chunk = bytes.subarray(at, at + chunkBytes);
    const small = compressSnappy(chunk);
    const [kind, data] = small.length < chunk.length ? [compressed, small] : [uncompressed, chunk];
    const head = Buffer.alloc(8);
    head[0] = kind;
    head.writeUIntLE(data.length + 4, 1, 3);
    head.writeUInt32LE(maskedChecksum(chunk), 4);
    parts.push(head, data);
  }
  return Buffer.concat(parts);
}

/** The longest chunk is one that did not become smaller. */
async function takeChunk(queue: ByteQueue, length: number): Promise<Buffer> {
  if (length < 4 || length > 4 + chunkBytes + chunkBytes / 6 + 32)
    throw new Error(`a chunk of Snappy says that it has ${length} bytes`);
  return queue.take(length);
}

function unpackChunk(kind: number, chunk: Buffer): Uint8Array {
  const data = chunk.subarray(4);
  if (kind === uncompressed && data.length > chunkBytes) throw new Error('a chunk of Snappy is larger than 64 KiB');
  const bytes = kind === uncompressed ? data : decompressSnappy(data, chunkBytes);
  if (maskedChecksum(bytes) !== chunk.readUInt32LE(0)) throw new Error('the checksum of a chunk of Snappy is wrong');
  return bytes;
}

function maskedChecksum(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
