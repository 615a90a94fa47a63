import { apiVersionsApi, ProtocolError, readRequest, readRequestFrame } from '@headrace/protocol';
import type { Handler } from '../handlers/handler.ts';
import { handlers } from '../handlers/handlers.ts';

/** A request that has come and who answers it. */
export interface Incoming {
  readonly handler: Handler;
  readonly version: number;
  readonly correlationId: number;
  readonly clientId: string;
  /** Null for a version of ApiVersions that is not spoken. */
  readonly body: unknown;
}

/** Reads a request. Null for bytes that are none, and for keys and versions that are not spoken: these end the connection, as in Kafka. */
export function readIncoming(bytes: Buffer): Incoming | null {
  try {
    const frame = readRequestFrame(bytes);
    const { key, version, correlationId, clientId } = frame.header;
    const handler = handlers.get(key);
    if (handler === undefined) return null;
    const header = { handler, version, correlationId, clientId: clientId ?? '' };
    if (version >= handler.versions[0] && version <= handler.versions[1])
      return { ...header, body: readRequest(handler.api, frame) };
    return handler.api.key === apiVersionsApi.key ? { ...header, body: null } : null;
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    throw error;
  }
}
