// The same topology as topology.json, in TypeScript: `headrace graph` prints the same for both.
import { defineTopology, file, fileSink, filter, json, sample, stdoutSink } from '@headrace/core';

/** An event as it comes; schemas/event.avsc says it for the files. */
interface Event {
  readonly device: string;
  readonly n: number;
  readonly celsius: number;
}

const parameters = {
  // Where the feed goes. Try one that cannot be written: --set feed=./data/events.ndjson/feed.ndjson
  feed: { type: 'string', default: './out/feed.ndjson' },
} as const;

export default defineTopology('fan-out', { parameters }, ({ source }) => {
  const events = source(
    'events',
    file({ path: './data/events.ndjson', value: json<Event>('./schemas/event.avsc'), keyBy: 'device' }),
  );
  // Must have every event: a position is committed only when they are all in these two.
  events.to('archive', fileSink({ path: './out/archive.ndjson.gz', value: 'json', existing: 'replace' }));
  events.pipe(filter('hot', (event) => event.celsius > 80)).to('alarms', stdoutSink({ value: 'json' }));
  // Nice to have: what it cannot write is counted, and nobody waits for it.
  events
    .pipe(sample('sampled', { every: 4 }))
    .to('feed', fileSink({ path: { $param: 'feed' }, value: 'json', existing: 'replace', required: false }));
});
