const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
/** What compressors use for small inputs too, however little may be decompressed. */
const USUAL_WINDOW = 8 << 20;

/**
 * Walks the heads of frames and blocks (RFC 8878, 3.1) before anything is allocated for them: windows that are larger
 * than what may be decompressed, and frames that end too early, are refused.
 */
export function checkFrames(bytes: Uint8Array, maxBytes: number): void {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  let windows = 0;
  while (at < data.length) {
    need(data, at, 8);
    const magic = data.readUInt32LE(at);
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) {
      at += 8 + data.readUInt32LE(at + 4);
      continue;
    }
    if (magic !== MAGIC) throw new Error('the block holds no frame of Zstandard');
    const frame = readZstandardFrameHead(data, at);
    windows += frame.window;
    if (windows > maxBytes + USUAL_WINDOW || frame.content > maxBytes)
      throw new RangeError(`more than ${maxBytes} bytes`);
    at = endOfBlocks(data, frame.end) + (frame.hasChecksum ? 4 : 0);
  }
  if (at > data.length) throw new Error('the block ends within a frame');
}

/** Holds what the head of a frame says. */
export interface ZstandardFrameHead {
  /** Bytes that must be kept to decompress the frame. */
  readonly window: number;
  /** Bytes of the decompressed frame; 0: not said. */
  readonly content: number;
  /** Whether four bytes of a checksum stand after the last block. */
  readonly hasChecksum: boolean;
  /** Where its first block begins. */
  readonly end: number;
}

/** Reads the head of a frame (RFC 8878, 3.1.1.1), whose magic number stands at `start`; throws an Error where it is broken or not all there. */
export function readZstandardFrameHead(data: Buffer, start: number): ZstandardFrameHead {
  need(data, start, 5);
  const descriptor = data[start + 4] as number;
  const isSingle = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number;
  const sizeCode = descriptor >>> 6;
  const sizeBytes = sizeCode === 0 ? (isSingle ? 1 : 0) : 1 << sizeCode;
  let at = start + 5;
  need(data, at, (isSingle ? 0 : 1) + dictionaryBytes + sizeBytes);
  if (dictionaryBytes > 0) throw new Error('the frame needs a dictionary');
  let window = 0;
  if (!isSingle) {
    const exponent = (data[at] as number) >>> 3;
    const base = 2 ** (10 + exponent);
    window = base + (base / 8) * ((data[at] as number) & 7);
    at++;
  }
  let content = 0;
  for (let index = sizeBytes - 1; index >= 0; index--) content = content * 256 + (data[at + index] as number);
  if (sizeBytes === 2) content += 256;
  return { window: isSingle ? content : window, content, hasChecksum: (descriptor & 4) !== 0, end: at + sizeBytes };
}

function endOfBlocks(data: Buffer, start: number): number {
  let at = start;
  for (;;) {
    need(data, at, 3);
    const head = data.readUIntLE(at, 3);
    const type = (head >>> 1) & 3;
    if (type === 3) throw new Error('the frame has a block of an unknown kind');
    at += 3 + (type === 1 ? 1 : head >>> 3);
    if ((head & 1) === 1) return at;
  }
}

function need(data: Buffer, at: number, bytes: number): void {
  if (at + bytes > data.length) throw new Error('the block ends within a frame');
}
