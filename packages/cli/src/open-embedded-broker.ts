import { DataDirectoryError, EmbeddedBroker, type BrokerOptions } from '@headrace/broker';
import { HeadraceError } from '@headrace/core';
import { compressions } from '@headrace/kafka';

/**
 * Makes an embedded broker that can look into every compression. What is wrong with its data directory is an error with a code and the
 * place: BROKER_DATA_LOCKED, BROKER_DATA_UNREADABLE.
 */
export function openEmbeddedBroker(options: BrokerOptions): EmbeddedBroker {
  try {
    return new EmbeddedBroker({ compressions, ...options });
  } catch (error) {
    if (!(error instanceof DataDirectoryError)) throw error;
    throw new HeadraceError(error.code, error.message, { place: { file: error.file }, cause: error });
  }
}
