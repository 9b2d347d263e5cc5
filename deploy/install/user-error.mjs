/** Something that the person at the keyboard can mend: shown as its one sentence, without a stack. */
export class UserError extends Error {
  /** @override */
  name = 'UserError';
}

/**
 * Runs a command's main function: ends the process with the code it answers, or shows the error and ends with 1.
 *
 * @param {() => Promise<number>} main
 */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(error instanceof UserError ? `error: ${error.message}` : error);
    process.exitCode = 1;
  }
}

/**
 * @param {unknown} error
 * @returns {string}
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/**
 * @param {unknown} error
 * @returns {string | null} `ENOENT` and the like
 */
export function codeOf(error) {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
