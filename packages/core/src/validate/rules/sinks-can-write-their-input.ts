import { nonNullBranch } from '@headrace/avro';
import type { Encoding } from '../../component/encoding.ts';
import { projectable } from '../../types/projectable.ts';
import { isDynamic } from '../../types/edge-type.ts';
import type { ValueType } from '../../types/edge-type.ts';
import type { Rule } from '../rule.ts';

/** States that what reaches a sink fits the schemas that it writes with; the built-in codecs say so themselves, with more words. */
export const sinksCanWriteTheirInput: Rule = ({ nodes, definition, report }) => {
  for (const node of definition.nodes) {
    const typed = nodes.get(node.id);
    if (typed?.kind !== 'sink') continue;
    const check = (key: 'key' | 'value', type: ValueType, encoding: Encoding) => {
      for (const { path, message, severity } of projectable(type, encoding.schema)) {
        if (severity !== 'error') continue;
        const place = path.length === 0 ? '' : `"${path.join('.')}": `;
        report({ code: 'CANNOT_WRITE', severity, at: [...node.at, key], on: 'key', message: `${place}${message}` });
      }
    };
    check('value', typed.written.value, typed.value);
    // A null key is a record without one, whatever the schema says.
    const key = typed.written.key;
    if (typed.key !== null && key !== null) check('key', isDynamic(key) ? key : (nonNullBranch(key) ?? key), typed.key);
  }
};
