import { expect, test } from 'vitest';
import { closingLine, isTestReport } from '../../../deploy/install/test-report.mjs';

function report(
  counts: { passed?: number; failed?: number; pending?: number; todo?: number },
  files: string[][] = [],
) {
  return {
    numPassedTests: counts.passed ?? 0,
    numFailedTests: counts.failed ?? 0,
    numPendingTests: counts.pending ?? 0,
    numTodoTests: counts.todo ?? 0,
    testResults: files.map(([status = '', ...assertions]) => ({
      status,
      assertionResults: assertions.map((assertion) => ({ status: assertion })),
    })),
  };
}

test('the last line counts what passed and failed', () => {
  expect(closingLine(report({ passed: 123 }), 0)).toBe('123 passed, 0 failed');
  expect(closingLine(report({ passed: 5, failed: 1 }, [['failed', 'passed', 'failed']]), 1)).toBe(
    '5 passed, 1 failed',
  );
});

test('skipped tests are told when there are such', () => {
  expect(closingLine(report({ passed: 3, pending: 1, todo: 1 }), 0)).toBe('3 passed, 0 failed, 2 skipped');
});

test('a file that could not be loaded is a failure', () => {
  expect(closingLine(report({ passed: 3 }, [['failed'], ['passed', 'passed']]), 1)).toBe(
    '3 passed, 1 failed',
  );
});

test('a run that failed outside every test, or wrote no report, never says 0 failed', () => {
  expect(closingLine(report({ passed: 3 }), 1)).toBe('3 passed, 1 failed');
  expect(closingLine(null, 1)).toBe('0 passed, 1 failed');
});

test('only a whole report is taken for one', () => {
  expect(isTestReport(report({}))).toBe(true);
  expect(isTestReport({ numPassedTests: 1 })).toBe(false);
  expect(isTestReport(null)).toBe(false);
});
