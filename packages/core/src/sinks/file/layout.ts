import path from 'node:path';
import { unpackedName } from '../../files/compression.ts';

/** How the files of a sink are named. */
export interface FileLayout {
  readonly folder: string;
  readonly stem: string;
  /** With its dot. */
  readonly extension: string;
  /** The one file that everything goes to; null where there are several. */
  readonly single: string | null;
  /** Whether the folder is the sink's own, with folders of values below it. */
  readonly isTree: boolean;
}

/** What the names follow from. */
export interface LayoutInput {
  /** As written in the topology file. */
  readonly path: string;
  /** The same, resolved. */
  readonly resolved: string;
  readonly node: string;
  readonly codec: string;
  /** Whether `roll` or `partitionBy` is written, which makes the path a folder. */
  readonly isFolder: boolean;
  readonly mayBeSingle: boolean;
}

/** Returns the extension of a path with its dot, else the one that is usual for a codec. */
function extensionOf(file: string, codec: string): string {
  const written = writtenExtension(file);
  if (written !== '') return written;
  return codec === 'json' ? '.ndjson' : codec === 'csv' || codec === 'avro' ? `.${codec}` : '.txt';
}

/** Of a packed file the extension has two parts. */
function writtenExtension(file: string): string {
  const plain = unpackedName(file);
  return path.extname(plain) + file.slice(plain.length);
}

/** Says how files are named: `path` is one file, a stem, or a folder, whose files take its extension where it has one. */
export function layoutOf(input: LayoutInput): FileLayout {
  const { resolved, node, codec } = input;
  const written = writtenExtension(resolved);
  if (input.isFolder) {
    const [extension, stem] = [extensionOf(resolved, codec), path.basename(resolved, written)];
    return { folder: resolved, stem, extension, single: null, isTree: true };
  }
  if (/[\\/]$/.test(input.path))
    return { folder: resolved, stem: node, extension: extensionOf('', codec), single: null, isTree: true };
  return {
    folder: path.dirname(resolved),
    stem: path.basename(resolved, written),
    extension: extensionOf(resolved, codec),
    single: input.mayBeSingle ? resolved : null,
    isTree: false,
  };
}

const offsetDigits = 20;

/** Names the file of a task whose first record has this offset; names sort in the order of offsets. */
export function partName(layout: FileLayout, generation: number, task: string, offset: number): string {
  return `${ownPrefix(layout, generation, task)}${String(offset).padStart(offsetDigits, '0')}${layout.extension}`;
}

/** Returns the offset in the name of a task's own file, and whether it is unfinished; null for any other name. */
export function parsePartName(
  layout: FileLayout,
  generation: number,
  task: string,
  name: string,
): { offset: number; unfinished: boolean } | null {
  const prefix = ownPrefix(layout, generation, task);
  if (!name.startsWith(prefix)) return null;
  const match = /^(\d{20})(.*)$/s.exec(name.slice(prefix.length));
  if (match === null) return null;
  const unfinished = match[2] === `${layout.extension}${partSuffix}`;
  return unfinished || match[2] === layout.extension ? { offset: Number(match[1]), unfinished } : null;
}

/** The end of the name of a file that is not complete. */
export const partSuffix = '.part';

/** Returns the generation of a name that any topology could have given under this layout; null where none could. */
export function generationOf(layout: FileLayout, name: string): number | null {
  if (
    layout.single !== null &&
    [partSuffix, ''].some((end) => name === `${path.basename(layout.single as string)}${end}`)
  ) {
    return 0;
  }
  if (!name.startsWith(layout.stem)) return null;
  const match = /^(?:\.(\d{4}))?-.+-\d{20}(.*)$/s.exec(name.slice(layout.stem.length));
  if (match === null || ![layout.extension, `${layout.extension}${partSuffix}`].includes(match[2] as string))
    return null;
  return Number(match[1] ?? 0);
}

function ownPrefix(layout: FileLayout, generation: number, task: string): string {
  const later = generation === 0 ? '' : `.${String(generation).padStart(4, '0')}`;
  return `${layout.stem}${later}-${encodeTask(task)}-`;
}

/** Only letters, digits and a few signs stand for themselves, so that no task's name leads out of the folder. */
function encodeTask(task: string): string {
  return [...Buffer.from(task, 'utf8')]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9._-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}
