import { describe, expect, it } from 'vitest';
import { seededRandom } from './seeded-random.ts';
import { checkHistory, type Anomaly } from './check-history.ts';
import type { CommitSample, History, Recompute, SeenRecord, WrittenRecord } from './history.ts';

const recompute: Recompute = ({ value }, branch) =>
  value % 7 === 3 ? 'rejected' : branch === 'thirds' && value % 3 !== 0 ? null : value * 2;

interface Draft {
  written: WrittenRecord[];
  branches: Record<string, SeenRecord[]>;
  rejected: SeenRecord[];
  samples: CommitSample[];
}

const perPartition = 40;
/** Records of two partitions and three keys each, one every 10 ms, each in its outputs 1 ms later, committed by tens. */
function rightHistory(): Draft {
  const written: WrittenRecord[] = [];
  const branches: Draft['branches'] = { all: [], thirds: [] };
  const rejected: SeenRecord[] = [];
  const samples: CommitSample[] = [];
  for (let seq = 0; seq < perPartition; seq++) {
    for (const partition of [0, 1]) {
      const key = `${partition}-${seq % 3}`;
      const record = { partition, seq, key, value: seq * 2 + partition, offset: seq, aborted: seq % 11 === 5 };
      written.push(record);
      if (record.aborted) continue;
      const seen = { partition, seq, key, appendedAt: seq * 10 + 1 };
      const results = Object.keys(branches).map((branch) => [branch, recompute(record, branch)] as const);
      if (results.some(([, result]) => result === 'rejected')) rejected.push({ ...seen, result: null });
      else
        for (const [branch, result] of results)
          if (typeof result === 'number') branches[branch]?.push({ ...seen, result });
    }
    if (seq % 10 === 9) {
      const at = seq * 10 + 5;
      samples.push({ askedAt: at - 1, answeredAt: at, committed: new Map([0, 1].map((one) => [one, seq + 1])) });
    }
  }
  return { written, branches, rejected, samples };
}

function anomaliesOf(draft: History): Anomaly[] {
  return [...new Set(checkHistory(draft, recompute).findings.map(({ anomaly }) => anomaly))];
}

const results = (draft: Draft): SeenRecord[] => draft.branches['all'] as SeenRecord[];
const indexOf = (draft: Draft, seq: number): number =>
  results(draft).findIndex((seen) => seen.partition === 0 && seen.seq === seq);

describe('the checker of histories', () => {
  it('finds nothing in a right one', () => {
    const verdict = checkHistory(rightHistory(), recompute);
    expect(verdict).toEqual({ findings: [], repeats: 0, zombieRepeats: 0, checked: 2 * perPartition });
  });

  it('counts repeats of what was not committed, and finds nothing', () => {
    const draft = rightHistory();
    const at = indexOf(draft, 25);
    // A run that began again at offset 20, before the commit of 30 was made.
    const again = results(draft).filter(({ seq }) => seq >= 20 && seq <= 25);
    results(draft).splice(at + 2, 0, ...again.map((seen) => ({ ...seen, appendedAt: 252 })));
    const verdict = checkHistory(draft, recompute);
    expect(verdict.findings).toEqual([]);
    expect(verdict.repeats).toBe(again.length);
    expect(again.length).toBeGreaterThan(0);
  });

  const broken: [Anomaly, string, (draft: Draft) => void][] = [
    ['lost-write', 'a record below the commit that is in no output', (d) => results(d).splice(indexOf(d, 13), 1)],
    ['lost-write', 'a dead letter that is missing', (d) => d.rejected.pop()],
    [
      'poll-skip',
      'a record that was passed over and never committed',
      (d) => {
        results(d).splice(indexOf(d, 32), 1);
        d.samples.pop();
      },
    ],
    [
      'unseen-after-heal',
      'a partition that nobody reads any more',
      (d) => {
        for (const branch of Object.keys(d.branches))
          d.branches[branch] = (d.branches[branch] as SeenRecord[]).filter(({ seq }) => seq < 30);
        d.rejected = d.rejected.filter(({ seq }) => seq < 30);
        d.samples.pop();
      },
    ],
    ['unseen-after-heal', 'results that are never committed', (d) => d.samples.pop()],
    [
      'duplicate',
      'a repeat of what was committed',
      (d) => {
        const at = indexOf(d, 13);
        results(d).push({ ...(results(d)[at] as SeenRecord), appendedAt: 300 });
      },
    ],
    [
      'aborted-read',
      'a record of an aborted transaction',
      (d) => {
        const { partition, seq, key, value } = d.written.find(({ aborted }) => aborted === true) as WrittenRecord;
        results(d).push({ partition, seq, key, result: value * 2, appendedAt: 1 });
      },
    ],
    ['wrong-read', 'another value', (d) => (results(d)[5] = { ...(results(d)[5] as SeenRecord), result: -1 })],
    ['wrong-read', 'another key', (d) => (results(d)[5] = { ...(results(d)[5] as SeenRecord), key: 'x' })],
    [
      'wrong-read',
      'a record that nobody wrote',
      (d) => results(d).push({ partition: 0, seq: 999, key: '0-0', result: 1, appendedAt: 999 }),
    ],
    [
      'wrong-read',
      'a dead letter of a record with which nothing is wrong',
      (d) => d.rejected.push({ ...(results(d)[3] as SeenRecord), result: null }),
    ],
    [
      'nonmonotonic',
      'two records of a key in the wrong order',
      (d) => {
        const [a, b] = [indexOf(d, 10), indexOf(d, 13)];
        const list = results(d);
        [list[a], list[b]] = [list[b] as SeenRecord, list[a] as SeenRecord];
      },
    ],
    [
      'nonmonotonic',
      'a commit that goes back',
      (d) => d.samples.splice(3, 0, { askedAt: 350, answeredAt: 351, committed: new Map([[0, 5]]) }),
    ],
    [
      'inconsistent-offset',
      'a commit before the output',
      (d) => d.samples.unshift({ askedAt: 1, answeredAt: 2, committed: new Map([[0, 4]]) }),
    ],
    [
      'inconsistent-offset',
      'a commit behind the end',
      (d) => d.samples.push({ askedAt: 998, answeredAt: 999, committed: new Map([[0, 99]]) }),
    ],
  ];

  it.each(broken)('finds %s: %s', (anomaly, _what, breakIt) => {
    const draft = rightHistory();
    breakIt(draft);
    expect(anomaliesOf(draft)).toContain(anomaly);
  });

  it('forgives a repeat of what was committed only to a zombie, and counts it', () => {
    const draft = rightHistory();
    results(draft).push({ ...(results(draft)[indexOf(draft, 13)] as SeenRecord), appendedAt: 300 });
    const verdict = checkHistory({ ...draft, zombies: [{ from: 290, to: 310 }] }, recompute);
    expect(verdict).toMatchObject({ findings: [], zombieRepeats: 1 });
    expect(anomaliesOf({ ...draft, zombies: [{ from: 310, to: 320 }] })).toEqual(['duplicate']);
  });

  it.each(Array.from({ length: 50 }, (_, seed) => seed))('finds any result that is taken out (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const draft = rightHistory();
    const lists = [...Object.values(draft.branches), draft.rejected];
    const list = lists[Math.floor(random() * lists.length)] as SeenRecord[];
    list.splice(Math.floor(random() * list.length), 1);
    expect(anomaliesOf(draft)).toEqual(['lost-write']);
  });
});
