import type { EmbeddedBroker } from '@headrace/broker';
import { apiOf, apiVersionsApi } from '@headrace/protocol';

/** Makes a broker offer no newer versions than these, by the name of the key, as an older release does. Keys that are not named stay. */
export function speakNoNewer(broker: EmbeddedBroker, newest: Readonly<Record<string, number>>): void {
  broker.faults.onResponse(apiVersionsApi, ({ response }) => {
    const apiKeys = response.apiKeys.map((range) => {
      const name = apiOf(range.apiKey)?.name ?? '';
      return { ...range, maxVersion: Math.min(range.maxVersion, newest[name] ?? range.maxVersion) };
    });
    return { do: 'rewrite', response: { ...response, apiKeys } };
  });
}
