import type { Static } from 'typebox';
import { Type } from '../component/option-type.ts';
import type { SchemaValue } from '../component/author/schema-value.ts';
import type { ProcessFunction } from '../component/record-view.ts';
import { useOf, type WrittenFunction } from '../component/author/written.ts';
import { streamOperator, type OperatorExtras, type StreamOperator } from '../component/author/stream.ts';
import type { InferContext } from '../component/contexts.ts';
import { defineOperator } from '../component/define.ts';
import { schemaOption, functionOption } from '../component/option-schemas.ts';
import { defaultPort, type Port } from '../record/record-batch.ts';
import { dynamic, type EdgeType } from '../types/edge-type.ts';
import { reservedPorts } from './reserved-ports.ts';

const portName = '^[A-Za-z][A-Za-z0-9_]{0,63}$';

const options = Type.Object(
  {
    $use: functionOption(
      'A function that gets the value, the record, and "emit(record, port)", as "./file.ts#export".',
    ),
    output: Type.Optional(
      schemaOption('The schema of what it emits without a port. Needed unless all it emits goes to "ports".'),
    ),
    ports: Type.Optional(
      Type.Record(Type.String({ pattern: portName }), Type.Unknown({ kind: 'schema' }), {
        description: 'Further ports by their names, each with the schema of what is emitted to it.',
      }),
    ),
  },
  { additionalProperties: false },
);

/** Lets a function make any number of records of each. */
export const processOperator = defineOperator({
  type: 'process',
  summary: 'Calls a function with each record, which emits any number of records to the ports of the node.',
  options,
  examples: [
    { summary: 'Alerts made by a function', options: { $use: './alerts.ts#detect', output: 'string' } },
    {
      summary: 'Two ports, each with its schema',
      options: { $use: './alerts.ts#detect', output: 'string', ports: { audit: 'string' } },
    },
  ],
  // Without any port it is missing its schema, which is said once.
  ports: (written) => (portsOf(written).length === 0 ? [defaultPort] : portsOf(written)).map(asSpec),
  infer(written, input, context) {
    if (portsOf(written).length === 0) return outputNeeded(context);
    const outputs: Record<Port, EdgeType> = {};
    for (const port of portsOf(written)) {
      if (port !== defaultPort && reservedPorts.includes(port)) {
        const message = `the port "${port}" cannot be declared: the name is reserved.`;
        context.report({ code: 'RESERVED_PORT', severity: 'error', at: ['ports', port], on: 'key', message });
      }
      const [at, reference] =
        port === defaultPort ? [['output'], written.output] : [['ports', port], written.ports?.[port]];
      const value = context.schema(at, reference);
      if (value === null) return null;
      // What a function emits may be in any order and under any key.
      outputs[port] = { ...input, value, kind: 'stream', tombstones: false, partitionedBy: 'unknown' };
    }
    return outputs;
  },
  traits: () => ({ key: 'changes', order: 'keeps', holds: 'nothing', deterministic: false, stores: [] }),
  lower({ $use }, { outputs }) {
    const own = Object.fromEntries(Object.entries(outputs).filter(([port]) => port !== 'error'));
    const call = { kind: 'function', use: $use, type: { kind: 'dyn' }, returns: dynamic } as const;
    return [{ op: 'process', call, outputs: own }];
  },
});

const asSpec = (port: Port) => ({ port, quiet: port !== defaultPort && reservedPorts.includes(port) });

function portsOf({ output, ports = {} }: Static<typeof options>): Port[] {
  return [...(output === undefined ? [] : [defaultPort]), ...Object.keys(ports)];
}

function outputNeeded(context: InferContext): null {
  const message = 'nothing says what the function emits.';
  const suggestion = 'Give its schema as "output".';
  context.report({ code: 'OUTPUT_SCHEMA_NEEDED', severity: 'error', at: ['$use'], message, suggestion });
  return null;
}

/** Calls a function with each record in a TypeScript topology, which emits any number of records to the ports of the node. */
export function process<V, const S, const P extends { readonly [port: string]: unknown } = Record<never, never>>(
  id: string,
  options: OperatorExtras & { readonly output?: S; readonly ports?: P },
  run: WrittenFunction<ProcessFunction<V>>,
): StreamOperator<
  V,
  { readonly out: SchemaValue<S>; readonly error: V } & { readonly [K in keyof P]: SchemaValue<P[K]> }
> {
  return streamOperator(process, 'process', id, { ...options, ...useOf(run) });
}
