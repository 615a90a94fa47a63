import type { StageOp } from '../component/stage-op.ts';
import { compileAhead } from './compile-ahead.ts';
import { compileBranch } from './compile-branch.ts';
import { compileCheck } from './compile-check.ts';
import { compileEach } from './compile-each.ts';
import { compileFilter } from './compile-filter.ts';
import { compileHeadersOp } from './compile-headers.ts';
import { compileKey } from './compile-key.ts';
import { compilePeek } from './compile-peek.ts';
import { compileProcess } from './compile-process.ts';
import { compileProject } from './compile-project.ts';
import { compileSample } from './compile-sample.ts';
import { compileThrottle } from './compile-throttle.ts';
import { compileTimestampOp } from './compile-timestamp.ts';
import type { OpContext, RunOp } from './op-context.ts';

/** Builds the closures of one step. */
export function compileOp(op: StageOp, context: OpContext): RunOp {
  switch (op.op) {
    case 'filter':
      return compileFilter(op, context);
    case 'project':
      return compileProject(op, context);
    case 'branch':
      return compileBranch(op, context);
    case 'key':
      return compileKey(op, context);
    case 'headers':
      return compileHeadersOp(op, context);
    case 'timestamp':
      return compileTimestampOp(op, context);
    case 'ahead':
      return compileAhead(op, context);
    case 'each':
      return compileEach(op, context);
    case 'check':
      return compileCheck(op, context);
    case 'peek':
      return compilePeek(op, context);
    case 'sample':
      return compileSample(op, context);
    case 'throttle':
      return compileThrottle(op, context);
    case 'process':
      return compileProcess(op, context);
    case 'emit': {
      const port = context.port(op.port);
      return () => port;
    }
  }
}
