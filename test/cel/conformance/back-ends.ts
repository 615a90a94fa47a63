import { generated, interpreter } from '@headrace/cel';
import type { BackEnd } from './run-case.ts';

/** Lists what runs a checked expression; every one of them is held to the whole suite. */
export const backEnds: Readonly<Record<string, BackEnd>> = {
  interpreter: (checked) => interpreter(checked, { raw: true }),
  generated: (checked) => generated(checked, { raw: true }),
};
