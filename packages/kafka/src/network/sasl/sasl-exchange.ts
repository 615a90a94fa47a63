/** One side of a SASL exchange (RFC 4422): what a client says first, and what it answers to each challenge. */
export interface SaslExchange {
  /** The name under which brokers know the mechanism. */
  readonly mechanism: string;
  /** Returns the first message. */
  start(): Promise<Buffer>;
  /** Returns the answer to a challenge, or null when the exchange is complete. Fails where the server is not whom it must be. */
  next(challenge: Buffer): Promise<Buffer | null>;
}
