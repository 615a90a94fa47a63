import { commonVersion, type ApiDefinition, type BrokerVersions } from '@headrace/protocol';

/** What a broker said of itself. */
export interface OfferedVersions {
  readonly apiKeys: readonly { readonly apiKey: number; readonly minVersion: number; readonly maxVersion: number }[];
  readonly finalizedFeatures?: readonly { readonly name: string; readonly maxVersionLevel: number }[];
}

/** Keeps what a broker offers in a form that is asked by key and by name. */
export function brokerVersions({ apiKeys, finalizedFeatures = [] }: OfferedVersions): BrokerVersions {
  const offered = new Map(apiKeys.map((range) => [range.apiKey, range]));
  const features = new Map(finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel]));
  return {
    versionOf(api: ApiDefinition) {
      const range = offered.get(api.key);
      return range === undefined ? null : commonVersion(api, range);
    },
    featureOf: (name) => features.get(name) ?? 0,
  };
}
