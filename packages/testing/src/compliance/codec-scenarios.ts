import { isDeepStrictEqual } from 'node:util';
import { HeadraceError, type CodecDefinition, type Encoding, type SourceNode } from '@headrace/core';
import { TopologyTestDriver } from '../driver/topology-test-driver.ts';
import { hold, valuesOf, type ComplianceContext, type ComponentScenario } from './compliance-context.ts';
import { fittingRecords } from './fitting-records.ts';
import { topologyAround } from './topology-around.ts';

/** Lists what must hold of a codec. */
export function codecScenarios(component: CodecDefinition, context: ComplianceContext): readonly ComponentScenario[] {
  return [
    { name: 'reads what it writes', run: () => readsWhatItWrites(component, context) },
    {
      name: 'keeps neither the bytes that it reads nor those that it gave',
      run: () => keepsNoBytes(component, context),
    },
    { name: 'refuses bytes that are not its own with a code', run: () => refusesWithACode(component, context) },
  ];
}

// A value may have more than the schema, so that only what was read once must come again; one at least must be what it was.
async function readsWhatItWrites(component: CodecDefinition, context: ComplianceContext): Promise<void> {
  const exact = new Map<string, number>();
  for (const { encoding, values, summary } of trialsOf(component, context)) {
    const decode = component.decoder(encoding);
    const encode = component.encoder(encoding, encoding.schema);
    for (const value of values) {
      const bytes = encode(value);
      const read = decode(bytes, 0, bytes.length, -1);
      const again = encode(read);
      const same = isDeepStrictEqual(plain(decode(again, 0, again.length, -1)), plain(read));
      hold(same && Buffer.compare(bytes, again) === 0, `"${summary}" reads something else than it has written.`);
      const isExact = isDeepStrictEqual(plain(read), plain(value));
      exact.set(summary, (exact.get(summary) ?? 0) + Number(isExact));
    }
  }
  for (const { summary } of component.examples)
    hold((exact.get(summary) ?? 0) > 0, `"${summary}" reads no value as it was written.`);
}

async function keepsNoBytes(component: CodecDefinition, context: ComplianceContext): Promise<void> {
  for (const { encoding, values, summary } of trialsOf(component, context)) {
    const decode = component.decoder(encoding);
    const encode = component.encoder(encoding, encoding.schema);
    const [value] = values;
    const written = encode(value);
    const copy = Buffer.from(written);
    for (const other of [...values, value]) encode(other);
    hold(Buffer.compare(written, copy) === 0, `"${summary}" changes bytes that it gave before.`);
    // Among other bytes, since buffers hold many records.
    const among = Buffer.concat([Buffer.from([1, 2, 3]), copy, Buffer.from([4, 5])]);
    const read = decode(among, 3, 3 + copy.length, -1);
    among.fill(0xff);
    hold(
      isDeepStrictEqual(plain(read), plain(decode(copy, 0, copy.length, -1))),
      `"${summary}" keeps a part of the buffer that it read.`,
    );
  }
}

async function refusesWithACode(component: CodecDefinition, context: ComplianceContext): Promise<void> {
  for (const { encoding, values, summary } of trialsOf(component, context)) {
    const decode = component.decoder(encoding);
    const encode = component.encoder(encoding, encoding.schema);
    for (const value of values)
      for (const bytes of spoilt(encode(value))) {
        const thrown = thrownBy(() => decode(bytes, 0, bytes.length, -1));
        const coded = thrown === null || thrown instanceof HeadraceError;
        hold(coded, `"${summary}" refuses bytes with "${String(thrown)}", which has no code.`);
      }
  }
}

function* trialsOf(component: CodecDefinition, context: ComplianceContext) {
  for (const example of component.examples)
    for (const sample of fittingRecords(component, example, context)) {
      const { options, summary } = example;
      const around = topologyAround(component, options as object, sample, context);
      const source = TopologyTestDriver.check(around).nodes.get('records') as SourceNode;
      const encoding: Encoding = source.value;
      const { schema } = encoding;
      // The schema may be that of the codec, which not all samples are of; Avro knows best which are.
      const avro = schema.kind === 'dynamic' ? undefined : around.registry.codec('avro');
      const writers = [
        avro?.encoder({ codec: 'avro', options: {}, schema }, schema),
        component.encoder(encoding, schema),
      ];
      const values = valuesOf(sample).filter((value) =>
        writers.every((encode) => thrownBy(() => encode?.(value)) === null),
      );
      if (values.length > 0) yield { encoding, values, summary };
    }
}

function* spoilt(bytes: Uint8Array): Generator<Uint8Array> {
  yield new Uint8Array();
  for (let end = 0; end < bytes.length; end += 1 + Math.floor(bytes.length / 50)) yield bytes.slice(0, end);
  for (let at = 0; at < bytes.length; at += 1 + Math.floor(bytes.length / 50))
    for (const byte of [0, 0x22, 0x7b, 0xff]) yield Uint8Array.from(bytes, (each, i) => (i === at ? byte : each));
  yield Uint8Array.from([...bytes, 0xc3]);
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
    return null;
  } catch (thrown) {
    return thrown;
  }
}

// A view of bytes is equal to other bytes whatever class and prototype they have.
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}
