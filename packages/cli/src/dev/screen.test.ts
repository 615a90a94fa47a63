import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { jsonScreen, textScreen, type DevEvent } from './screen.ts';

const shown = {
  kind: 'record',
  node: 'orders',
  port: 'out',
  topic: null,
  key: null,
  timestamp: 0,
  headers: {},
} as const;

/** What a screen for people writes, records and the rest. */
function textOf(events: readonly DevEvent[], inColour = false): { readonly records: string; readonly status: string } {
  let [records, status] = ['', ''];
  const screen = textScreen({
    records: (text) => void (records += text),
    status: (text) => void (status += text),
    recordsInColour: inColour,
    statusInColour: inColour,
  });
  for (const event of events) screen.show(event);
  return { records, status };
}

describe('The screen for people', () => {
  it('names the node, the port and where a sink has written, and lines up what follows', () => {
    const { records, status } = textOf([
      { ...shown, node: 'routed', port: 'sink', topic: 'orders-de', value: '1' },
      { ...shown, port: 'dropped', key: '"k"', value: '2' },
      {
        ...shown,
        node: '$deadLetter',
        port: 'sink',
        topic: 'bad',
        value: '3',
        headers: {
          '__headrace.errors.code': 'BAD_JSON',
          '__headrace.errors.message': 'no JSON',
        },
      },
      { kind: 'skipped', node: 'orders', records: 4 },
    ]);
    expect(records).toBe(
      'routed > orders-de  1\n' +
        'orders.dropped      "k"  2\n' +
        'dead letter > bad   3  (BAD_JSON: no JSON)\n' +
        'orders              … 4 more\n',
    );
    expect(status).toBe('');
  });

  it('says what happens beside the records, files as they are seen from the folder of the shell', () => {
    const { records, status } = textOf([
      { kind: 'failures', node: 'orders', code: 'BAD_JSON', records: 2 },
      { kind: 'changed', files: [path.resolve('shop/topology.json')] },
      { kind: 'refused', findings: ['first', 'second'], keeps: 1 },
      { kind: 'refused', findings: ['third'], keeps: null },
      { kind: 'ended', error: 'It broke.', summary: 'shop: 1 read' },
    ]);
    expect(status).toBe(
      'orders: 2 failed with BAD_JSON\n' +
        `changed: ${path.join('shop', 'topology.json')}\n` +
        'first\n\nsecond\nthe version before goes on\n' +
        'third\nnothing runs; waiting for a change\n' +
        'It broke.\nshop: 1 read\n',
    );
    expect(records).toBe('');
  });

  it('has colours only where it is told so, and one for each name', () => {
    const events: DevEvent[] = ['a', 'b', 'a'].map((node) => ({ ...shown, node, value: '1' }));
    const { records } = textOf(events, true);
    expect(records).toBe('\u{1B}[36ma\u{1B}[0m  1\n\u{1B}[33mb\u{1B}[0m  1\n\u{1B}[36ma\u{1B}[0m  1\n');
    expect(textOf(events).records).not.toContain('\u{1B}');
  });
});

describe('The screen of lines of JSON', () => {
  it('writes keys and values as they are, numbers beyond doubles too', () => {
    let text = '';
    const screen = jsonScreen((line) => void (text += line));
    screen.show({ ...shown, key: '"k"', value: '{"n":9007199254740993}' });
    screen.show({ ...shown, value: '1' });
    screen.show({ kind: 'topics', topics: ['a\nb'] });
    const lines = text.split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toContain('"key":"k","value":{"n":9007199254740993}}');
    expect(JSON.parse(lines[1] as string)).toEqual({ ...shown, value: 1 });
    expect(JSON.parse(lines[2] as string)).toEqual({ kind: 'topics', topics: ['a\nb'] });
  });
});
