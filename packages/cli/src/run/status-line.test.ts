import { expect, it } from 'vitest';
import { StatusLine } from './status-line.ts';

/** Shows what a terminal would after these bytes: carriage return and erasing to the end of the line are all that is used. */
function screen(bytes: string): string[] {
  const lines = [''];
  let column = 0;
  for (const part of bytes.replaceAll('\u{1B}[K', '\0').match(/[\r\n\0]|[^\r\n\0]+/g) ?? []) {
    const line = lines[lines.length - 1] as string;
    if (part === '\r') column = 0;
    else if (part === '\n') {
      lines.push('');
      column = 0;
    } else if (part === '\0') lines[lines.length - 1] = line.slice(0, column);
    else {
      lines[lines.length - 1] = line.slice(0, column) + part + line.slice(column + part.length);
      column += part.length;
    }
  }
  return lines;
}

it('stands at the foot of what is logged, is written anew in place, and leaves nothing behind', () => {
  let bytes = '';
  const line = new StatusLine({ write: (text) => void (bytes += text) });
  line.write('first\n');
  line.show('10 read, and much more', 80);
  line.write('second\n');
  expect(screen(bytes)).toEqual(['first', 'second', '10 read, and much more']);
  line.show('20 read', 80);
  expect(screen(bytes)).toEqual(['first', 'second', '20 read']);
  line.show('30 read, wide', 8);
  expect(screen(bytes)).toEqual(['first', 'second', '30 read']);
  line.clear();
  line.clear();
  line.write('last\n');
  expect(screen(bytes)).toEqual(['first', 'second', 'last', '']);
});
