import { HeadraceError } from '../errors/headrace-error.ts';
import type { Failure, FailureStage } from '../record/failure.ts';
import { defaultPort, type NodeId, type Port } from '../record/record-batch.ts';
import type { CountSink } from '../telemetry/counters.ts';
import { turnCells, type TurnMarks } from '../telemetry/turn-marks.ts';
import { compileOp } from './compile-op.ts';
import { publish } from '../telemetry/channels.ts';
import { failureOf } from './failure-of.ts';
import {
  goesOn,
  leavesAsMany,
  leavesBySeveral,
  leavesNowhere,
  type EmittedRow,
  type OpContext,
  type RunOp,
} from './op-context.ts';
import type { KeptRow } from './kept-rows.ts';
import type { RecordNames } from './record-names.ts';
import type { FailureRoute, StageNode } from './stage.ts';
import type { RunningExit } from './stage-exit.ts';
import type { StageRow } from './stage-row.ts';

// The numbers of the two ports that every node has.
const outPort = 0;
const errorPort = 1;

// Takes the marks of runs that nobody looks on: a write is cheaper than a question.
const unread = new Int32Array(turnCells.node + 1);

/** Where a port leads. */
export type PortTarget = NodeRunner | RunningExit;

/** What a node is built from. */
export interface NodeSetup {
  readonly id: NodeId;
  readonly node: StageNode;
  readonly row: StageRow;
  readonly names: RecordNames;
  readonly exits: readonly RunningExit[];
  /** Whether records come here from outside of the stage. */
  readonly isHead: boolean;
  readonly marks?: TurnMarks | undefined;
  readonly shared: Pick<OpContext, 'topology' | 'json' | 'now' | 'wallNow'>;
}

/** Runs one node of a stage on the record that the stage is at work on, and sends it on. A record never comes back to a node while it is inside. */
export class NodeRunner {
  readonly #id: NodeId;
  readonly #row: StageRow;
  readonly #isHead: boolean;
  /** Whether it only makes records fit the node that it stands before. */
  readonly #isBefore: boolean;
  readonly #keepsInput: boolean;
  readonly #isPort: boolean;
  readonly #ops: readonly RunOp[];
  readonly #chosen: number[] = [];
  readonly #emitted: EmittedRow[] = [];
  readonly #exits: readonly RunningExit[];
  readonly #routes: Readonly<Record<FailureStage, FailureRoute>>;
  readonly #ports: Port[] = [defaultPort, 'error'];
  readonly #targets: (readonly PortTarget[])[] = [];
  readonly #counts: number[] = [];
  /** What records are counted as that leave by a port that nobody reads, where that says more than its name. */
  readonly #endings: ReadonlyMap<Port, string>;
  readonly #marks: Int32Array;
  readonly #number: number;
  readonly #reasons = { in: 0, ended: 0, skipped: 0, deadLetter: 0 };

  // The record as it came into the node: what goes to `error`, and what the ports of a failed delivery start from.
  #inKey: unknown = null;
  #inValue: unknown = null;
  #inTimestamp = 0;
  #inHeaders: StageRow['headers'] = null;
  #inFailure: Failure | null = null;

  constructor({ id, node, row, names, exits, isHead, marks, shared }: NodeSetup) {
    this.#marks = marks?.cells ?? unread;
    this.#number = marks?.numberOf(node.before ?? id) ?? 0;
    this.#isHead = isHead;
    this.#id = node.before ?? id;
    this.#isBefore = node.before !== undefined;
    this.#row = row;
    this.#exits = exits;
    const { onError, onErrorOf } = node;
    this.#keepsInput = node.keepsInput ?? false;
    this.#isPort = node.isPort ?? false;
    this.#routes = { decode: onError, process: onError, deliver: onError, ...onErrorOf };
    const context: OpContext = {
      ...shared,
      row,
      names,
      node: id,
      chosen: this.#chosen,
      emitted: this.#emitted,
      port: (name: Port) => this.#portNumber(name),
    };
    this.#endings = new Map(node.ops.flatMap((op) => (op.op === 'each' ? [[op.empty, 'empty']] : [])));
    this.#ops = node.ops.map((op) => compileOp(op, context));
    for (const name of Object.keys(node.ports)) this.#portNumber(name);
  }

