import type { EmbeddedBroker } from '@headrace/broker';
import { apiOf, apiVersionsApi } from '@headrace/protocol';

/**
 * Makes a broker offer no newer versions than these, by the name of the key, as an older release does; -1 for a key that it does not
 * have. Keys that are not named stay as they are.
 */
export function speakNoNewer(broker: EmbeddedBroker, newest: Readonly<Record<string, number>>): void {
  broker.faults.onResponse(apiVersionsApi, ({ response }) => {
    const apiKeys = response.apiKeys
      .map((range) => {
        const name = apiOf(range.apiKey)?.name ?? '';
        return { ...range, maxVersion: Math.min(range.maxVersion, newest[name] ?? range.maxVersion) };
      })
      .filter(({ maxVersion }) => maxVersion >= 0);
    return { do: 'rewrite', response: { ...response, apiKeys } };
  });
}
