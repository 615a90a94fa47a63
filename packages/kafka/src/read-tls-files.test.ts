import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTlsFiles } from './read-tls-files.ts';

describe('the files of TLS', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-tls-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are read from where the topology lies, and the rest stays as it is', async () => {
    await writeFile(path.join(folder, 'ca.pem'), '-----BEGIN CERTIFICATE-----\n');
    expect(await readTlsFiles({ ca: './ca.pem', servername: 'kafka' }, folder)).toEqual({
      ca: '-----BEGIN CERTIFICATE-----\n',
      servername: 'kafka',
    });
    expect(await readTlsFiles({}, folder)).toEqual({});
  });

  it('are named where they cannot be read or are none', async () => {
    await expect(readTlsFiles({ key: 'none.pem' }, folder)).rejects.toMatchObject({
      code: 'TLS_FILE_UNREADABLE',
      message: expect.stringContaining(`"tls.key", "${path.join(folder, 'none.pem')}", cannot be read`) as string,
    });
    await writeFile(path.join(folder, 'cert.der'), Buffer.from([0x30, 0x82]));
    await expect(readTlsFiles({ cert: 'cert.der' }, folder)).rejects.toThrow(/is not a PEM file/);
  });
});
