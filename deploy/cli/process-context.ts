import { constants } from 'node:os';
import type { CommandContext } from './context.ts';
import { coloursFor } from './output/colours.ts';

/** Columns where no terminal says otherwise, and the most that text is easy to read in. */
const defaultWidth = 80;
const widest = 120;

/** A second signal so long after the first ends the process without tidying up. */
const impatientMs = 1_000;

/**
 * The longest that a first signal may take. A tenant that drains slowly is waited for, so that it is not left between
 * its stop and its start; past this the process ends all the same, and the next start goes on from there.
 */
const patienceMs = 9_000;

/** The context of this process, and the exit code that the command asked for. */
export function processContext(): { readonly context: CommandContext; readonly exitCode: () => number } {
  const { stdout, stderr, stdin, env } = process;
  const stop = new AbortController();
  let code = 0;
  let stopped = 0;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (stopped === 0) {
        stop.abort(new Error(`stopped by ${name}`));
        setTimeout(() => process.exit(code), patienceMs).unref();
      }
      // Ctrl-C reaches a program twice when the one that started it passes it on: only a later one means "at once".
      else if (performance.now() - stopped > impatientMs) process.exit(128 + constants.signals[name]);
      stopped ||= performance.now();
    });
  }
  // `tenantry status | head`: the reader has enough, and that is no error.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(code);
    throw error;
  });
  const context: CommandContext = {
    env,
    cwd: process.cwd(),
    stdin,
    stdout,
    stderr,
    colours: coloursFor(stdout, env),
    width: Math.min(stdout.isTTY ? stdout.columns || defaultWidth : defaultWidth, widest),
    signal: stop.signal,
    now: () => Date.now(),
    print: (...lines) => write(stdout, lines),
    note: (...lines) => write(stderr, lines),
    printJson: (value) => write(stdout, [JSON.stringify(value, null, 2)]),
    exitWith: (wanted) => {
      code = wanted;
    },
  };
  return { context, exitCode: () => code };
}

function write(stream: NodeJS.WriteStream, lines: readonly string[]): void {
  stream.write(lines.map((line) => `${line}\n`).join(''));
}
