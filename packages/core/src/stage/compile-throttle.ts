import type { StageOp } from '../component/stage-op.ts';
import { compileExpression } from './expression.ts';
import { goesOn, type OpContext, type RunOp } from './op-context.ts';

const mostKeys = 100_000;

interface Bucket {
  tokens: number;
  at: number;
}

/**
 * Builds the step that passes on so many records a second: a bucket that holds one second's worth, in all or for each value of an
 * expression. A bucket that has filled up again is forgotten; beyond a hundred thousand the oldest are.
 */
export function compileThrottle(op: StageOp & { op: 'throttle' }, context: OpContext): RunOp {
  const { perSecond } = op;
  const dropped = context.port(op.dropped);
  const by = op.by === null ? () => '' : compileExpression(op.by, context.names);
  const size = Math.max(1, perSecond);
  const buckets = new Map<string, Bucket>();
  return () => {
    const now = context.now();
    const key = textOf(by());
    const known = buckets.get(key);
    const tokens = known === undefined ? size : Math.min(size, known.tokens + ((now - known.at) * perSecond) / 1000);
    if (known === undefined && buckets.size >= mostKeys) forget(buckets, now, size, perSecond);
    const passes = tokens >= 1;
    buckets.delete(key);
    buckets.set(key, { tokens: passes ? tokens - 1 : tokens, at: now });
    return passes ? goesOn : dropped;
  };
}

// The map keeps the order of use: the first ones are those that nobody asked for longest.
function forget(buckets: Map<string, Bucket>, now: number, size: number, perSecond: number): void {
  const half = buckets.size / 2;
  for (const [key, { tokens, at }] of buckets) {
    const full = tokens + ((now - at) * perSecond) / 1000 >= size;
    if (!full && buckets.size <= half) return;
    buckets.delete(key);
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return `s${value}`;
  return JSON.stringify(value ?? null, (_name, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part));
}
