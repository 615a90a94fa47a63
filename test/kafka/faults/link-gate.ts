/** Which way is closed. */
export type Direction = 'toBroker' | 'toClient' | 'both';

/** A connection whose directions can be closed: what would pass is held, in order. */
export class LinkGate {
  readonly #held: { readonly way: Direction; readonly pass: () => void }[] = [];
  #blocked: Direction | null;
  #isSilent = false;

  constructor(blocked: Direction | null) {
    this.#blocked = blocked;
  }

  /** Does something that passes in a direction, now or when that is open again. */
  pass(way: 'toBroker' | 'toClient', pass: () => void): void {
    if (this.#isSilent) return;
    if (this.#isBlocked(way)) this.#held.push({ way, pass });
    else pass();
  }

  block(direction: Direction): void {
    this.#blocked = direction;
  }

  /** Opens both directions: what was held passes now, or nothing ever passes again. */
  unblock(held: 'delivered' | 'silent'): void {
    this.#blocked = null;
    if (held === 'silent') this.#isSilent = true;
    else for (const { pass } of this.#held.splice(0)) pass();
  }

  #isBlocked(way: Direction): boolean {
    return this.#blocked === 'both' || this.#blocked === way;
  }
}
