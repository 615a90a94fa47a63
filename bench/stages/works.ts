/** A work that every contender does to each record: a record in, a record or nothing out. */
export interface Work {
  readonly topology: string;
  /** The work by hand, on an object that was parsed. */
  readonly change: (record: never) => object | null;
}

interface Bid {
  readonly auction: number;
  readonly bidder: number;
  readonly price: number;
  readonly dateTime: number;
  readonly extra: string;
}

interface Order {
  readonly id: string;
  readonly customer: string;
  readonly status: string;
  readonly country: string;
  readonly amount: number;
  readonly quantity: number;
  readonly placedAt: number;
  readonly tags: readonly string[];
}

/** The works by their names; the topologies beside this file do the same. */
export const works: Readonly<Record<string, Work>> = {
  q1: {
    topology: 'q1.json',
    change: ({ auction, bidder, price, dateTime, extra }: Bid) => ({
      auction,
      bidder,
      price: 0.908 * price,
      dateTime,
      extra,
    }),
  },
  'filter-change-write': {
    topology: 'filter-change-write.json',
    change: ({ id, customer, status, country, amount, quantity, placedAt, tags }: Order) => {
      if (status !== 'PAID' || !(amount > 100)) return null;
      const region = country === 'DE' || country === 'FR' || country === 'PL' ? 'eu' : 'other';
      return { id, customer, status, country, amount, quantity, placedAt, tags, total: amount * quantity, region };
    },
  },
};
