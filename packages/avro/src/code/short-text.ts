import { code, join, name, toFunction, type Name } from '@headrace/codegen';

/** States up to how many bytes `shortText` makes a text. */
export const MAX_SHORT_TEXT = 16;

type ShortText = (buffer: Uint8Array, start: number, length: number) => string | null;

let generated: ShortText | null = null;

/**
 * Returns the text of up to 16 ASCII bytes; null where there are others.
 * One call with as many codes as there are bytes takes half of what Node's decoders take, which leave JavaScript.
 */
export function shortText(buffer: Uint8Array, start: number, length: number): string | null {
  generated ??= generate();
  return generated(buffer, start, length);
}

function generate(): ShortText {
  const [buffer, start, length] = [name('buffer'), name('start'), name('length')];
  const cases = Array.from({ length: MAX_SHORT_TEXT }, (_, index) => caseOf(index + 1, buffer, start));
  return toFunction<ShortText>({
    name: 'shortText',
    params: [buffer, start, length],
    body: code`
      switch (${length}) {
        case 0:
          return "";
        ${join(cases, '\n')}
        default:
          return null;
      }
    `,
  });
}

function caseOf(length: number, buffer: Name, start: Name): ReturnType<typeof code> {
  const bytes = Array.from({ length }, (_, index) => name(`b${index}`));
  const reads = bytes.map((byte, index) => code`${byte} = ${buffer}[${start} + ${index}]`);
  return code`
    case ${length}: {
      const ${join(reads, ', ')};
      return (${join(bytes, ' | ')}) > 0x7f ? null : String.fromCharCode(${join(bytes, ', ')});
    }
  `;
}
