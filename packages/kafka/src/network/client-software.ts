import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

/** The name and version under which brokers see this client, in their metrics (KIP-511); the version is that of the package. */
export const clientSoftware = { clientSoftwareName: 'headrace', clientSoftwareVersion: version };
