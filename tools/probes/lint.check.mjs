import { join } from 'node:path';
import { ESLint } from 'eslint';
import { lintPasses, lintProbes } from './lint.probes.mjs';

/** Every probe is linted as a virtual file, so nothing is written. Returns what is wrong with the rules. */
export async function checkLint(root) {
  const eslint = new ESLint({ cwd: root });
  const report = async (file, code) => {
    const [result] = await eslint.lintText(code, { filePath: join(root, file), warnIgnored: true });
    return result.messages;
  };
  const failures = [];
  for (const { name, rule, says = '', file, code, allows } of lintProbes) {
    const found = await report(file, code);
    const hit = found.some(
      ({ ruleId, severity, message }) => ruleId === rule && severity === 2 && message.includes(says),
    );
    if (!hit) failures.push(`${rule} did not report: ${name} (${describe(found)})`);
    const excess = allows ? (await report(file, allows)).filter(({ ruleId }) => ruleId === rule) : [];
    if (excess.length) failures.push(`${rule} reports the allowed neighbour of: ${name} (${describe(excess)})`);
  }
  for (const { name, file, code } of lintPasses) {
    const found = await report(file, code);
    if (found.length) failures.push(`reported though allowed: ${name} (${describe(found)})`);
  }
  return { count: lintProbes.length, failures };
}

const describe = (messages) =>
  messages.map(({ ruleId, message }) => `${ruleId ?? 'error'}: ${message}`).join('; ') || 'nothing';
