import { STRING, DYN, listOf } from '../types/cel-type.ts';
import { formatText, readFormat } from '../values/format-text.ts';
import { method, type Implementation, type KnownArgument, type Overload } from './overload.ts';

/** Lists the function that puts values into a text. A constant text is read once. */
export const formatFunctions: readonly Overload[] = [
  method('format', {
    params: [STRING, listOf(DYN)],
    result: STRING,
    widens: true,
    evaluate: (text: string, values: readonly unknown[]) => formatText(readFormat(text), values),
    specialise,
  }),
];

function specialise([text]: readonly KnownArgument[]): Implementation {
  if (typeof text?.constant !== 'string') {
    return (given, values) => formatText(readFormat(given as string), values as readonly unknown[]);
  }
  const format = readFormat(text.constant);
  return (_, values) => formatText(format, values as readonly unknown[]);
}
