import type { Socket } from 'node:net';

/** Hands over each frame that a socket receives, without its length. */
export function onFrames(socket: Socket, take: (frame: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const length = rest.readInt32BE(0);
      take(rest.subarray(4, 4 + length));
      rest = rest.subarray(4 + length);
    }
  });
}

/** Returns a frame with its length before it. */
export function withLength(frame: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(frame.length);
  return Buffer.concat([length, frame]);
}
