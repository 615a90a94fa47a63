import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtInComponents, checkTopology, createRegistry, type CheckedTopology } from '@headrace/core';
import { kafkaComponents } from '@headrace/kafka/components';
import jsonc from 'jsonc-parser';

const root = fileURLToPath(new URL('../../', import.meta.url));
const registry = createRegistry([...builtInComponents, ...kafkaComponents]);

/** A valid topology of the repository. */
export interface ValidTopology {
  /** Its path from the root. */
  readonly name: string;
  readonly text: string;
  /** The same as plain data, made anew at each call. */
  readonly value: () => Record<string, unknown>;
  /** Checks a text in its place. */
  readonly check: (text: string) => CheckedTopology;
}

/** Lists every topology in the JSON form below `topologies` and `test`, but for those that are here for their mistakes. */
export function validTopologies(): ValidTopology[] {
  return ['topologies', 'test']
    .flatMap((folder) =>
      readdirSync(root + folder, { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name)),
    )
    .filter((name) => name.endsWith('.json') && !/node_modules|^test[/\\](?:invalid|golden)[/\\]/.test(name))
    .map((name) => ({ name, text: readFileSync(root + name, 'utf8') }))
    .filter(({ text }) => /^\s*"headrace": *1\b/m.test(text))
    .map(({ name, text }) => ({
      name,
      text,
      value: () => jsonc.parse(text, [], { allowTrailingComma: true }) as Record<string, unknown>,
      check: (changed) => check(changed, path.join(root, path.dirname(name))),
    }));
}

function check(text: string, folder: string): CheckedTopology {
  return checkTopology(
    { text, file: 'topology.json' },
    {
      registry,
      env: {},
      set: {},
      purpose: 'validate',
      readFile: (name) => readFileSync(path.join(folder, name), 'utf8'),
    },
  );
}
