import type { CommandContext } from './context.ts';
import { reportError } from './errors.ts';
import { coloursFor } from './output/colours.ts';
import { problemLines } from './output/problems.ts';
import { buildProgram } from './program.ts';

/**
 * Runs one command to its end. What goes wrong is told on standard error.
 *
 * @param exitCode the code that the command asked for
 * @param args the words after `tenantry`
 * @returns the exit code
 */
export async function runCommandLine(
  { context, exitCode }: { readonly context: CommandContext; readonly exitCode: () => number },
  args: readonly string[],
): Promise<number> {
  const program = await buildProgram(context, args);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode();
  } catch (error) {
    const report = reportError(error);
    const colours = coloursFor(context.stderr, context.env);
    if (context.signal.aborted && report.unexpected) {
      context.note('Interrupted.');
    } else if (report.message !== '') {
      context.note(`${colours.red('error:')} ${report.message}`, ...problemLines(report.problems, colours));
      const { verbose } = program.opts<{ verbose?: boolean }>();
      if (verbose && error instanceof Error) context.note(colours.dim(error.stack ?? ''));
      else if (report.unexpected) context.note('This was not foreseen; --verbose shows where it happened.');
    }
    return report.exitCode;
  }
}
