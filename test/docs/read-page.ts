/** A fenced block of a page. */
export interface Fence {
  readonly language: string;
  /** The file that the block is: `title="name"` behind the language. */
  readonly title: string | null;
  /** The file that the block is a part of: `from="name"`. */
  readonly from: string | null;
  /** The exit code that the commands end with: `exit=2`. */
  readonly exit: number;
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
  /** Why nothing checks it: `<!-- not run: why -->` in the line above. */
  readonly notRun: string | null;
}

/** Returns the fenced blocks of a page in their order. Throws where one is not closed. */
export function readPage(markdown: string): readonly Fence[] {
  const lines = markdown.split('\n');
  const fences: Fence[] = [];
  for (let at = 0; at < lines.length; at++) {
    const opened = /^(\s*)(`{3,})(\S*)(.*)$/.exec(lines[at] ?? '');
    if (opened === null) continue;
    const [, indent = '', marks = '', language = '', info = ''] = opened;
    const end = lines.findIndex((line, i) => i > at && line.trim() === marks);
    if (end < 0) throw new Error(`The block of line ${String(at + 1)} is not closed.`);
    const text = lines.slice(at + 1, end).map((line) => line.slice(indent.length));
    const before = lines.slice(0, at).findLast((line) => line.trim() !== '') ?? '';
    fences.push({
      language,
      title: /\btitle="([^"]+)"/.exec(info)?.[1] ?? null,
      from: /\bfrom="([^"]+)"/.exec(info)?.[1] ?? null,
      exit: Number(/\bexit=(\d+)/.exec(info)?.[1] ?? 0),
      text: `${text.join('\n')}\n`,
      line: at + 1,
      notRun: /^\s*<!-- not run: (.+) -->$/.exec(before)?.[1] ?? null,
    });
    at = end;
  }
  return fences;
}
