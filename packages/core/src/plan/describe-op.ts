import type { Expression } from '../component/contexts.ts';
import { isFunctionCall, type FunctionCall } from '../component/function-call.ts';
import type { ParseFormat, ProjectField, ProjectSource, StageOp } from '../component/stage-op.ts';
import { formatType } from '../types/format-type.ts';

/** Writes a step of a node in lines for people: what it does, then its expressions, one a line below it. */
export function describeOp(op: StageOp): readonly string[] {
  switch (op.op) {
    case 'filter':
      return [`filter where ${text(op.where)}; the others to ${op.dropped}`];
    case 'project':
      return project(op);
    case 'branch':
      return [
        `branch to ${op.mode === 'first' ? 'the first' : 'all'} of; the others to ${op.unmatched}`,
        ...op.cases.map(([port, where]) => `  ${port} where ${text(where)}`),
      ];
    case 'key':
      return [`key by ${source(op.by)}${op.null === null ? '' : `; null to ${op.null}`}`];
    case 'headers':
      return ['headers', ...op.set.map(([name, value]) => `  ${name} = ${text(value)}`)];
    case 'timestamp':
      return [`timestamp at ${text(op.at)}`];
    case 'ahead':
      return [`at most ${String(op.mostMs)} ms ahead of the clock`];
    case 'each':
      return each(op);
    case 'check':
      return ['check that', ...op.that.map(([name, that]) => `  ${name}: ${text(that)}`)];
    case 'peek':
      return [`peek ${op.call === null ? op.level : call(op.call)}`];
    case 'sample': {
      const share = op.every === null ? `a share of ${String(op.rate)}` : `every ${String(op.every)}th`;
      return [`sample ${share}${by(op.by)}; the others to ${op.dropped}`];
    }
    case 'throttle':
      return [`throttle to ${String(op.perSecond)} a second${by(op.by)}; the others to ${op.dropped}`];
    case 'process':
      return [`process ${call(op.call)} to ${Object.keys(op.outputs).join(', ')}`];
    case 'emit':
      return [`emit to ${op.port}`];
  }
}

function project(op: Extract<StageOp, { op: 'project' }>): readonly string[] {
  const { parse, fields, rest, output, key, headers = [], replacesHeaders, timestamp, deleteWhen } = op;
  const lines = [`project to ${formatType(output)}`];
  if (parse !== undefined) lines.push(`  parse ${text(parse.of)} as ${format(parse.format)} into ${parse.as}`);
  for (const [name, value] of op.let) lines.push(`  let ${name} = ${text(value)}`);
  if (fields === null) lines.push('  the value as it is');
  else if ('value' in fields) lines.push(`  value = ${source(fields.value)}`);
  else lines.push(...fields.map(field));
  if (rest !== undefined) lines.push(rest.length === 0 ? '  all other fields' : `  all fields but ${rest.join(', ')}`);
  if (key !== undefined) lines.push(`  key = ${source(key)}`);
  if (replacesHeaders === true) lines.push('  none of the headers that came in');
  lines.push(...headers.map(([name, value]) => `  header ${name} = ${text(value)}`));
  if (timestamp !== undefined) lines.push(`  timestamp = ${text(timestamp)}`);
  if (deleteWhen !== undefined) lines.push(`  a deletion where ${text(deleteWhen)}`);
  return lines;
}

function each({ items, as, index, fields, rest, output, empty }: Extract<StageOp, { op: 'each' }>): readonly string[] {
  const names = index === null ? as : `${as} (number ${index})`;
  const lines = [`each of ${text(items)} as ${names} to ${formatType(output)}; none to ${empty}`];
  lines.push(...(fields === null ? ['  the item itself'] : fields.map(field)));
  if (rest !== undefined) lines.push(rest.length === 0 ? '  all other fields' : `  all fields but ${rest.join(', ')}`);
  return lines;
}

function field([name, value]: ProjectField): string {
  return `  ${name} = ${source(value)}`;
}

function source(value: ProjectSource): string {
  if ('copy' in value) return `copy of ${value.copy.length === 0 ? 'the value' : value.copy.join('.')}`;
  if ('record' in value) return `{ ${value.record.map(([name, inner]) => `${name} = ${source(inner)}`).join(', ')} }`;
  return text(value);
}

function text(expression: Expression): string {
  return isFunctionCall(expression) ? call(expression) : expression.source.replaceAll(/\s*\n\s*/g, ' ');
}

function call({ use }: FunctionCall): string {
  return `call of ${use.name}`;
}

function by(expression: Expression | null): string {
  return expression === null ? '' : ` by ${text(expression)}`;
}

function format(of: ParseFormat): string {
  return of.kind === 'pattern' ? `/${of.pattern}/` : of.kind;
}
