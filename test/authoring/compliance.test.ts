import { builtInComponents } from '@headrace/core';
import { componentScenarios, type ComplianceContext } from '@headrace/testing';
import { describe, it } from 'vitest';
import { between } from './between.ts';
import { countdown } from './countdown.ts';
import { hex } from './hex.ts';
import { postbox } from './postbox.ts';
import { spaced } from './spaced.ts';

const schema = { type: 'record', name: 'Reading', fields: [{ name: 'celsius', type: 'double' }] };
const posted: Uint8Array[] = [];
const context: ComplianceContext = {
  components: builtInComponents,
  // An example stands for those of them that it is valid for; together they reach every port.
  records: [
    { schema, value: { celsius: 20 }, others: [{ celsius: 99 }, { celsius: -41 }] },
    { schema: 'bytes', value: Buffer.from('some bytes') },
  ],
  // Where the suite finds what the sink has written.
  visible: () => posted,
};
const components = [between, spaced, countdown, postbox(async (value) => void posted.push(value)), hex];

describe.each(components.map((component) => [component.type, component] as const))('%s', (_, component) => {
  for (const { name, run } of componentScenarios(component, context)) it(name, run);
});
