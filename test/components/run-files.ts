import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  builtInComponents,
  checkTopology,
  createRegistry,
  planTopology,
  startTopology,
  systemClock,
  type TopologyDefinition,
} from '@headrace/core';

/** What a trial over files consists of. */
export interface FilesTrial {
  readonly folder: string;
  readonly sources?: Record<string, object>;
  readonly operators?: Record<string, object>;
  readonly sinks?: Record<string, object>;
  readonly run?: object;
  /** What was written in TypeScript, in place of the parts above. */
  readonly definition?: TopologyDefinition;
}

/** Checks and runs a topology over files to its end, in this process; throws what ends the run otherwise. */
export async function runFiles({ folder, definition, ...parts }: FilesTrial): Promise<void> {
  const registry = createRegistry(builtInComponents);
  const { graph, findings } = checkTopology(
    {
      file: path.join(folder, 'topology.json'),
      ...(definition === undefined
        ? { text: JSON.stringify({ headrace: 1, name: 'files', ...parts }) }
        : { definition }),
    },
    {
      registry,
      readFile: (file) => readFileSync(file, 'utf8'),
      env: {},
      set: {},
      purpose: 'run',
    },
  );
  if (graph === null) throw new Error(findings.map(({ code, message }) => `${code} ${message}`).join('\n'));
  const running = startTopology({
    plan: planTopology(graph),
    registry,
    clock: systemClock,
    stateDirectory: path.join(folder, 'state'),
  });
  const { error } = await running.finished;
  if (error !== null) throw error;
}

/** Writes files below a folder. */
export async function putFiles(folder: string, files: Record<string, string | Uint8Array>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
}

/** Reads all files below a folder, by their names relative to it, in the order of these. */
export async function filesBelow(folder: string): Promise<Record<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const found: Record<string, Buffer> = {};
  for (const name of names.sort((a, b) => (a < b ? -1 : 1))) found[path.relative(folder, name)] = await readFile(name);
  return found;
}
