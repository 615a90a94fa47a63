import { normalize } from 'node:path/posix';
import { isUnknown } from '../../definition/fill-in.ts';
import { shorten } from '../../definition/format-path.ts';
import { fitsPattern } from '../../files/path-pattern.ts';
import type { Rule } from '../rule.ts';

/** States that each file is written by one sink, and read by no source of the same topology: it would be lost, or come back. */
export const filesHaveOneOwner: Rule = ({ definition, nodes, report }) => {
  const read: { id: string; files: readonly string[] }[] = [];
  const writers = new Map<string, string>();
  for (const { id, at } of definition.nodes) {
    const node = nodes.get(id);
    const place = [...at, 'path'];
    if (node === undefined || isUnknown(place, definition.unknown)) continue;
    if (node.kind === 'source') read.push({ id, files: node.definition.files?.(node.options) ?? [] });
  }
  for (const { id, at } of definition.nodes) {
    const node = nodes.get(id);
    const place = [...at, 'path'];
    if (node?.kind !== 'sink' || isUnknown(place, definition.unknown)) continue;
    const own = node.definition.files?.(node.options);
    if (own === undefined) continue;
    const whole = plain(own.path);
    const other = writers.get(whole);
    writers.set(whole, other ?? id);
    const quoted = `"${shorten(own.path, 80)}"`;
    if (other !== undefined) {
      const message = `"${other}" writes to ${quoted} already, and a file has one writer.`;
      const suggestion = `Give "${id}" a path of its own, or let "${other}" read what "${id}" reads.`;
      report({ code: 'FILE_WRITTEN_TWICE', severity: 'error', at: place, message, suggestion });
    }
    const reader = read.find(({ files }) => files.some((file) => own.written.some((name) => fits(file, name))));
    if (reader === undefined) continue;
    const message = `"${reader.id}" reads what "${id}" writes to ${quoted}: records would come back, or their file be replaced before it is read.`;
    const suggestion = 'Write to another folder.';
    report({ code: 'FILE_READ_AND_WRITTEN', severity: 'error', at: place, message, suggestion });
  }
};

function plain(file: string): string {
  return normalize(file.replaceAll('\\', '/')).replace(/\/+$/, '');
}

function fits(pattern: string, file: string): boolean {
  return fitsPattern(plain(pattern), plain(file));
}
