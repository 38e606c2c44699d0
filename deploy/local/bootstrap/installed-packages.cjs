// Exit code 0 when node_modules holds what package-lock.json names. npm writes its own record (node_modules/
// .package-lock.json) when an installation finished, so an interrupted one does not pass.
const { existsSync, readFileSync } = require('node:fs');

function packagesOf(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined;
}

const installed = packagesOf('node_modules/.package-lock.json');
const wanted = packagesOf('package-lock.json');
if (!installed || !wanted) process.exit(1);

const missing = Object.entries(wanted).filter(([path, entry]) => {
  if (!path.includes('node_modules/')) return false; // the root and the workspaces themselves
  const found = installed[path];
  if (!found) return !entry.optional && !entry.devOptional;
  return found.version !== entry.version || found.integrity !== entry.integrity || !existsSync(path);
});
process.exit(missing.length === 0 ? 0 : 1);
