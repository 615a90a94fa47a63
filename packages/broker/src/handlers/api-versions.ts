import { apiVersionsApi, errorCode, type ApiDefinition, type ResponseInput } from '@headrace/protocol';
import type { Cluster } from '../cluster/cluster.ts';
import { handler, type Handler } from './handler.ts';

/** Produce is offered from 0 on, as Kafka does: older clients of librdkafka look for it. */
const leastProduceVersion = 0;

/** Makes the handler of ApiVersions, which tells of the others. */
export function apiVersionsHandler(others: readonly Handler[]): Handler {
  const own: Handler = handler(apiVersionsApi, (request, { cluster, version }) => {
    const isNamed = version < 3 || (isName(request.clientSoftwareName) && isName(request.clientSoftwareVersion));
    return {
      errorCode: errorCode(isNamed ? 'NONE' : 'INVALID_REQUEST'),
      apiKeys: isNamed ? [...others, own].map(rangeOf).sort((a, b) => a.apiKey - b.apiKey) : [],
      throttleTimeMs: 0,
      ...(isNamed && featuresOf(cluster, version)),
    };
  });
  return own;
}

/** Returns the answer to a version of ApiVersions that is not spoken; it is written in version 0. */
export function apiVersionsRefusal(own: Handler): ResponseInput<typeof apiVersionsApi> {
  return { errorCode: errorCode('UNSUPPORTED_VERSION'), apiKeys: [rangeOf(own)], throttleTimeMs: 0 };
}

function rangeOf({ api, versions: [minVersion, maxVersion] }: Handler) {
  return { apiKey: api.key, minVersion: isProduce(api) ? leastProduceVersion : minVersion, maxVersion };
}

function isProduce({ key }: ApiDefinition): boolean {
  return key === 0;
}

function isName(text: string): boolean {
  return /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/.test(text);
}

function featuresOf({ settings: { transactionVersion } }: Cluster, version: number) {
  // Before version 4 a feature whose first level is 0 cannot be told (KIP-1022).
  const supported = [{ name: 'transaction.version', minVersion: 0, maxVersion: 2 }];
  return {
    supportedFeatures: version < 4 ? [] : supported,
    finalizedFeaturesEpoch: 1,
    finalizedFeatures:
      transactionVersion === 0
        ? []
        : [{ name: 'transaction.version', maxVersionLevel: transactionVersion, minVersionLevel: transactionVersion }],
  };
}
