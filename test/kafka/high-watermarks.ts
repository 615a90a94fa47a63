import { connect } from 'node:net';
import type { Socket } from 'node:net';

const listOffsetsKey = 2;
/** The last version without an isolation level, of which kafkajs has no choice: its Admin answers with last stable offsets. */
const listOffsetsVersion = 1;
const latest = -1n;
const answerDeadlineMs = 10_000;

/**
 * Asks one node for the high watermarks of partitions, by partition: the offsets behind the last record that is replicated,
 * whether or not its transaction has ended.
 */
export async function highWatermarks(
  bootstrap: string,
  topic: string,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const [host, port] = bootstrap.split(':');
  const socket = connect({ host: host ?? '', port: Number(port) });
  try {
    socket.write(request(topic, partitions));
    return readAnswer(await readFrame(socket));
  } finally {
    socket.destroy();
  }
}

function request(topic: string, partitions: readonly number[]): Buffer {
  const name = Buffer.from(topic);
  const head = Buffer.alloc(4 + 2 + 2 + 4 + 2 + 4 + 4 + 2);
  head.writeInt32BE(head.length - 4 + name.length + 4 + partitions.length * 12, 0);
  head.writeInt16BE(listOffsetsKey, 4);
  head.writeInt16BE(listOffsetsVersion, 6);
  head.writeInt32BE(1, 8); // correlation id
  head.writeInt16BE(-1, 12); // no client id
  head.writeInt32BE(-1, 14); // not a replica
  head.writeInt32BE(1, 18); // one topic
  head.writeInt16BE(name.length, 22);
  const tail = Buffer.alloc(4 + partitions.length * 12);
  tail.writeInt32BE(partitions.length, 0);
  for (const [index, partition] of partitions.entries()) {
    tail.writeInt32BE(partition, 4 + index * 12);
    tail.writeBigInt64BE(latest, 8 + index * 12);
  }
  return Buffer.concat([head, name, tail]);
}

async function readFrame(socket: Socket): Promise<Buffer> {
  socket.setTimeout(answerDeadlineMs, () => socket.destroy(new Error('Kafka did not answer ListOffsets.')));
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    if (bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0)) return bytes.subarray(4);
  }
  throw new Error('Kafka closed the connection instead of answering ListOffsets.');
}

/** Reads the answer of one topic: after its name come, for each partition, an error, a timestamp and the offset. */
function readAnswer(frame: Buffer): ReadonlyMap<number, number> {
  const afterName = 4 + 4 + 2 + frame.readInt16BE(8);
  const offsets = new Map<number, number>();
  for (let index = 0, at = afterName + 4; index < frame.readInt32BE(afterName); index++, at += 22) {
    const partition = frame.readInt32BE(at);
    const error = frame.readInt16BE(at + 4);
    if (error !== 0) throw new Error(`ListOffsets of partition ${partition} was answered with error ${error}.`);
    offsets.set(partition, Number(frame.readBigInt64BE(at + 14)));
  }
  return offsets;
}
