import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { readdirSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lineFormat } from './line-format.ts';
import { OpenFile } from './open-file.ts';
import { OpenFiles } from './open-files.ts';
import { packedFormat } from './packed-format.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'open-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const isLinux = process.platform === 'linux';
const handles = (): number =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder);
    } catch {
      return false;
    }
  }).length;

describe('files of many folders', () => {
  for (const packed of [false, true]) {
    it(`hold no more handles than they may, and ${packed ? 'packed ' : ''}get every record in order`, async () => {
      const lines = lineFormat('head');
      const format = packed ? packedFormat(lines, (bytes) => Buffer.concat([Buffer.from('<'), bytes])) : lines;
      const files = new OpenFiles(() => 3);
      for (let record = 0; record < 100; record++) {
        const name = String((record * 7) % 10);
        const begin = () => OpenFile.begin(path.join(folder, name), record, format);
        await (await files.use(name, begin)).write([Buffer.from(String(record))], record + 1);
        if (isLinux) expect(handles()).toBeLessThanOrEqual(3);
      }
      for (const file of files.takeAll()) {
        await file.finish();
        await file.part.publish(false);
      }
      expect((await readdir(folder)).sort((a, b) => (a < b ? -1 : 1))).toEqual('0123456789'.split(''));
      for (const name of '0123456789') {
        const expected = Array.from({ length: 100 }, (_, record) => record).filter(
          (record) => (record * 7) % 10 === Number(name),
        );
        const text = (await readFile(path.join(folder, name), 'utf8')).replaceAll('<', '');
        expect(text.split('\n').slice(0, -1)).toEqual(['head', ...expected.map(String)]);
      }
    });
  }
});
