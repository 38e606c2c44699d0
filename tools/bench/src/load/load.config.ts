import { parseArgs } from 'node:util';
/** Servers and pipelines of another installation would be used instead of our own. */
const foreign = /^(KAFKA_|MONGO_|PERENNIAL_HOME$|PIPELINES$|GROUP_SUFFIX$|PUBLIC_URL$)/;
export function loadConfig(args: readonly string[], environment = process.env) {
  const { values } = parseArgs({
    args: [...args],
    options: { rows: { type: 'string', default: '10000' }, rounds: { type: 'string', default: '3' } },
  });
  return {
    rows: Number(values.rows),
    rounds: Number(values.rounds),
    environment: Object.fromEntries(Object.entries(environment).filter(([name]) => !foreign.test(name))),
  };
}
