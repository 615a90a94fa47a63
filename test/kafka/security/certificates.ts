import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The contents of PEM files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority that signs certificates, made by the openssl command. */
export interface Authority {
  readonly ca: string;
  /** Signs a certificate for hosts or a client; `days` may be negative: it has then expired. */
  sign(name: string, options?: { readonly hosts?: string; readonly days?: number }): Promise<Certificate>;
}

/** Makes an authority whose files lie in a folder under its name. */
export async function makeAuthority(folder: string, name: string): Promise<Authority> {
  const file = (suffix: string): string => path.join(folder, `${name}.${suffix}`);
  await newKey(file('key'));
  await openssl('req', '-x509', '-new', '-key', file('key'), '-days', '2', '-subj', `/CN=${name}`, '-out', file('crt'));
  return {
    ca: await readFile(file('crt'), 'utf8'),
    async sign(subject, { hosts = '', days = 2 } = {}) {
      const own = (suffix: string): string => path.join(folder, `${name}-${subject}.${suffix}`);
      await newKey(own('key'));
      await openssl('req', '-new', '-key', own('key'), '-subj', `/CN=${subject}`, '-out', own('csr'));
      await writeFile(own('ext'), `basicConstraints=CA:FALSE\n${hosts === '' ? '' : `subjectAltName=${hosts}\n`}`);
      // The command takes no negative days; a certificate of the past is signed by giving both ends.
      const from = new Date(Date.now() - 20 * 86_400_000);
      const to = new Date(Date.now() + days * 86_400_000);
      await writeFile(own('txt'), '');
      await writeFile(own('serial'), `${subject.length}0\n`);
      await writeFile(own('cnf'), databaseConfiguration(own('txt'), own('serial')));
      const signing = ['ca', '-batch', '-config', own('cnf'), '-name', 'own', '-notext', '-md', 'sha256'];
      const files = ['-cert', file('crt'), '-keyfile', file('key'), '-in', own('csr'), '-out', own('crt')];
      const terms = ['-extfile', own('ext'), '-startdate', stamp(from), '-enddate', stamp(to), '-outdir', folder];
      await openssl(...signing, ...files, ...terms);
      return { cert: await readFile(own('crt'), 'utf8'), key: await readFile(own('key'), 'utf8') };
    },
  };
}

async function newKey(file: string): Promise<void> {
  await openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', file);
}

async function openssl(...args: readonly string[]): Promise<void> {
  await run('openssl', [...args]);
}

function databaseConfiguration(database: string, serial: string): string {
  return `[own]\ndatabase=${database}\nserial=${serial}\npolicy=any\nunique_subject=no\n[any]\ncommonName=supplied\n`;
}

function stamp(date: Date): string {
  return `${date.toISOString().replaceAll(/[-:T]|\.\d+/g, '')}`;
}
