// Runs the command from its sources, without a build and in this process, so that signals reach it: `pnpm headrace <verb>`.
import './source-loader.mjs';

process.setSourceMapsEnabled(true);
await import('../packages/cli/src/main.ts');
