import { processContext } from './process-context.ts';
import { runCommandLine } from './run.ts';

process.exitCode = await runCommandLine(processContext(), process.argv.slice(2));
