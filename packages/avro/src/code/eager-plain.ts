import { code, constant, type Code, type Name } from '@headrace/codegen';
import { conversionOf } from '../logical.ts';
import { longFormIn } from '../long-form.ts';
import type { ResolvedEnum, ResolvedPlain } from '../resolved.ts';
import type { LongForm } from '../schema.ts';
import { doubleAt, floatAt } from './float-at.ts';
import { readAt } from './read-at.ts';
import { lengthCode, skipCode, statements, type Walk } from './skip-code.ts';
import { createTextReader } from './text-reader.ts';
import { afterVarint, lengthAt, longAt } from './varint.ts';

const AFTER_VARINT = constant(afterVarint);
const LENGTH_AT = constant(lengthAt);
const LONG_AT = constant(longAt);
const DOUBLE_AT = constant(doubleAt);
const FLOAT_AT = constant(floatAt);
const COPY = constant(
  (buffer: Buffer, start: number, end: number) => new Uint8Array(buffer.subarray(start, end)),
  'copy',
);

/** Writes the statements that read a primitive or fixed into a variable and move past it. */
export function eagerPlain(resolved: ResolvedPlain, value: Name, walk: Walk, long: LongForm): Code {
  const { writer, reader } = resolved;
  const { buffer, position, end } = walk;
  if (longFormIn(reader, long) === 'bigint' && reader.kind === 'long') return byClosures(resolved, value, walk, long);
  const read = plainCode(resolved, value, walk);
  if (read === null) return byClosures(resolved, value, walk, long);
  const conversion = conversionOf(reader, long);
  if (conversion === null) return read;
  if (writer.kind === 'bytes' || writer.kind === 'fixed') return byClosures(resolved, value, walk, long);
  return statements([
    // What is converted has to be there.
    code`if (${position} > ${end}) ${walk.fail}`,
    read,
    code`${value} = ${constant((plain: unknown) => conversion.read(plain), 'convert')}(${value});`,
  ]);

  function byClosures(all: ResolvedPlain, target: Name, at: Walk, form: LongForm): Code {
    const otherwise = constant(readAt(all, [], form), 'otherwise');
    return statements([code`${target} = ${otherwise}(${buffer}, ${position}, ${end});`, skipCode(all.writer, at)]);
  }
}

function plainCode({ writer, reader }: ResolvedPlain, value: Name, walk: Walk): Code | null {
  const { buffer, position, end, fail } = walk;
  switch (`${writer.kind}>${reader.kind}`) {
    case 'null>null':
      return code`${value} = null;`;
    case 'boolean>boolean':
      return code`
        ${value} = ${buffer}[${position}++];
        if (${value} > 1) ${fail}
        ${value} = ${value} === 1;
      `;
    case 'int>int':
    case 'int>long':
    case 'int>double':
      return integerCode(code`(${value} | 0) !== ${value}`, value, walk);
    case 'long>long':
    case 'long>double':
      return integerCode(code`${value} !== ${value}`, value, walk);
    case 'float>float':
    case 'float>double':
      return code`
        if (${end} - ${position} < 4) ${fail}
        ${value} = ${FLOAT_AT}(${buffer}, ${position});
        ${position} += 4;
      `;
    case 'double>double':
      return code`
        if (${end} - ${position} < 8) ${fail}
        ${value} = ${DOUBLE_AT}(${buffer}, ${position});
        ${position} += 8;
      `;
    case 'string>string':
    case 'bytes>string':
      return textCode(value, walk);
    case 'bytes>bytes':
      return bytesCode(value, walk);
    default:
      return null;
  }
}

function integerCode(isWrong: Code, value: Name, { buffer, position, fail }: Walk): Code {
  return code`
    ${value} = ${buffer}[${position}++];
    if (${value} > 0x7f) {
      ${value} = ${LONG_AT}(${buffer}, ${position} - 1);
      if (${isWrong}) ${fail}
      ${position} = ${AFTER_VARINT}(${buffer}, ${position} - 1);
    } else {
      ${value} = (${value} >>> 1) ^ -(${value} & 1);
    }
  `;
}

/** Writes the statements that read a text into a variable and move past it. */
export function textCode(value: Name, walk: Walk): Code {
  const { buffer, position, scratch, fail } = walk;
  return code`
    ${lengthCode(walk)}
    ${value} = ${constant(createTextReader(), 'text')}(${buffer}, ${position}, ${scratch});
    if (${value} === null) ${fail}
    ${position} += ${scratch};
  `;
}

function bytesCode(value: Name, walk: Walk): Code {
  const { buffer, position, scratch } = walk;
  return code`
    ${lengthCode(walk)}
    ${value} = ${COPY}(${buffer}, ${position}, ${position} + ${scratch});
    ${position} += ${scratch};
  `;
}

/** Writes the statements that read a symbol into a variable and move past it. */
export function eagerSymbol({ symbols }: ResolvedEnum, value: Name, { buffer, position, fail }: Walk): Code {
  return code`
    ${value} = ${buffer}[${position}++];
    if (${value} > 0x7f) {
      ${value} = ${LENGTH_AT}(${buffer}, ${position} - 1);
      ${position} = ${AFTER_VARINT}(${buffer}, ${position} - 1);
    } else {
      ${value} = ${value} & 1 ? -1 : ${value} >>> 1;
    }
    ${value} = ${constant(symbols, 'symbols')}[${value}];
    if (${value} === undefined) ${fail}
  `;
}
