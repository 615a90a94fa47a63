import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { ensureFolder } from '../../component/durable-folder.ts';
import { writeDurably } from '../../component/write-durably.ts';
import { HeadraceError } from '../../errors/headrace-error.ts';
import { filesOf, namesIn, syncFoldersOf } from './file-tree.ts';
import { generationOf, type FileLayout } from './layout.ts';

/** What is in the one file of a sink: up to where it was written, and by whom. */
export interface SingleFile {
  readonly task: string;
  /** The offset that the last run which wrote to it began with, and how long the file was then. */
  readonly from: number;
  readonly bytesFrom: number;
  /** The offset after its last record, and how long the file is. */
  readonly to: number;
  readonly bytesTo: number;
}

/** What a sink knows of the files that are its own. */
export interface ClaimData {
  readonly version: 1;
  /** Relative to the state directory, so that both can be moved together. */
  readonly path: string;
  readonly extension: string;
  /** Grows where files of somebody else are added to, and is then part of the names. */
  readonly generation: number;
  readonly single: SingleFile | null;
}

/** What a claim is made for. */
export interface ClaimRequest {
  readonly node: string;
  readonly stateDirectory: string;
  readonly layout: FileLayout;
  /** What to do with files that are there already and not this topology's own. */
  readonly existing: 'append' | 'replace' | undefined;
  readonly fresh: boolean;
}

/** A sink's right to the files under its path, kept in the state directory. */
export class Claim {
  readonly #file: string;
  #data: ClaimData;

  private constructor(file: string, data: ClaimData) {
    this.#file = file;
    this.#data = data;
  }

  /** Reads the claim of an earlier run, or makes one. Throws `FILE_EXISTS` where the path holds files of somebody else. */
  static async take(request: ClaimRequest): Promise<Claim> {
    const { layout, node, stateDirectory } = request;
    const folder = path.join(stateDirectory, 'sinks');
    const file = path.join(folder, `${node}.json`);
    const at = path.relative(stateDirectory, path.join(layout.folder, layout.stem));
    const before = await readClaim(file);
    if (before !== null && before.path === at && before.extension === layout.extension) return new Claim(file, before);
    const generation = await settleExisting(request, await foreignFiles(folder, file, request));
    const claim = new Claim(file, { version: 1, path: at, extension: layout.extension, generation, single: null });
    await claim.#save();
    return claim;
  }

  get generation(): number {
    return this.#data.generation;
  }

  get single(): SingleFile | null {
    return this.#data.single;
  }

  /** Notes what the one file holds; on the disk when this resolves. */
  async setSingle(single: SingleFile | null): Promise<void> {
    this.#data = { ...this.#data, single };
    await this.#save();
  }

  async #save(): Promise<void> {
    await ensureFolder(path.dirname(this.#file));
    await writeDurably(this.#file, `${JSON.stringify(this.#data)}\n`);
  }
}

async function readClaim(file: string): Promise<ClaimData | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const data = JSON.parse(text) as ClaimData;
    if (data.version !== 1 || typeof data.path !== 'string') throw new Error('The version is not 1.');
    return data;
  } catch (cause) {
    const message = `The note of which files are this sink's own ("${file}") cannot be read. Restore it from a copy, or delete it and say with "existing" what becomes of the files.`;
    throw new HeadraceError('STATE_UNREADABLE', message, { place: { file }, cause });
  }
}

/**
 * Lists files that could be a sink's own but are not, relative to its folder; those of a sink with a longer stem in the same folder
 * are that sink's.
 */
async function foreignFiles(folder: string, own: string, { layout, stateDirectory }: ClaimRequest): Promise<string[]> {
  const files = (await filesOf(layout)).filter((file) => generationOf(layout, path.basename(file)) !== null);
  if (files.length === 0) return [];
  const longer: string[] = [];
  for (const name of await namesIn(folder)) {
    const file = path.join(folder, name);
    if (file === own || !name.endsWith('.json')) continue;
    const claimed = path.resolve(stateDirectory, (await readClaim(file))?.path ?? '');
    if (path.dirname(claimed) === layout.folder && path.basename(claimed).length > layout.stem.length) {
      longer.push(path.basename(claimed));
    }
  }
  const isOfLonger = (name: string): boolean =>
    longer.some((stem) => name.startsWith(`${stem}-`) || name.startsWith(`${stem}.`));
  return files.filter((file) => !isOfLonger(path.basename(file)));
}

/** Does with files of somebody else what the option says; returns the generation of our own. */
async function settleExisting(request: ClaimRequest, names: readonly string[]): Promise<number> {
  const { layout, existing, fresh, node } = request;
  const [first] = names;
  if (first === undefined) return 0;
  if (existing === 'append')
    return 1 + Math.max(...names.map((name) => generationOf(layout, path.basename(name)) ?? 0));
  if (existing === 'replace' && fresh) {
    for (const name of names) await rm(path.join(layout.folder, name), { force: true });
    await syncFoldersOf(layout, names);
    return 0;
  }
  const help =
    existing === 'replace'
      ? '"existing": "replace" holds only for a run that begins from nothing'
      : 'Move it away, or write "existing": "append" to add files beside it, or "replace" to remove it';
  const message = `The file "${path.join(layout.folder, first)}" is not one that sink "${node}" of this topology wrote. ${help}.`;
  throw new HeadraceError('FILE_EXISTS', message, { place: { node, file: path.join(layout.folder, first) } });
}
