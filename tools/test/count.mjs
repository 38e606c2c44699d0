export const noCount = { passed: 0, failed: 0 };

export function sum(counts) {
  return counts.reduce(
    (total, each) => ({ passed: total.passed + each.passed, failed: total.failed + each.failed }),
    noCount,
  );
}

/**
 * Tests out of a jest report. A test file that could not run, a report that is missing and a failing exit code without
 * a failed test each count as one failure; so does a test that was left out.
 */
export function count(ok, report) {
  if (report === undefined) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = JSON.parse(report);
  const failed = numFailedTests + numPendingTests + numRuntimeErrorTestSuites;
  return { passed: numPassedTests, failed: failed === 0 && !ok ? 1 : failed };
}
