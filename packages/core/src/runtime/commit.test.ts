import { setImmediate as tick } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { HeadraceError } from '../errors/headrace-error.ts';
import { Committer } from './commit.ts';
import type { StoredPosition } from './positions.ts';

const at = (offset: number): StoredPosition => ({ position: offset, offset, failedStarts: 0 });

/** A store whose commits end when the test says so. */
function slowStore() {
  const commits: { offsets: Record<string, number>; end: (error?: Error) => void }[] = [];
  const store = {
    commit: (positions: ReadonlyMap<string, StoredPosition>) =>
      new Promise<void>((resolve, reject) => {
        const offsets = Object.fromEntries([...positions].map(([split, { offset }]) => [split, offset]));
        commits.push({ offsets, end: (error) => (error === undefined ? resolve() : reject(error)) });
      }),
  };
  return { store, commits };
}

describe('Committer', () => {
  it('makes one commit at a time, and what comes meanwhile goes together, the latest of each split', async () => {
    const { store, commits } = slowStore();
    const committer = new Committer(store);
    const first = committer.commit('a', at(1));
    await tick();
    const rest = [committer.commit('a', at(2)), committer.commit('b', at(5)), committer.commit('a', at(3))];
    await tick();
    expect(commits.map(({ offsets }) => offsets)).toEqual([{ a: 1 }]);
    commits[0]?.end();
    await first;
    await tick();
    expect(commits.map(({ offsets }) => offsets)).toEqual([{ a: 1 }, { a: 3, b: 5 }]);
    commits[1]?.end();
    await Promise.all(rest);
  });

  it('tells everyone whose position was in a commit that it failed, and goes on', async () => {
    const { store, commits } = slowStore();
    const committer = new Committer(store);
    const [a, b] = [committer.commit('a', at(1)), committer.commit('b', at(1))];
    await tick();
    commits[0]?.end(new HeadraceError('COMMIT_REFUSED', 'refused'));
    await expect(a).rejects.toMatchObject({ code: 'COMMIT_REFUSED' });
    await expect(b).rejects.toMatchObject({ code: 'COMMIT_REFUSED' });
    const again = committer.commit('a', at(1));
    await tick();
    commits[1]?.end();
    await again;
  });

  it('lets go of a split: nothing that waits carries it, and what is under way is waited for', async () => {
    const { store, commits } = slowStore();
    const committer = new Committer(store);
    void committer.commit('a', at(1));
    await tick();
    void committer.commit('a', at(2));
    void committer.commit('b', at(7));
    let kept: StoredPosition | null | undefined;
    const released = committer.release('a').then((position) => (kept = position));
    await tick();
    expect(kept).toBeUndefined();
    commits[0]?.end();
    await released;
    expect(kept).toEqual(at(1));
    await tick();
    expect(commits.map(({ offsets }) => offsets)).toEqual([{ a: 1 }, { b: 7 }]);
    expect(await committer.release('a')).toBeNull();
  });

  it('has kept nothing where the commit under way fails', async () => {
    const { store, commits } = slowStore();
    const committer = new Committer(store);
    void committer.commit('a', at(1)).catch(() => {});
    await tick();
    const released = committer.release('a');
    commits[0]?.end(new Error('gone'));
    expect(await released).toBeNull();
  });
});
