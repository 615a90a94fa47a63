// The same topology as topology.json, in TypeScript: `headrace graph` prints the same for both.
import { defineTopology, file, fileSink, json, map, process, stdoutSink } from '@headrace/core';
import { unpack, type Frame } from './readings.ts';

const value = { codec: 'json', timestamps: 'iso' } as const;

export default defineTopology('custom-operator', ({ source }) => {
  const readings = source(
    'frames',
    file({
      path: './data/frames.ndjson',
      value: json<Frame>('./schemas/frame.avsc'),
      keyBy: 'sensor',
      timestamp: 'startedAt',
    }),
  ).pipe(
    // One frame becomes one record for each of its samples, and one for each pause between them that is too long.
    process('readings', { output: './schemas/reading.avsc', ports: { gaps: './schemas/gap.avsc' } }, unpack),
  );
  const broken = readings
    .port('error')
    .pipe(map('broken', { select: { sensor: 'sensor', frame: 'frame', reason: 'error.message' } }));
  readings.to('samples', stdoutSink({ value }));
  readings.port('gaps').to('pauses', fileSink({ path: './out/gaps.ndjson', value, existing: 'replace' }));
  broken.to('rejected', fileSink({ path: './out/rejected.ndjson', value: 'json', existing: 'replace' }));
});
