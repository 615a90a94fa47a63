import { bytesAt } from '@headrace/core';
import type { Clock, NodeId, RecordBatch, Refusal, Sink, SinkDefinition } from '@headrace/core';
import { acknowledge } from '../log/acknowledge.ts';
import type { LogFaults } from '../log/log-faults.ts';
import { recordAt } from '../log/log-record.ts';
import { RowGate } from '../log/row-gate.ts';
import type { Capture } from './captured-record.ts';
import { partitionOf } from './partition-of.ts';

/** What capturing needs from the driver. */
export interface CaptureContext {
  readonly capture: Capture;
  /** Planned by tests; a fault's topic is the id of a sink. */
  readonly faults: LogFaults;
  readonly clock: Clock;
}

/**
 * Puts a capturing sink in the place of a real one: options, encodings and the work before encoding stay, the records go nowhere.
 * Like a topic it keeps what an earlier incarnation has written.
 */
export function capturing(definition: SinkDefinition, context: CaptureContext): SinkDefinition {
  return {
    ...definition,
    traits: (options) => ({
      ...definition.traits(options),
      acknowledges: 'write',
      transactional: false,
      idempotent: false,
    }),
    create: (_options, { node }) => new CapturingSink(node, context),
  };
}

class CapturingSink implements Sink {
  readonly #node: NodeId;
  readonly #context: CaptureContext;

  constructor(node: NodeId, context: CaptureContext) {
    this.#node = node;
    this.#context = context;
  }

  async begin(): Promise<void> {}

  async write(batch: RecordBatch, signal: AbortSignal): Promise<readonly Refusal[]> {
    const fault = this.#context.faults.takeAppend(this.#node);
    const refusals = fault?.reject?.written === false ? [] : this.#take(batch, new RowGate(fault));
    await acknowledge(this.#context.clock, fault?.delayMs ?? 0);
    signal.throwIfAborted();
    if (fault?.reject !== undefined) throw fault.reject.error;
    return refusals;
  }

  async durable(): Promise<void> {}

  async drain(): Promise<void> {}

  async discard(): Promise<void> {}

  async close(): Promise<void> {}

  #take(batch: RecordBatch, gate: RowGate): readonly Refusal[] {
    const refusals: Refusal[] = [];
    const partition = partitionOf(batch.split);
    for (let i = 0; i < batch.rows; i += 1) {
      const row = batch.row(i);
      const reason = gate.refuse(row, this.#node, keyAt(batch, row));
      if (reason !== null) {
        refusals.push({ row, ...reason });
        continue;
      }
      const record = recordAt(batch, row, { partition, offset: batch.offsets[row] as number });
      const failure = batch.failures?.[row] ?? null;
      this.#context.capture.add(this.#node, { ...record, source: batch.source, split: batch.split, failure });
    }
    return refusals;
  }
}

function keyAt(batch: RecordBatch, row: number): Uint8Array | null {
  return batch.keys.kind === 'bytes' ? bytesAt(batch.keys, row) : null;
}
