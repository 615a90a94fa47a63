import type { FunctionCall } from '../component/function-call.ts';
import type { AnyFunction, UserFunction } from '../component/user-function.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import { isDynamic } from '../types/edge-type.ts';
import { fitValue } from './fit-value.ts';
import { RowView } from './row-view.ts';
import type { StageRow } from './stage-row.ts';

/** Builds what calls a function with the record that a stage is at work on, and looks at what it returns. */
export function compileCall(call: FunctionCall, row: StageRow): () => unknown {
  const run = callWith(call.use, row);
  const fit = isDynamic(call.returns) ? null : fitValue({ kind: 'dyn' }, call.returns, 'returns');
  return () => {
    const result = run() ?? null;
    return fit === null ? result : fit(result);
  };
}

/** Builds what calls a function with the value, the view of the record, and what else it takes; the view expires when it returns. */
export function callWith(use: UserFunction, row: StageRow): (...more: unknown[]) => unknown {
  const call = use.bound<AnyFunction>() as (...args: unknown[]) => unknown;
  return (...more) => {
    const view = new RowView(row);
    try {
      const result = call(row.value, view, ...more);
      if (!isPromise(result)) return result;
      // Whatever becomes of it is nobody's business any more.
      result.then(
        () => {},
        () => {},
      );
    } finally {
      view.expire();
    }
    throw new HeadraceError(
      'FUNCTION_IS_ASYNC',
      'The function returned a promise, but is called for a record at a time and cannot be waited for. Use it in a "lookup".',
    );
  };
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
