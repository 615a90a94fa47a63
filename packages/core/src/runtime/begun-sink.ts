import type { Sink } from '../component/sink.ts';

/** Makes a sink whose work waits until it has begun, however that ended; what waits for a write may be stopped. */
export function begunSink(sink: Sink, begun: Promise<void>): Sink {
  let waits = true;
  const over = begun
    .catch(() => {})
    .then(() => {
      waits = false;
    });
  return {
    begin: () => begun,
    write: async (batch, signal) => {
      if (waits) await Promise.race([over, aborted(signal)]);
      return signal.aborted ? [] : sink.write(batch, signal);
    },
    durable: async (task, epoch) => {
      await over;
      await sink.durable(task, epoch);
    },
    committed: (task, epoch) => sink.committed?.(task, epoch),
    drain: (task, signal) => sink.drain(task, signal),
    discard: (task, incarnation) => sink.discard(task, incarnation),
    close: () => sink.close(),
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
