import type { Checked } from '@headrace/cel';
import { UserFunction } from '../component/user-function.ts';
import type { StageOp } from '../component/stage-op.ts';

/** Lists the fields of the value that steps read, as dotted paths in order; `all` where a function sees the whole record. */
export function fieldsRead(ops: readonly StageOp[]): readonly string[] | 'all' {
  const found = new Set<string>();
  return visit(ops, found) ? 'all' : [...found].sort();
}

const others = new Set([
  'params',
  'error',
  'key',
  'headers',
  'timestamp',
  'topic',
  'partition',
  'offset',
  'headerBytes',
]);

// Steps are plain data: expressions are known by their shape, wherever they stand in them.
function visit(part: unknown, found: Set<string>): boolean {
  if (part instanceof UserFunction) return true;
  if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part)) return false;
  if (isExpression(part)) {
    for (const path of part.paths) add(path, found);
    return false;
  }
  if ('copy' in part && Array.isArray(part.copy)) found.add(part.copy.join('.'));
  let all = false;
  // The schema of what comes out says nothing of what is read.
  for (const [key, inner] of Object.entries(part))
    if (key !== 'output' && key !== 'outputs' && key !== 'type') all = visit(inner, found) || all;
  return all;
}

function isExpression(part: object): part is Checked {
  return 'tree' in part && 'paths' in part && 'source' in part;
}

function add(path: readonly string[], found: Set<string>): void {
  const [first, ...rest] = path;
  if (first === undefined) return;
  if (first === 'record' || first === 'value') {
    const [second, ...inner] = first === 'record' ? rest : ['value', ...rest];
    if (second === 'value') found.add(inner.length === 0 ? 'the whole value' : inner.join('.'));
  } else if (!others.has(first)) found.add(path.join('.'));
}
