import module from 'node:module';
import { endAfterModules, guardProcess } from './guard-process.ts';

// Node 22.8 and later keep compiled code between runs; earlier ones have no such function.
(module as { enableCompileCache?: () => unknown }).enableCompileCache?.();

guardProcess(process.argv[2]);
const { createProgram } = await import('./program.ts');
await createProgram().parseAsync(process.argv);
endAfterModules();
