import { createSecureContext } from 'node:tls';
import { HeadraceError } from '@headrace/core';
import type { KafkaLogger } from './log-options.ts';
import type { TlsOptions } from './network/tls-options.ts';
import { readTlsFiles, type WrittenTls } from './read-tls-files.ts';

/**
 * Reads the files that the TLS of a cluster names, and returns what reads them anew for each connection, so that certificates can be
 * replaced while a process runs. Files that cannot be read or do not fit together, as in the middle of a replacement, are said and change
 * nothing; at first they fail with TLS_FILE_UNREADABLE.
 */
export async function tlsFromFiles(
  written: WrittenTls,
  folder: string,
  logger?: KafkaLogger,
): Promise<() => Promise<TlsOptions>> {
  let good = await readFitting(written, folder);
  return async () => {
    try {
      good = await readFitting(written, folder);
    } catch (error) {
      logger?.('warn', 'The files of "tls" cannot be used as they are now; those that were read before still count.', {
        error,
      });
    }
    return good;
  };
}

async function readFitting(written: WrittenTls, folder: string): Promise<TlsOptions> {
  const options = await readTlsFiles(written, folder);
  const { ca, cert, key, passphrase } = options;
  try {
    createSecureContext({
      ...(ca !== undefined && { ca: ca as string }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(passphrase !== undefined && { passphrase }),
    });
  } catch (cause) {
    const files = [written.ca, written.cert, written.key].filter((file) => file !== undefined).join('", "');
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HeadraceError('TLS_FILE_UNREADABLE', `The files of "tls", "${files}", cannot be used together: ${why}.`, {
      cause,
    });
  }
  return options;
}
