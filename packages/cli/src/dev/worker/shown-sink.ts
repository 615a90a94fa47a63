import { bytesAt, headersAt, routeOf, withoutRoutes } from '@headrace/core';
import type { RecordBatch, Refusal, Registry, Sink, SinkDefinition, SinkNode } from '@headrace/core';
import type { ShownRecord } from '../messages.ts';
import { plainText, textOf, type TextOf } from './record-text.ts';
import type { Showing } from './showing.ts';
import type { Tapped } from './taps.ts';

/** Makes the sink behind a tap: it shows what it is given and does nothing else. */
export function tapSink(tapped: Tapped, showing: Showing): Sink {
  return {
    ...nowhere,
    write: async (batch) => {
      showing.show(tapped, batch.rows, (index) =>
        recordOf(batch, batch.row(index), { key: plainText, value: plainText }),
      );
      return [];
    },
  };
}

/** Shows what a sink has written, once it has taken it. One of standard output writes nothing else: the screen is the same. */
export function showing(node: SinkNode, registry: Registry, shown: Showing): SinkDefinition {
  const { definition, options } = node;
  const texts = { key: textOf(node.key, registry), value: textOf(node.value, registry) };
  const topics = definition.topics?.(options) ?? [];
  const topicOf = (batch: RecordBatch, row: number): string | null =>
    topics.length === 1 ? (topics[0]?.topic ?? null) : routeOf(headersAt(batch.headers, row), 'topic');
  return {
    ...definition,
    create(written, context) {
      const sink = definition.type === 'stdout' ? nowhere : definition.create(written, context);
      return {
        ...delegating(sink),
        write: async (batch, signal) => {
          const refusals = await sink.write(batch, signal);
          const refused = new Set(refusals.map(({ row }) => row));
          const rows = Array.from({ length: batch.rows }, (_, i) => batch.row(i)).filter((row) => !refused.has(row));
          shown.show({ node: node.id, port: 'sink' }, rows.length, (index) => {
            const row = rows[index] as number;
            return { ...recordOf(batch, row, texts), topic: topicOf(batch, row) };
          });
          return refusals;
        },
      };
    },
  };
}

function recordOf(
  batch: RecordBatch,
  row: number,
  texts: { readonly key: TextOf; readonly value: TextOf },
): Omit<ShownRecord, 'kind' | 'node' | 'port'> {
  const headers = withoutRoutes(headersAt(batch.headers, row)) ?? [];
  const key = batch.keys.kind === 'bytes' ? bytesAt(batch.keys, row) : null;
  const value = batch.values.kind === 'bytes' ? bytesAt(batch.values, row) : null;
  return {
    topic: null,
    key: key === null ? null : texts.key(key),
    value: texts.value(value),
    timestamp: batch.timestamps[row] as number,
    headers: Object.fromEntries(
      headers.map(({ name, value: bytes }) => [name, bytes === null ? null : Buffer.from(bytes).toString()]),
    ),
  };
}

function delegating(sink: Sink): Omit<Sink, 'write'> {
  return {
    begin: (task, incarnation, at) => sink.begin(task, incarnation, at),
    durable: (task, epoch) => sink.durable(task, epoch),
    ...(sink.committed === undefined ? {} : { committed: (task, epoch) => sink.committed?.(task, epoch) }),
    drain: (task, signal) => sink.drain(task, signal),
    discard: (task, incarnation) => sink.discard(task, incarnation),
    close: () => sink.close(),
  };
}

const nowhere: Sink = {
  begin: async () => {},
  write: async (): Promise<readonly Refusal[]> => [],
  durable: async () => {},
  drain: async () => {},
  discard: async () => {},
  close: async () => {},
};
