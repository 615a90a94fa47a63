import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatType } from '../types/format-type.ts';
import type { Overload } from './overload.ts';
import { functionNames, overloadsOf } from './table.ts';

const page = readFileSync(new URL('../../../../docs/expressions.md', import.meta.url), 'utf8');

// Overloads that differ in types only are one: `math.abs(int/uint/double/decimal) → int/uint/double/decimal`.
function signaturesOf(overloads: readonly Overload[]): string[] {
  const shapes = new Map<string, Overload[]>();
  for (const overload of overloads) {
    const shape = `${overload.form} ${overload.params.length} ${overload.variadic}`;
    shapes.set(shape, [...(shapes.get(shape) ?? []), overload]);
  }
  return [...shapes.values()].map((group) => {
    const { name, form, params, variadic } = group[0]!;
    const types = params.map((_, i) => join(group.map((overload) => formatType(overload.params[i]!))));
    if (variadic) types.push('…');
    const result = join(group.map((overload) => formatType(overload.result(overload.params))));
    const [receiver, ...rest] = types;
    const call = form === 'method' ? `${receiver}.${name}(${rest.join(', ')})` : `${name}(${types.join(', ')})`;
    return `${call} → ${result}`;
  });
}

function join(types: readonly string[]): string {
  return [...new Set(types)].join('/');
}

describe('the reference of functions in docs/expressions.md', () => {
  const expected = functionNames().flatMap((name) => signaturesOf(overloadsOf(name)));
  const rows = page.split('\n').filter((line) => line.startsWith('| `') && line.includes(' → '));
  const listed = rows.flatMap((row) =>
    [...row.split(' | ')[0]!.matchAll(/`([^`]+ → [^`]+)`/g)].map((match) => match[1]!),
  );

  it('lists every function with all of its forms', () => {
    expect(expected.filter((signature) => !listed.includes(signature))).toEqual([]);
  });

  it('lists nothing that does not exist, and nothing twice', () => {
    expect(listed.filter((signature) => !expected.includes(signature))).toEqual([]);
    expect(listed).toHaveLength(new Set(listed).size);
  });

  it('has no function that reads a clock or chance', () => {
    for (const name of ['now', 'random', 'uuid', 'today']) expect(functionNames()).not.toContain(name);
  });
});
