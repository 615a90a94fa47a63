import type { Node } from '../syntax/node.ts';
import { DOUBLE, INT, acceptsNull, isOpen, listOf, nullableOf, type CelType } from '../types/cel-type.ts';
import { formatType } from '../types/format-type.ts';
import { nonNull } from '../types/non-null.ts';
import type { CheckedNode } from './checked.ts';
import type { Context } from './context.ts';

type CallNode = Node & { kind: 'call' };
type Wish = 'any' | 'bool' | 'number' | 'summable' | 'ordered' | 'count' | 'fraction';

interface Signature {
  readonly params: readonly Wish[];
  /** Of the types of the arguments, null taken away. */
  readonly result: (types: readonly CelType[]) => CelType;
  /** Whether there is no result where all arguments were null. */
  readonly mayBeNull: boolean;
}

const first = ([type]: readonly CelType[]): CelType => type!;
const listOfFirst = (types: readonly CelType[]): CelType => listOf(first(types));

// FORMAT 6. Null arguments are skipped, so that a result is null only where the argument may be.
const SIGNATURES: ReadonlyMap<string, readonly Signature[]> = new Map<string, readonly Signature[]>([
  ['count', [always([], () => INT), always(['any'], () => INT)]],
  ['countIf', [always(['bool'], () => INT)]],
  ['countDistinct', [always(['any'], () => INT)]],
  ['sum', [maybe(['summable'], first)]],
  ['avg', [maybe(['summable'], ([type]) => (isWhole(type!) ? DOUBLE : type!))]],
  ['min', [maybe(['ordered'], first)]],
  ['max', [maybe(['ordered'], first)]],
  ['first', [maybe(['any'], first)]],
  ['last', [maybe(['any'], first)]],
  ['argMin', [maybe(['any', 'ordered'], first)]],
  ['argMax', [maybe(['any', 'ordered'], first)]],
  ['collect', [always(['any', 'count'], listOfFirst)]],
  ['collectSet', [always(['any', 'count'], listOfFirst)]],
  ['topK', [always(['any', 'count'], listOfFirst)]],
  ['quantile', [maybe(['number', 'fraction'], () => DOUBLE)]],
  ['stddev', [maybe(['number'], () => DOUBLE)]],
]);

function always(params: readonly Wish[], result: Signature['result']): Signature {
  return { params, result, mayBeNull: false };
}

function maybe(params: readonly Wish[], result: Signature['result']): Signature {
  return { params, result, mayBeNull: true };
}

function isWhole(type: CelType): boolean {
  return type.kind === 'int' || type.kind === 'uint';
}

/** Lists the names of the aggregates. */
export function aggregateNames(): string[] {
  return [...SIGNATURES.keys()];
}

/** Checks an aggregate such as `sum(amount)`; null where the call is none. Where there are none to be, it is refused. */
export function checkAggregate(context: Context, node: CallNode): CheckedNode | null {
  const signatures = node.target === null ? SIGNATURES.get(node.name) : undefined;
  if (signatures === undefined) return null;
  if (context.environment.aggregates !== true) {
    const message = `"${node.name}" is an aggregate; aggregates stand in "fields" of an aggregate node only.`;
    return context.error('AGGREGATE_NOT_ALLOWED', message, node.nameSpan);
  }
  if (context.inAggregate || context.locals.length > 0) {
    const where = context.inAggregate ? 'inside another aggregate' : 'inside a macro';
    return context.error('AGGREGATE_NOT_ALLOWED', `the aggregate "${node.name}" cannot stand ${where}.`, node.nameSpan);
  }
  const signature = signatures.find(({ params }) => params.length === node.args.length);
  if (signature === undefined) {
    const counts = signatures.map(({ params }) => params.length).join(' or ');
    const message = `aggregate "${node.name}" takes ${counts} arguments, not ${node.args.length}.`;
    return context.error('WRONG_ARGUMENT_COUNT', message, node);
  }
  context.inAggregate = true;
  const args = node.args.map((argument) => context.value(argument));
  context.inAggregate = false;
  const wrong = signature.params
    .map((wish, i) => refusal(context, node.name, args[i]!, wish))
    .find((each) => each !== null);
  if (wrong !== undefined) return wrong;
  const type = signature.result(args.map((argument) => nonNull(argument.type)));
  const isNullable = signature.mayBeNull && args.some((argument) => acceptsNull(argument.type));
  const { start, end } = node;
  return { kind: 'aggregate', name: node.name, args, type: isNullable ? nullableOf(type) : type, start, end };
}

const WISHES: Readonly<Record<Exclude<Wish, 'any' | 'count' | 'fraction'>, readonly string[]>> = {
  bool: ['bool'],
  number: ['int', 'uint', 'double', 'decimal'],
  summable: ['int', 'uint', 'double', 'decimal', 'duration'],
  ordered: ['bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration', 'decimal'],
};

function refusal(context: Context, name: string, node: CheckedNode, wish: Wish): CheckedNode | null {
  const type = nonNull(node.type);
  if (wish === 'any' || node.type.kind === 'error') return null;
  if (wish === 'count' || wish === 'fraction') return refuseConstant(context, name, node, wish);
  if (isOpen(type) || WISHES[wish].includes(type.kind)) return null;
  const message = `aggregate "${name}" takes ${WISHES[wish].join(', ')}, not ${formatType(type)}.`;
  return context.error('TYPE_MISMATCH', message, node);
}

// The size of what is kept must be known before anything runs.
function refuseConstant(
  context: Context,
  name: string,
  node: CheckedNode,
  wish: 'count' | 'fraction',
): CheckedNode | null {
  const value = node.kind === 'constant' ? node.value : undefined;
  if (wish === 'count') {
    if (node.type.kind === 'int' && typeof value === 'number' && value >= 1) return null;
    const message = `the last argument of "${name}" must be a literal int of 1 or more.`;
    return context.error('TYPE_MISMATCH', message, node);
  }
  if (isNumberKind(node.type) && typeof value === 'number' && value >= 0 && value <= 1) return null;
  return context.error('TYPE_MISMATCH', `the last argument of "${name}" must be a literal from 0.0 to 1.0.`, node);
}

function isNumberKind(type: CelType): boolean {
  return type.kind === 'double' || type.kind === 'int';
}
