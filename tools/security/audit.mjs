// `make audit`: npm's advisories for what is installed in production. Where the registry does not answer audits, this
// fails and says so: an audit that did not happen is no clean one.
import { spawnSync } from 'node:child_process';

const { stdout, stderr } = spawnSync('npm', ['audit', '--json', '--omit=dev'], { encoding: 'utf8', shell: false });

function parsed() {
  try {
    return JSON.parse(stdout);
  } catch {
    return {};
  }
}

const { vulnerabilities, metadata, message, error } = parsed();
if (!metadata) {
  const reason = message ?? error?.summary ?? stderr.trim() ?? 'no answer';
  console.error(`NOT AUDITED: the registry does not answer audits (${reason}).`);
  console.error('Run this where it does, for example with npm_config_registry set to one that has advisories.');
  process.exit(2);
}
for (const [name, { severity, range, fixAvailable }] of Object.entries(vulnerabilities))
  console.log(`${severity}: ${name} ${range}${fixAvailable ? ' (a fix is available)' : ''}`);
const { critical, high, total } = metadata.vulnerabilities;
console.log(`${total} advisories, ${critical} critical, ${high} high`);
process.exit(critical + high > 0 ? 1 : 0);