  /** Says where the ports lead. */
  connect(targets: (port: Port) => readonly PortTarget[]): void {
    this.#ports.forEach((port, number) => {
      this.#targets[number] = targets(port);
      this.#counts[number] = 0;
    });
  }

  /** Takes the record, changes it and sends it on. */
  take(): void {
    this.#enter();
    let port: number;
    try {
      port = this.#work();
    } catch (error) {
      this.#fail('process', error);
      return;
    }
    if (port >= 0) this.#send(port);
    else if (port === leavesBySeveral) this.#sendBySeveral();
    else if (port === leavesAsMany) this.#sendEmitted();
    else if (port === leavesNowhere) this.#reasons.ended++;
  }

  /** Takes so many records that leave by the default port as they came. */
  passAll(records: number): void {
    this.#marks[turnCells.node] = this.#number;
    this.#reasons.in += records;
    this.#counts[outPort]! += records;
  }

  /** Takes the record as one that could not be decoded. */
  takeUndecoded(error: unknown): void {
    this.#enter();
    this.#fail('decode', error);
  }

  /** Adds up what happened since the last call. */
  count(counters: CountSink): void {
    if (this.#isPort) {
      this.clear();
      return;
    }
    // What it takes and gives the node behind it counts, and what it fails on reaches only itself.
    if (this.#isBefore) {
      this.#reasons.in -= this.#counts[outPort] as number;
      this.#counts[outPort] = 0;
    }
    for (const [reason, records] of Object.entries(this.#reasons))
      if (records > 0) counters.add(this.#id, reason, records);
    this.#ports.forEach((port, number) => {
      const records = this.#counts[number] as number;
      if (records > 0) counters.add(this.#id, this.#countedAs(port, number), records);
    });
    this.clear();
  }

  #countedAs(port: Port, number: number): string {
    const isRead = (this.#targets[number] as readonly PortTarget[]).length > 0;
    return isRead ? port : (this.#endings.get(port) ?? port);
  }

  /** Forgets the counts. */
  clear(): void {
    this.#counts.fill(0);
    Object.assign(this.#reasons, { in: 0, ended: 0, skipped: 0, deadLetter: 0 });
  }

  #portNumber(name: Port): number {
    const known = this.#ports.indexOf(name);
    return known >= 0 ? known : this.#ports.push(name) - 1;
  }

  #enter(): void {
    const row = this.#row;
    this.#marks[turnCells.node] = this.#number;
    this.#reasons.in++;
    this.#inKey = row.keySlot;
    this.#inValue = row.valueSlot;
    this.#inTimestamp = row.timestamp;
    this.#inHeaders = row.headers;
    this.#inFailure = row.failure;
  }

  #work(): number {
    for (const op of this.#ops) {
      const port = op();
      if (port !== goesOn) return port;
    }
    return outPort;
  }

  #sendBySeveral(): void {
    const { keySlot: key, valueSlot: value, timestamp, headers, failure } = this.#row;
    for (const port of this.#chosen) {
      this.#set(key, value, timestamp, headers, failure);
      this.#send(port);
    }
  }

  // What one of them meets further on must not keep the others from going their way.
  #sendEmitted(): void {
    const rows = this.#emitted.splice(0);
    const { failure } = this.#row;
    for (const { port, key, value, timestamp, headers } of rows) {
      this.#set(key, value, timestamp, headers, failure);
      this.#send(port);
    }
  }

  #send(port: number): void {
    const targets = this.#targets[port] as readonly PortTarget[];
    if (targets.length === 1) {
      if (this.#deliver(targets[0] as PortTarget, port)) this.#counts[port]!++;
      return;
    }
    const { keySlot: key, valueSlot: value, timestamp, headers, failure } = this.#row;
    let delivered = true;
    for (const target of targets) {
      this.#set(key, value, timestamp, headers, failure);
      delivered = this.#deliver(target, port) && delivered;
    }
    if (delivered) this.#counts[port]!++;
  }

  #deliver(target: PortTarget, port: number): boolean {
    if (target instanceof NodeRunner) {
      target.take();
      return true;
    }
    try {
      target.take(this.#row, this.#keepsInput ? this.#asItCame() : undefined);
      return true;
    } catch (error) {
      // What fails on its way from the error port has nowhere left to go.
      if (port === errorPort) throw failed(failureOf(this.#row, this.#id, 'deliver', error), error);
      this.#fail('deliver', error);
      return false;
    }
  }

  #asItCame(): KeptRow {
    const row = this.#row;
    return {
      key: row.keyIn(this.#inKey),
      value: row.valueIn(this.#inValue),
      timestamp: this.#inTimestamp,
      headers: this.#inHeaders,
    };
  }

  #fail(stage: FailureStage, error: unknown): void {
    const row = this.#row;
    this.#set(this.#inKey, this.#inValue, this.#inTimestamp, this.#inHeaders, this.#inFailure);
    const failure = failureOf(row, this.#id, stage, error);
    publish('headrace:record:failed', () => ({ node: this.#id, stage, code: failure.code }));
    const targets = this.#targets[errorPort] as readonly PortTarget[];
    const route = this.#routes[stage];
    if (targets.length > 0) {
      // What fails at a source leaves as the source read it, whatever the failure.
      if (this.#isHead) row.turnRaw();
      row.failure = failure;
      this.#send(errorPort);
    } else if (route === 'skip') this.#reasons.skipped++;
    else if (route === 'fail') throw failed(failure, error);
    else {
      row.failure = failure;
      (this.#exits[route.exit] as RunningExit).take(row);
      this.#reasons.deadLetter++;
    }
  }

  #set(key: unknown, value: unknown, timestamp: number, headers: StageRow['headers'], failure: Failure | null): void {
    const row = this.#row;
    row.keySlot = key;
    row.valueSlot = value;
    row.timestamp = timestamp;
    row.headers = headers;
    row.failure = failure;
  }
}

function failed(failure: Failure, cause: unknown): HeadraceError {
  const { node, split, offset, code } = failure;
  const message = `Node "${node}" failed on the record at offset ${offset} of "${split}": ${failure.message}`;
  return new HeadraceError(code, message, { place: { node, split, offset }, cause });
}
