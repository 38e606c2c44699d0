import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const report = (changes: object) =>
  JSON.stringify({
    numPassedTests: 4,
    numFailedTests: 0,
    numPendingTests: 0,
    numRuntimeErrorTestSuites: 0,
    ...changes,
  });

// In a process of its own, because the runner is plain JavaScript that must work before anything is built.
function count(ok: boolean, text: string | undefined): unknown {
  const script = `import(${JSON.stringify(join(__dirname, 'count.mjs'))}).then(({ count }) =>
    console.log(JSON.stringify(count(${ok}, ${text === undefined ? 'undefined' : JSON.stringify(text)}))))`;
  return JSON.parse(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }));
}

describe('count', () => {
  it('takes the tests from the report', () => expect(count(true, report({}))).toEqual({ passed: 4, failed: 0 }));
  it.each([
    ['a failed test', false, report({ numFailedTests: 1 })],
    ['a skipped test', true, report({ numPendingTests: 1 })],
    ['a file that could not run', false, report({ numRuntimeErrorTestSuites: 1 })],
    ['a failure of jest itself', false, report({})],
  ])('lets %s count', (_, ok, text) => expect(count(ok, text)).toEqual({ passed: 4, failed: 1 }));
  it('lets a missing report count', () => expect(count(true, undefined)).toEqual({ passed: 0, failed: 1 }));
});
