import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  builtInComponents,
  checkTopology,
  createRegistry,
  HeadraceError,
  type CheckedTopology,
  type Registry,
} from '@headrace/core';
import { kafkaComponents } from '@headrace/kafka/components';
import { typescriptLoader } from './modules/typescript-loader.ts';

/** The components that the command knows. */
export function commandRegistry(): Registry {
  return createRegistry([...builtInComponents, ...kafkaComponents]);
}

/** What checking a file needs beside its path. */
export interface ReadOptions {
  readonly purpose: 'validate' | 'run';
  readonly set?: readonly string[];
  readonly brokers?: readonly string[];
  /** Is told of each file that is read for it. */
  readonly onRead?: (file: string) => void;
}

/**
 * Reads and checks a topology file; one in TypeScript or JavaScript is run for it. Throws `FILE_NOT_FOUND` where it cannot be read,
 * `MODULE_NOT_LOADED` where it cannot be run, `WRONG_SET` for a `--set` that is not `name=value` or
 * stands twice.
 */
export async function readTopology(file: string, registry: Registry, options: ReadOptions): Promise<CheckedTopology> {
  options.onRead?.(file);
  const source = /\.[cm]?[jt]s$/.test(file)
    ? { file, definition: await loadDefinition(file) }
    : { file, text: readText(file) };
  return checkTopology(source, {
    registry,
    readFile: (name) => {
      options.onRead?.(name);
      return readFileSync(name, 'utf8');
    },
    env: process.env,
    set: readSettings(options.set ?? []),
    purpose: options.purpose,
    ...(options.brokers === undefined ? {} : { bootstrap: options.brokers }),
  });
}

async function loadDefinition(file: string): Promise<unknown> {
  readText(file);
  try {
    return await (
      await typescriptLoader.load(path.resolve(file))
    )['default'];
  } catch (cause) {
    throw new HeadraceError('MODULE_NOT_LOADED', `The topology "${file}" cannot be loaded: ${reasonOf(cause, file)}`, {
      place: { file },
      cause,
    });
  }
}

// Of a trace only the first place in the author's folder says something: the others are ours and Node's.
function reasonOf(cause: unknown, file: string): string {
  if (!(cause instanceof Error)) return `it threw ${String(cause)}`;
  if (cause instanceof SyntaxError) return cause.message.trimEnd();
  const folder = `${path.dirname(path.resolve(file))}${path.sep}`;
  const frame = (cause.stack ?? '').split('\n').find((line) => /^\s+at /.test(line) && line.includes(folder));
  const what = `${cause.name}: ${cause.message}`;
  return frame === undefined ? what : `${what}, ${frame.trim().replace(folder, '')}`;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new HeadraceError(
      'FILE_NOT_FOUND',
      `The topology file "${file}" cannot be read: ${(cause as Error).message}.`,
      { place: { file }, cause },
    );
  }
}

function readSettings(set: readonly string[]): Record<string, string> {
  const settings: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const setting of set) {
    const at = setting.indexOf('=');
    if (at <= 0) throw new HeadraceError('WRONG_SET', `"--set ${setting}" is not of the form name=value.`);
    const name = setting.slice(0, at);
    if (Object.hasOwn(settings, name)) throw new HeadraceError('WRONG_SET', `"--set ${name}" stands more than once.`);
    settings[name] = setting.slice(at + 1);
  }
  return settings;
}
