/** A node of the cluster: where clients reach it, and whether they do. */
export interface Node {
  readonly id: number;
  host: string;
  /** 0 while it has no listener: it is reached inside the process only. */
  port: number;
  isUp: boolean;
}

/** The nodes that one broker plays. */
export class Nodes {
  readonly all: readonly Node[];

  constructor(count: number) {
    this.all = Array.from({ length: count }, (_, index) => ({ id: index + 1, host: '127.0.0.1', port: 0, isUp: true }));
  }

  get(id: number): Node | undefined {
    return this.all[id - 1];
  }

  isUp(id: number): boolean {
    return this.get(id)?.isUp ?? false;
  }

  /** Returns the nodes that clients may be sent to. */
  up(): readonly Node[] {
    return this.all.filter(({ isUp }) => isUp);
  }

  /** The node that answers for the cluster: the first that is up; -1 when none is. */
  get controller(): number {
    return this.up()[0]?.id ?? -1;
  }

  /** Returns the node that coordinates a group or a transactional id: its hash modulo the nodes, or the next that is up. */
  coordinatorOf(key: string): Node | undefined {
    const first = hashOf(key) % this.all.length;
    for (let step = 0; step < this.all.length; step++) {
      const node = this.all[(first + step) % this.all.length] as Node;
      if (node.isUp) return node;
    }
    return undefined;
  }
}

/** The hash of Java's strings without its sign, as Kafka spreads groups. */
function hashOf(key: string): number {
  let hash = 0;
  for (let at = 0; at < key.length; at++) hash = (Math.imul(hash, 31) + key.charCodeAt(at)) | 0;
  return hash & 0x7fffffff;
}
