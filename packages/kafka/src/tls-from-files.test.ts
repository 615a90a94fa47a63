import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TlsOptions } from './network/tls-options.ts';
import { tlsFromFiles } from './tls-from-files.ts';

describe('the TLS of files that are replaced', () => {
  let folder: string;
  const written = { cert: 'now.crt', key: 'now.key' };
  const at = (name: string): string => path.join(folder, name);
  const make = (name: string): void => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at(`${name}.key`)];
    execFileSync('openssl', ['req', '-x509', ...key, '-subj', `/CN=${name}`, '-out', at(`${name}.crt`)], {
      stdio: 'ignore',
    });
  };
  const use = (name: string, what: 'crt' | 'key'): Promise<void> => copyFile(at(`${name}.${what}`), at(`now.${what}`));
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-tls-'));
    for (const name of ['first', 'second']) make(name);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is that of the new files once they fit together, and that of the old ones until then', async () => {
    const said: string[] = [];
    for (const what of ['crt', 'key'] as const) await use('first', what);
    const next = await tlsFromFiles(written, folder, (level, message) => void said.push(`${level}: ${message}`));
    const first = await next();
    expect(await next()).toEqual(first);
    expect(said).toEqual([]);
    await use('second', 'crt');
    // The key of the first is not that of the second's certificate.
    expect(await next()).toEqual(first);
    await use('second', 'key');
    const second: TlsOptions = await next();
    expect(second.cert).not.toEqual(first.cert);
    await rm(at('now.key'));
    expect(await next()).toEqual(second);
    expect(said).toHaveLength(2);
    expect(said[0]).toMatch(/^warn: .*still count/);
  });

  it('fails at first where the files do not fit together, and says which', async () => {
    await use('first', 'crt');
    await use('second', 'key');
    await expect(tlsFromFiles(written, folder)).rejects.toMatchObject({
      code: 'TLS_FILE_UNREADABLE',
      message: expect.stringContaining('"now.crt", "now.key", cannot be used together') as string,
    });
    await writeFile(at('now.crt'), '');
    await expect(tlsFromFiles(written, folder)).rejects.toMatchObject({ code: 'TLS_FILE_UNREADABLE' });
  });
});
