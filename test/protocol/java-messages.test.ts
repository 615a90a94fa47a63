import { readFileSync } from 'node:fs';
import {
  apiOf,
  apis,
  readRequest,
  readRequestFrame,
  readResponse,
  writeRequest,
  writeResponse,
} from '@headrace/protocol';
import type { ApiDefinition } from '@headrace/protocol';
import { describe, expect, it } from 'vitest';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

interface Line {
  api: ApiDefinition;
  side: string;
  version: number;
  frame: Buffer;
  json: { [name: string]: Json };
}

const lines: Line[] = readFileSync(new URL('../golden/protocol/java-messages.tsv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => {
    const [key, side, version, frame, json] = line.split('\t') as [string, string, string, string, string];
    const api = apiOf(Number(key)) as ApiDefinition;
    return { api, side, version: Number(version), frame: Buffer.from(frame, 'base64'), json: JSON.parse(json) };
  });

function read({ api, side, version, frame }: Line): Record<string, unknown> {
  return side === 'request' ? readRequest(api, readRequestFrame(frame)) : readResponse(api, version, frame);
}

function write({ api, side, version, frame }: Line, body: Record<string, unknown>): Buffer {
  if (side === 'response') return writeResponse(api, { version, correlationId: frame.readInt32BE(0) }, body);
  const { correlationId, clientId } = readRequestFrame(frame).header;
  return writeRequest(api, { version, correlationId, clientId }, body);
}

/** Compares with the JSON, in which bytes are base64 and record batches are not shown. */
function expectSame(ours: unknown, theirs: Json, place: string): void {
  if (Array.isArray(theirs)) {
    expect(ours, place).toHaveLength(theirs.length);
    theirs.forEach((item, index) => expectSame((ours as unknown[])[index], item, `${place}[${index}]`));
  } else if (theirs !== null && typeof theirs === 'object') {
    for (const [name, value] of Object.entries(theirs))
      if (!name.startsWith('records')) expectSame((ours as Record<string, unknown>)[name], value, `${place}.${name}`);
  } else if (ours instanceof Uint8Array) {
    expect(Buffer.from(ours).toString('base64'), place).toBe(theirs);
  } else {
    expect(ours, place).toEqual(theirs);
  }
}

describe('the frames that the Java client writes', () => {
  it('cover every key, side and version that is described', () => {
    const covered = new Set(lines.map(({ api, side, version }) => `${api.name} ${side} ${version}`));
    for (const api of apis)
      for (let version = api.versions[0]; version <= api.versions[1]; version++)
        for (const side of ['request', 'response']) expect(covered).toContain(`${api.name} ${side} ${version}`);
  });

  it.each(apis.map((api) => [api.name, api] as const))('of %s are read as the Java client means them', (_, api) => {
    for (const line of lines.filter((one) => one.api === api))
      expectSame(read(line), line.json, `${api.name} ${line.side} ${line.version}`);
  });

  it.each(apis.map((api) => [api.name, api] as const))('of %s are written again byte for byte', (_, api) => {
    for (const line of lines.filter((one) => one.api === api)) {
      const again = write(line, read(line));
      expect(again.readInt32BE(0)).toBe(again.length - 4);
      expect(again.subarray(4).toString('hex'), `${line.side} ${line.version}`).toBe(line.frame.toString('hex'));
    }
  });
});
