import { connect, type Socket } from 'node:net';
import { readResponse, writeRequest } from '@headrace/protocol';
import type { ApiDefinition, RequestInput, ResponseOf } from '@headrace/protocol';

const answerDeadlineMs = 10_000;

/** Sends one request to one node, over a connection of its own, and returns the answer, whatever error stands in it. */
export async function askNode<A extends ApiDefinition>(
  address: string,
  api: A,
  version: number,
  body: RequestInput<A>,
): Promise<ResponseOf<A>> {
  const [host, port] = address.split(':');
  const socket = connect({ host: host ?? '', port: Number(port) });
  try {
    socket.write(writeRequest(api, { version, correlationId: 1, clientId: 'headrace-test' }, body));
    return readResponse(api, version, await readFrame(socket, api.name));
  } finally {
    socket.destroy();
  }
}

async function readFrame(socket: Socket, what: string): Promise<Buffer> {
  socket.setTimeout(answerDeadlineMs, () => socket.destroy(new Error(`Kafka did not answer ${what}.`)));
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    if (bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0)) return bytes.subarray(4);
  }
  throw new Error(`Kafka closed the connection instead of answering ${what}.`);
}
