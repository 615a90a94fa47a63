import module from 'node:module';
import { createProgram } from './program.ts';

// Node 22.8 and later keep compiled code between runs; earlier ones have no such function.
(module as { enableCompileCache?: () => unknown }).enableCompileCache?.();

await createProgram().parseAsync(process.argv);
