/**
 * Vitest's count, as its JSON reporter writes it.
 *
 * @typedef {object} TestReport
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests skipped
 * @property {number} numTodoTests
 * @property {readonly {status: string, assertionResults: readonly {status: string}[]}[]} testResults one a file
 */

/**
 * The closing line. A file that failed outside its tests (it could not be loaded, a hook broke) counts as one failure,
 * and so does a run that failed although no test did: a line that says `0 failed` is never wrong.
 *
 * @param {TestReport | null} report null when vitest wrote none
 * @param {number} exitCode vitest's
 * @returns {string} `123 passed, 0 failed`, and `, 2 skipped` where there are such
 */
export function closingLine(report, exitCode) {
  const files = report?.testResults ?? [];
  const broken = files.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  );
  const counted = (report?.numFailedTests ?? 0) + broken.length;
  const failed = counted === 0 && exitCode !== 0 ? 1 : counted;
  const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  return `${report?.numPassedTests ?? 0} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}

/**
 * @param {unknown} value
 * @returns {value is TestReport}
 */
export function isTestReport(value) {
  if (typeof value !== 'object' || value === null) return false;
  const counts = ['numPassedTests', 'numFailedTests', 'numPendingTests', 'numTodoTests'];
  return counts.every((name) => name in value) && 'testResults' in value && Array.isArray(value.testResults);
}
