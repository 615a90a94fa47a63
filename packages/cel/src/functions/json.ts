import { DYN, STRING } from '../types/cel-type.ts';
import { readJson } from '../values/json-reader.ts';
import { writeJson } from '../values/json-writer.ts';
import { spend } from '../values/meter.ts';
import { call, type Overload } from './overload.ts';

/** Lists the functions on JSON text. */
export const jsonFunctions: readonly Overload[] = [
  call('parseJson', {
    params: [STRING],
    result: DYN,
    evaluate: (text: string) => {
      spend(text.length);
      return readJson(text);
    },
  }),
  call('toJson', { params: [DYN], result: STRING, widens: true, evaluate: writeJson }),
];
