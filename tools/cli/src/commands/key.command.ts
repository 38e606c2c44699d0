import { randomBytes } from 'node:crypto';
import { createKey, type KeyRecord, newKeyParts, revokeKey, rotateKey, scopes, stateOf } from '@perennial/access';
import { type Command, Option } from 'commander';
import { explained, keyFileOf, readKeys, writeKeys } from '../access/key.file';
import { keyUsage } from '../access/key.usage';
import { action } from '../command.action';
import type { CommandContext } from '../command.context';
import type { CommandDefinition } from '../command.definition';
import { badInput } from '../command.error';
import { lifetime, wholeNumber } from '../input/option.parsers';
import { table } from '../output/table';

const dayMs = 86_400_000;
const bounded = (ms: number): number | null => (ms === Infinity ? null : ms);
const freshParts = () => newKeyParts(randomBytes(38));

interface FileOption {
  file?: string;
}
interface CreateOptions extends FileOption {
  scope: string[];
  expires: number;
  rate?: number;
  burst?: number;
}

function limitOf({ rate, burst }: CreateOptions) {
  if (rate === undefined && burst !== undefined) throw badInput('--burst needs --rate');
  return rate === undefined ? undefined : { perSecond: rate, burst: burst ?? rate };
}

/** The key alone on standard output, so that it can be piped to where secrets are kept. */
function shown(context: CommandContext, file: string, { key, record }: { key: string; record: KeyRecord }) {
  const end = record.expires === null ? 'never ends' : `ends ${record.expires}`;
  context.note(`${record.id} of ${record.name} ${end}. The key is shown this once; ${file} holds its digest only.`);
  return { data: { key, record, file }, text: key };
}

const withFile = (command: Command): Command =>
  command.option('--file <path>', 'file of the keys (default: ACCESS_KEYS_FILE, else access/keys.json in the home)');

function create(key: Command, context: () => CommandContext): void {
  const command = withFile(key.command('create'))
    .description('make a key')
    .argument('<name>', 'whose it is; goes on record as who approved')
    .requiredOption('--scope <scope...>', `${scopes.join(', ')}; SCOPE@PIPELINE for one pipeline`)
    .addOption(
      new Option('--expires <time>', 'such as 90d, 12h, or never').argParser(lifetime).default(90 * dayMs, '90d'),
    )
    .option('--rate <n>', 'requests a second, for each process that it asks', wholeNumber(1, 1_000_000))
    .option('--burst <n>', 'requests at once (default: those of a second)', wholeNumber(1, 1_000_000));
  action<CreateOptions>(command, context, async ({ context, options, args: [name] }) => {
    const file = keyFileOf(context, options.file);
    const wish = {
      ...{ name: name as string, scopes: options.scope, lifetimeMs: bounded(options.expires) },
      limit: limitOf(options),
    };
    const made = explained('the key', () => createKey(readKeys(file), wish, freshParts(), Date.now()));
    writeKeys(file, made.document);
    return shown(context, file, made);
  });
}

function list(key: Command, context: () => CommandContext): void {
  const command = withFile(key.command('list'))
    .description('all keys, and when services that run here last accepted them')
    .option('--used-by <url...>', 'services that run elsewhere; PERENNIAL_KEY is a key with the scope admin');
  action<FileOption & { usedBy?: string[] }>(command, context, async ({ context, options: { file, usedBy } }) => {
    const usage = await keyUsage(context, usedBy);
    const now = Date.now();
    const keys = readKeys(keyFileOf(context, file)).keys.map(({ digest: _, ...record }) => ({
      ...record,
      state: stateOf({ ...record, digest: _ }, now),
      lastUsed: usage.get(record.id)?.lastUsed ?? null,
    }));
    const text = table(keys, [
      { title: 'ID', value: ({ id }) => id },
      { title: 'NAME', value: ({ name }) => name },
      { title: 'STATE', value: ({ state }) => state },
      { title: 'SCOPES', value: (each) => each.scopes.join(' ') },
      { title: 'EXPIRES', value: ({ expires }) => expires ?? 'never' },
      { title: 'LAST USED', value: ({ lastUsed }) => lastUsed },
    ]);
    return { data: { keys }, text: keys.length > 0 ? text : 'No key.' };
  });
}

function rotate(key: Command, context: () => CommandContext): void {
  const command = withFile(key.command('rotate'))
    .description('make a key that takes over from another one, which stays valid for a while')
    .argument('<id>', 'as `key list` shows it')
    .addOption(
      new Option('--overlap <time>', 'how long the old one stays valid').argParser(lifetime).default(dayMs, '1d'),
    )
    .option('--expires <time>', 'of the new one (default: as long as the old one had)', lifetime);
  type Options = FileOption & { overlap: number; expires?: number };
  action<Options>(command, context, async ({ context, options, args: [id] }) => {
    const { overlap, expires } = options;
    if (overlap === Infinity) throw badInput('--overlap must end');
    const file = keyFileOf(context, options.file);
    const times = { overlapMs: overlap, lifetimeMs: expires === undefined ? undefined : bounded(expires) };
    const made = explained('the key', () => rotateKey(readKeys(file), id as string, times, freshParts(), Date.now()));
    writeKeys(file, made.document);
    return shown(context, file, made);
  });
}

function revoke(key: Command, context: () => CommandContext): void {
  const command = withFile(key.command('revoke'))
    .description('refuse a key from now on')
    .argument('<id>', 'as `key list` shows it');
  action<FileOption>(command, context, async ({ context, options, args: [id] }) => {
    const file = keyFileOf(context, options.file);
    const { document, record } = explained('the key', () => revokeKey(readKeys(file), id as string, Date.now()));
    writeKeys(file, document);
    return {
      data: { record },
      text: `${record.id} of ${record.name} is revoked. Services read the file again within seconds.`,
    };
  });
}

export const keyCommand: CommandDefinition = {
  register(program, context) {
    const key = program.command('key').description('API keys: who may ask the services what');
    for (const register of [create, list, rotate, revoke]) register(key, context);
  },
};
