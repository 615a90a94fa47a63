import { branchName, formatSchema, nonNullBranch, type Logical, type Schema } from '@headrace/avro';
import { isDynamic, type ValueType } from './edge-type.ts';

/** What may be in the way of writing a value with another schema; an extra field is only left out. */
export type ProjectionProblem =
  'EXTRA_FIELD' | 'MISSING_FIELD' | 'NARROWER_TYPE' | 'MAY_BE_NULL' | 'MISSING_SYMBOL' | 'TYPES_DIFFER';

/** One remark on writing a value of one type with another. */
export interface ProjectionFinding {
  /** The fields that lead to the place; `[]` and `{}` stand for the items of a list and the values of a map. */
  readonly path: readonly string[];
  readonly problem: ProjectionProblem;
  /** Whether it keeps the value from being written. */
  readonly severity: 'error' | 'info';
  /** One sentence without the path. */
  readonly message: string;
}

type SchemaOf<K extends Schema['kind']> = Extract<Schema, { kind: K }>;

/**
 * Says what writing values of type `from` with `to` would meet: extra fields are left out, missing ones need a default, numbers
 * widen and never narrow, everything else must be equal. Nothing is known of dynamic values, so nothing is found.
 */
export function projectable(from: ValueType, to: ValueType): readonly ProjectionFinding[] {
  const projection = new Projection();
  if (!isDynamic(from) && !isDynamic(to)) projection.compare(from, to, []);
  return projection.findings;
}

class Projection {
  readonly findings: ProjectionFinding[] = [];
  readonly #compared = new Map<Schema, Set<Schema>>();

  compare(from: Schema, to: Schema, path: readonly string[]): void {
    if (from === to) return;
    if (from.kind === 'union' || to.kind === 'union') this.#unions(from, to, path);
    else if (from.kind === 'record' && to.kind === 'record') this.#records(from, to, path);
    else if (from.kind === 'array' && to.kind === 'array') this.compare(from.items, to.items, [...path, '[]']);
    else if (from.kind === 'map' && to.kind === 'map') this.compare(from.values, to.values, [...path, '{}']);
    else if (from.kind === 'enum' && to.kind === 'enum') this.#enums(from, to, path);
    else this.#scalars(from, to, path);
  }

  #records(from: SchemaOf<'record'>, to: SchemaOf<'record'>, path: readonly string[]): void {
    const seen = this.#compared.get(from) ?? new Set();
    if (seen.has(to)) return;
    this.#compared.set(from, seen.add(to));
    const own = new Map(from.fields.map((field) => [field.name, field]));
    for (const field of to.fields) {
      const given = own.get(field.name);
      own.delete(field.name);
      if (given !== undefined) this.compare(given.type, field.type, [...path, field.name]);
      else if (field.default === undefined)
        this.#report('MISSING_FIELD', [...path, field.name], 'The field is missing and has no default.');
    }
    for (const name of own.keys()) this.#report('EXTRA_FIELD', [...path, name], 'The field is left out.');
  }

  #unions(from: Schema, to: Schema, path: readonly string[]): void {
    const fromBranch = nonNullBranch(from);
    const toBranch = nonNullBranch(to);
    if (toBranch !== null) {
      if (from.kind !== 'null') this.compare(fromBranch ?? from, toBranch, path);
    } else if (fromBranch !== null && to.kind !== 'union') {
      this.#report('MAY_BE_NULL', path, `The value may be null, but ${formatSchema(to)} takes no null.`);
      this.compare(fromBranch, to, path);
    } else if (from.kind === 'union' && to.kind === 'union' && fromBranch === null) this.#branches(from, to, path);
    else this.#differ(from, to, path);
  }

  // Values of other unions carry the name of their branch, so each branch needs one of the same name.
  #branches(from: SchemaOf<'union'>, to: SchemaOf<'union'>, path: readonly string[]): void {
    for (const branch of from.branches) {
      const target = to.branches.find((candidate) => branchName(candidate) === branchName(branch));
      if (target === undefined) this.#differ(branch, to, path);
      else this.compare(branch, target, path);
    }
  }

  #enums(from: SchemaOf<'enum'>, to: SchemaOf<'enum'>, path: readonly string[]): void {
    const missing = from.symbols.filter((symbol) => !to.symbols.includes(symbol));
    if (missing.length > 0)
      this.#report('MISSING_SYMBOL', path, `The symbol "${missing[0]}" is not one of ${to.symbols.join(', ')}.`);
  }

  #scalars(from: Schema, to: Schema, path: readonly string[]): void {
    const fit = scalarFit(from, to);
    if (fit === 'narrows')
      this.#report('NARROWER_TYPE', path, `${formatSchema(from)} does not fit into ${formatSchema(to)} without loss.`);
    else if (fit === 'differs') this.#differ(from, to, path);
  }

  #differ(from: Schema, to: Schema, path: readonly string[]): void {
    this.#report('TYPES_DIFFER', path, `${formatSchema(from)} cannot be written as ${formatSchema(to)}.`);
  }

  #report(problem: ProjectionProblem, path: readonly string[], message: string): void {
    this.findings.push({ path, problem, severity: problem === 'EXTRA_FIELD' ? 'info' : 'error', message });
  }
}

const width: Readonly<Record<string, number>> = { int: 0, long: 1, float: 2, double: 3 };

function scalarFit(from: Schema, to: Schema): 'fits' | 'narrows' | 'differs' {
  const [fromLogical, toLogical] = [logicalOf(from), logicalOf(to)];
  if (fromLogical !== undefined || toLogical !== undefined) return logicalFit(from, fromLogical, to, toLogical);
  const [fromWidth, toWidth] = [width[from.kind], width[to.kind]];
  if (fromWidth !== undefined && toWidth !== undefined) return fromWidth <= toWidth ? 'fits' : 'narrows';
  if (from.kind === 'fixed' && to.kind === 'fixed') return from.size === to.size ? 'fits' : 'differs';
  return from.kind === to.kind ? 'fits' : 'differs';
}

function logicalFit(from: Schema, fromLogical: Logical | undefined, to: Schema, toLogical: Logical | undefined) {
  if (isText(from, fromLogical) && isText(to, toLogical)) return 'fits';
  if (fromLogical === undefined || toLogical === undefined) return 'differs';
  if (fromLogical.type === 'decimal' && toLogical.type === 'decimal') {
    if (from.kind !== to.kind || fromLogical.scale !== toLogical.scale) return 'differs';
    return fromLogical.precision <= toLogical.precision ? 'fits' : 'narrows';
  }
  if (longOf(from) !== longOf(to)) return 'differs';
  if (fromLogical.type === toLogical.type) return from.kind === to.kind ? 'fits' : 'differs';
  // Both are milliseconds in memory, micros with a fraction.
  if (fromLogical.type.replace('millis', 'micros') === toLogical.type) return 'fits';
  return fromLogical.type === toLogical.type.replace('millis', 'micros') ? 'narrows' : 'differs';
}

function isText(schema: Schema, logical: Logical | undefined): boolean {
  return schema.kind === 'string' && (logical === undefined || logical.type === 'uuid');
}

// In another form the number has another unit.
function longOf(schema: Schema): string {
  return (schema.kind === 'long' ? schema.long : undefined) ?? 'number';
}

function logicalOf(schema: Schema): Logical | undefined {
  return 'logical' in schema ? schema.logical : undefined;
}
