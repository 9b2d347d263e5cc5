import { reportError } from './errors.ts';
import { coloursFor } from './output/colours.ts';
import { problemLines } from './output/problems.ts';
import { processContext } from './process-context.ts';
import { buildProgram } from './program.ts';

const { context, exitCode } = processContext();
const program = await buildProgram(context, process.argv.slice(2));
try {
  await program.parseAsync(process.argv);
  process.exitCode = exitCode();
} catch (error) {
  const report = reportError(error);
  const colours = coloursFor(process.stderr, process.env);
  if (context.signal.aborted && report.unexpected) {
    context.note('Interrupted.');
  } else if (report.message !== '') {
    context.note(`${colours.red('error:')} ${report.message}`, ...problemLines(report.problems, colours));
    const { verbose } = program.opts<{ verbose?: boolean }>();
    if (verbose && error instanceof Error) context.note(colours.dim(error.stack ?? ''));
    else if (report.unexpected) context.note('This was not foreseen; --verbose shows where it happened.');
  }
  process.exitCode = report.exitCode;
}
