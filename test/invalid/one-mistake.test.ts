import { describe, expect, it } from 'vitest';
import { validTopologies } from './valid-topologies.ts';

// One change to a valid topology is one mistake: it gets one finding, at its own place, and no echo elsewhere.
const topologies = validTopologies().map((topology) => [topology.name, topology] as const);

type Path = readonly (string | number)[];

function placesOf(value: unknown, at: Path = []): Path[] {
  const parts =
    typeof value !== 'object' || value === null
      ? []
      : Array.isArray(value)
        ? [...value.entries()]
        : Object.entries(value);
  const inner = parts.flatMap(([key, part]: [string | number, unknown]) => placesOf(part, [...at, key]));
  return at.length === 0 ? inner : [at, ...inner];
}

function ownerOf(root: unknown, at: Path): Record<string | number, unknown> {
  return at.slice(0, -1).reduce<unknown>((value, key) => (value as never)[key], root) as Record<string, unknown>;
}

// What an author names is no word of ours, and neither is what stands within a schema or a record of expressions.
const tables = 'sources operators sinks parameters clusters set select let rename types headers query that ports by'.split(' ');
const schemas = ['schema', 'returns', 'output'];

function isOurs(at: Path): boolean {
  return !at.some(
    (key, i) =>
      i < at.length - 1 && (schemas.includes(String(key)) || (tables.includes(String(key)) && (i > 0 || i === at.length - 2))),
  );
}

const wrongValues = [null, 7.5, [[]]];

describe.each(topologies)('%s', (_, { text, value, check }) => {
  const findingsOf = (changed: unknown) =>
    check(JSON.stringify(changed, null, 2)).findings.map(
      ({ severity, code, path, message }) => `${severity} ${code} ${path}: ${message}`,
    );
  const before = findingsOf(value());
  const addedBy = (change: (owner: Record<string | number, unknown>, key: string) => void, at: Path) => {
    const changed = value();
    change(ownerOf(changed, at), String(at.at(-1)));
    return findingsOf(changed).filter((finding) => !before.includes(finding) && !finding.startsWith('info'));
  };

  it('is valid', () => {
    expect(check(text).graph).not.toBeNull();
  });

  it('gets one finding for a key that is spelt wrong', () => {
    const wrong = placesOf(value()).flatMap((at) => {
      if (typeof at.at(-1) === 'number' || !isOurs(at)) return [];
      const added = addedBy((owner, key) => {
        owner[`${key.slice(0, -1)}q`] = owner[key];
        delete owner[key];
      }, at);
      return added.length === 1 ? [] : [at.join('.'), ...added];
    });
    expect(wrong.join('\n')).toBe('');
  });

  it('gets no more than one finding for a value of another kind', () => {
    const wrong = placesOf(value()).flatMap((at, i) => {
      if (!isOurs(at.slice(0, -1).length < 2 ? [] : at.slice(0, -1))) return [];
      const added = addedBy((owner, key) => {
        owner[key] = wrongValues[i % wrongValues.length];
      }, at);
      return added.length <= 1 ? [] : [at.join('.'), ...added];
    });
    expect(wrong.join('\n')).toBe('');
  });
});
