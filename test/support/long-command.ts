/**
 * Runs a command that a person waits for. Ctrl-C and its like let what is under way end and be tidied up; a second one
 * ends the process at once. What goes wrong is one line.
 *
 * @param stopping what is said when it is asked to stop
 * @param run is given the words after the program and what aborts; answers the exit code
 */
export async function runLongCommand(
  stopping: string,
  run: (args: readonly string[], signal: AbortSignal) => Promise<number>,
): Promise<void> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => {
      console.error(stopping);
      stop.abort(new Error(`stopped by ${name}`));
    });
  }
  try {
    process.exitCode = await run(process.argv.slice(2), stop.signal);
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
