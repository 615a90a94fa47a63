import { readZstandardFrameHead } from '@headrace/avro';
import { Decompress } from 'fzstd';
import { ByteQueue } from './byte-queue.ts';

const magic = 0xfd2fb528;
const skippable = 0x184d2a50;
/** What the command `zstd` takes as well unless it is told otherwise. */
const mostWindow = 128 << 20;
const longestHead = 18;
const mostBlock = 128 << 10;

/** Unpacks frames of Zstandard (RFC 8878), a block at a time; frames one after the other are one text. Throws an Error for bytes that are none, and for windows beyond 128 MiB. */
export async function* unpackZstandard(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const queue = new ByteQueue(packed);
  let frames = 0;
  for (let start = await queue.peek(longestHead); start.length > 0 || frames === 0; frames++) {
    if (start.length < 8) throw new Error('the compressed file ends within a frame of Zstandard, or is none');
    if ((start.readUInt32LE(0) & 0xfffffff0) >>> 0 === skippable) {
      await queue.take(8);
      await queue.skip(start.readUInt32LE(4));
    } else yield* unpackFrame(queue, start);
    start = await queue.peek(longestHead);
  }
}

/** The library gets whole blocks of heads that were looked at: it would allocate whatever they say. */
async function* unpackFrame(queue: ByteQueue, start: Buffer): AsyncGenerator<Uint8Array, void, undefined> {
  if (start.readUInt32LE(0) !== magic) throw new Error('there is no frame of Zstandard where one should begin');
  const head = readZstandardFrameHead(start, 0);
  if (head.window > mostWindow) throw new Error(`a frame of Zstandard needs a window of ${head.window} bytes`);
  let unpacked: Uint8Array[] = [];
  const frame = new Decompress((bytes) => {
    if (bytes.length > 0) unpacked.push(bytes.slice());
  });
  frame.push(new Uint8Array(await queue.take(head.end)));
  for (let isLast = false; !isLast;) {
    const blockHead = await queue.take(3);
    const word = blockHead.readUIntLE(0, 3);
    isLast = (word & 1) === 1;
    const [kind, size] = [(word >>> 1) & 3, word >>> 3];
    if (kind === 3 || size > mostBlock) throw new Error('a frame of Zstandard has a block of an unknown kind or size');
    const block = await queue.take(kind === 1 ? 1 : size);
    frame.push(Buffer.concat([blockHead, block]));
    if (isLast) frame.push(head.hasChecksum ? new Uint8Array(await queue.take(4)) : new Uint8Array(0), true);
    yield* unpacked;
    unpacked = [];
  }
}
