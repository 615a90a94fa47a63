// Loaded before a contender: writes the CPU time of its whole process, in microseconds, where it is told.
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  writeFileSync(process.env['HEADRACE_BENCH_USAGE'], String(user + system));
});
