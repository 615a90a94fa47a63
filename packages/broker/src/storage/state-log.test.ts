import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { JournalKey } from './journal.ts';
import { StateLog } from './state-log.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'headrace-state-'));
  file = path.join(folder, 'state.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const stateOf = (log: StateLog) =>
  new Map(['a', 'b'].flatMap((kind) => log.entries(kind).map(({ key, value }) => [JSON.stringify(key), value])));

it('holds the last value of each key, wherever the file is cut', () => {
  const log = new StateLog(file);
  const model = new Map<string, unknown>();
  const states: { bytes: number; state: Map<string, unknown> }[] = [{ bytes: 0, state: new Map() }];
  for (let step = 0; step < 60; step++) {
    const key: JournalKey = [step % 2 === 0 ? 'a' : 'b', `ü"${step % 7}`, step % 3];
    const value = step % 5 === 4 ? null : { step, text: 'x'.repeat(step) };
    log.put(key, value);
    if (value === null) model.delete(JSON.stringify(key));
    else model.set(JSON.stringify(key), value);
    states.push({ bytes: readFileSync(file).length, state: new Map(model) });
  }
  log.close();
  const whole = readFileSync(file);
  for (let cut = 0; cut <= whole.length; cut += 41) {
    writeFileSync(file, whole.subarray(0, cut));
    const opened = new StateLog(file);
    const expected = states.findLast(({ bytes }) => bytes <= cut)?.state;
    expect(stateOf(opened), `cut at ${cut}`).toEqual(expected);
    opened.put(['a', 'after'], cut);
    opened.close();
    const again = new StateLog(file);
    expect(stateOf(again)).toEqual(new Map(expected).set('["a","after"]', cut));
    again.close();
  }
});

it('ends before a frame whose bytes are not those that were written', () => {
  const log = new StateLog(file);
  log.put(['a', 1], 'first');
  const { length } = readFileSync(file);
  log.put(['a', 2], 'second');
  log.close();
  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(length + 12) ^ 1, length + 12);
  writeFileSync(file, bytes);
  const opened = new StateLog(file);
  expect(stateOf(opened)).toEqual(new Map([['["a",1]', 'first']]));
  opened.close();
  appendFileSync(file, Buffer.from([255, 255, 255, 255, 0]));
  const again = new StateLog(file);
  expect(stateOf(again).size).toBe(1);
  again.close();
});

it('is written anew when it is much longer than what it says', () => {
  const log = new StateLog(file);
  for (let round = 0; round < 100; round++) log.put(['a', 'same'], { round, pad: 'x'.repeat(200_000) });
  expect(readFileSync(file).length).toBeLessThan(9_000_000);
  log.put(['a', 'other'], 1);
  log.close();
  const opened = new StateLog(file);
  expect((stateOf(opened).get('["a","same"]') as { round: number }).round).toBe(99);
  expect(stateOf(opened).get('["a","other"]')).toBe(1);
  opened.close();
});
