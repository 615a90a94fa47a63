// Runs the command from its sources, without a build and in this process, so that signals reach it: `pnpm headrace <verb>`.
process.setSourceMapsEnabled(true);
try {
  await import('./source-loader.mjs');
  await import('../packages/cli/src/main.ts');
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  process.stderr.write(`${error.message}\nWhat Headrace needs is not installed: npx --yes pnpm@10 install\n`);
  process.exitCode = 2;
}
