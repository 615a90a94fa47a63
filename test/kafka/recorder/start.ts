// Records what the Java client and Apache Kafka say to each other: `start.ts <file>` writes a line for each kind of frame, with at most
// three frames of each key, side and version.
import { writeFile } from 'node:fs/promises';
import { startKafka } from '../broker/kafka-broker.ts';
import { runJava } from '../interop/run-java.ts';
import { FrameRecorder, type RecordedFrame } from './frame-recorder.ts';

const most = 3;
const mostBytes = 3000;

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('Name the file to write.');
  process.exitCode = 2;
} else await record(file);

async function record(path: string): Promise<void> {
  const broker = await startKafka({ properties: { 'group.consumer.heartbeat.interval.ms': '1000', 'group.consumer.min.heartbeat.interval.ms': '1000' } }); // prettier-ignore
  const recorder = await FrameRecorder.start(broker.bootstrap);
  try {
    console.error(await runJava('../recorder/RecordedClient.java', [recorder.address]));
  } finally {
    await recorder.stop();
    await broker.stop();
  }
  await writeFile(path, `${chosen(recorder.frames).map(lineOf).join('\n')}\n`);
}

/** The first frames of each kind that are not the same but for their number; of Produce and Fetch those with the most records. */
function chosen(frames: readonly RecordedFrame[]): RecordedFrame[] {
  const kinds = new Map<string, RecordedFrame[]>();
  const seen = new Set<string>();
  for (const one of frames) {
    const { key, side, version, frame } = one;
    const kind = `${key} ${side} ${version}`;
    const kept = kinds.get(kind) ?? [];
    const body = `${kind} ${frame.subarray(side === 'request' ? 8 : 4).toString('base64')}`;
    if (seen.has(body) || frame.length > mostBytes) continue;
    seen.add(body);
    kinds.set(kind, [...kept, one]);
  }
  return [...kinds.values()].flatMap((all) =>
    all[0] !== undefined && all[0].key <= 1 ? all.toSorted((a, b) => b.frame.length - a.frame.length).slice(0, most) : all.slice(0, most),
  ); // prettier-ignore
}

function lineOf({ key, side, version, frame }: RecordedFrame): string {
  return `${key}\t${side}\t${version}\t${frame.toString('base64')}`;
}
