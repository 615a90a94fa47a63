import { builtInCodecs, builtInComponents, HeadraceError, type CodecDefinition } from '@headrace/core';
import { describe, expect, it } from 'vitest';
import { componentScenarios } from './component-scenarios.ts';

const names = {
  reads: 'reads what it writes',
  bytes: 'keeps neither the bytes that it reads nor those that it gave',
  refuses: 'refuses bytes that are not its own with a code',
} as const;

const bytesCodec = builtInCodecs.find(({ type }) => type === 'bytes') as CodecDefinition;
const sound: CodecDefinition = { ...bytesCodec, type: 'mine', examples: [{ summary: 'Bytes', options: {} }] };

async function broken(component: CodecDefinition): Promise<Record<string, string>> {
  const context = { components: builtInComponents, records: [{ schema: 'bytes', value: Buffer.from('some bytes') }] };
  const found: Record<string, string> = {};
  for (const { name, run } of componentScenarios(component, context))
    await run().catch((error: unknown) => {
      found[name] = String(error);
    });
  return found;
}

describe('the compliance suite of codecs', () => {
  it('finds nothing wrong with a sound codec', async () => {
    expect(await broken(sound)).toEqual({});
  });

  it('tells a codec that reads something else than it writes', async () => {
    const decoder: CodecDefinition['decoder'] = (encoding) => {
      const decode = sound.decoder(encoding);
      return (buffer, start, end, id) => decode(buffer, start, Math.max(start, end - 1), id);
    };
    expect(await broken({ ...sound, decoder })).toMatchObject({
      [names.reads]: expect.stringContaining('something else'),
    });
    const longer: CodecDefinition['encoder'] = (encoding, from) => {
      const encode = sound.encoder(encoding, from);
      return (value) => {
        const bytes = encode(value);
        return bytes.length < 20 ? Buffer.concat([bytes, Buffer.alloc(20 - bytes.length)]) : bytes;
      };
    };
    expect(await broken({ ...sound, encoder: longer })).toMatchObject({
      [names.reads]: expect.stringContaining('no value as it was written'),
    });
  });

  it('tells a codec that keeps the buffer that it reads, or one that it gave', async () => {
    const decoder = () => (buffer: Uint8Array, start: number, end: number) => buffer.subarray(start, end);
    expect(await broken({ ...sound, decoder })).toEqual({ [names.bytes]: expect.stringContaining('keeps a part') });
    const shared = Buffer.alloc(1000);
    const encoder = () => (value: unknown) => {
      shared.fill(Math.floor((calls += 1)) % 256);
      shared.set(value as Uint8Array);
      return shared.subarray(0, (value as Uint8Array).length + (calls % 2));
    };
    let calls = 0;
    expect(await broken({ ...sound, encoder })).toHaveProperty([names.bytes]);
  });

  it('tells a codec that refuses without a code', async () => {
    const refusing =
      (error: () => Error): CodecDefinition['decoder'] =>
      (encoding) => {
        const decode = sound.decoder(encoding);
        return (buffer, start, end, id) => {
          if (buffer[start] === 0xff) throw error();
          return decode(buffer, start, end, id);
        };
      };
    expect(await broken({ ...sound, decoder: refusing(() => new TypeError('no')) })).toEqual({
      [names.refuses]: expect.stringContaining('no code'),
    });
    expect(await broken({ ...sound, decoder: refusing(() => new HeadraceError('BAD_DATA', 'no')) })).toEqual({});
  });
});
