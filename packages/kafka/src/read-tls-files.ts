import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { HeadraceError } from '@headrace/core';
import type { TlsOptions } from './network/tls-options.ts';

/** How a topology writes the TLS of a cluster: paths of PEM files in place of their contents. */
export interface WrittenTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** Reads the files that the TLS of a cluster names; paths begin at `folder`. Fails with TLS_FILE_UNREADABLE, which says which one. */
export async function readTlsFiles({ ca, cert, key, ...rest }: WrittenTls, folder: string): Promise<TlsOptions> {
  const [caText, certText, keyText] = await Promise.all([
    readPem('ca', ca, folder),
    readPem('cert', cert, folder),
    readPem('key', key, folder),
  ]);
  return {
    ...rest,
    ...(caText !== undefined && { ca: caText }),
    ...(certText !== undefined && { cert: certText }),
    ...(keyText !== undefined && { key: keyText }),
  };
}

async function readPem(option: string, file: string | undefined, folder: string): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const place = path.resolve(folder, file);
  let text: string;
  try {
    text = await readFile(place, 'utf8');
  } catch (cause) {
    throw unreadable(option, place, 'cannot be read', cause);
  }
  if (text.includes('-----BEGIN ')) return text;
  throw unreadable(option, place, 'is not a PEM file: nothing in it begins with "-----BEGIN"', undefined);
}

function unreadable(option: string, file: string, what: string, cause: unknown): HeadraceError {
  return new HeadraceError('TLS_FILE_UNREADABLE', `The file of "tls.${option}", "${file}", ${what}.`, {
    place: { file },
    cause,
  });
}
