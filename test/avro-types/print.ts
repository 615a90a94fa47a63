import { formatTypes, parseSchema } from '@headrace/avro';
import { choiceSchema, orderSchema } from './schemas.ts';

/** Prints what stands in the files of these names beside this one. */
export function printAll(): Record<'printed-order.ts' | 'printed-choice.ts', string> {
  return {
    'printed-order.ts': formatTypes(parseSchema(orderSchema)),
    'printed-choice.ts': formatTypes(parseSchema(choiceSchema), { name: 'choice', long: 'bigint' }),
  };
}
