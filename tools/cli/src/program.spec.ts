import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failureOf, failureText } from './failure';
import { createProgram, usageExit } from './program';
import { recordedContext } from './testing/recorded.context';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'perennial-cli-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Exit code and outputs, as the shell would see them. */
async function run(args: string[], overrides: Parameters<typeof recordedContext>[0] = {}) {
  const { context, printed, noted } = recordedContext({ cwd: directory, stack: { home: directory }, ...overrides });
  const program = createProgram('1.2.3', () => context);
  const told: string[] = [];
  const output = {
    writeOut: (text: string) => void printed.push(text),
    writeErr: (text: string) => void told.push(text),
  };
  for (const command of [program, ...program.commands, ...program.commands.flatMap((each) => each.commands)]) {
    command.configureOutput(output);
  }
  try {
    await program.parseAsync(['node', 'perennial', ...args]);
    return { exit: 0, out: printed.join('\n'), err: [...told, ...noted].join('\n') };
  } catch (error) {
    const usage = usageExit(error);
    const failure = failureOf(error);
    if (usage === undefined) told.push(failureText(failure));
    return { exit: usage ?? failure.exit, out: printed.join('\n'), err: [...told, ...noted].join('\n') };
  }
}

describe('usage', () => {
  it('help lists every command and the exit codes', async () => {
    const { exit, out } = await run(['--help']);
    expect(exit).toBe(0);
    for (const word of ['up', 'down', 'status', 'submit', 'predict', 'cycles', 'alerts', 'approve', 'rollback']) {
      expect(out).toContain(`\n  ${word}`);
    }
    expect(out).toContain('3  the platform does not run');
  });

  it('the version is told', async () => expect(await run(['--version'])).toMatchObject({ exit: 0, out: '1.2.3\n' }));

  it('a mistyped command or option suggests the near one', async () => {
    expect(await run(['stauts'])).toMatchObject({ exit: 2, err: expect.stringContaining('Did you mean status?') });
    expect(await run(['up', '--seperate'])).toMatchObject({ exit: 2, err: expect.stringContaining('--separate') });
  });

  it.each([
    [['submit', 'x.csv', '--pipeline', 'p'], '--day'],
    [['submit', 'x.csv', '-p', 'p', '-d', '2026-02-30'], 'calendar day'],
    [['submit', 'x.csv', '-p', 'p', '-d', '2026-02-03', '--batch-size', '0'], 'from 1 to 10000'],
    [['alerts', '--state', 'shut'], 'Allowed choices are'],
    [['completion', 'tcsh'], 'Allowed choices are'],
    [['rollback', 'p', '--by', 'ann'], '--reason'],
    [['rollout', 'abort', 'p', '--by', 'ann'], '--reason'],
    [['rollout', 'weights', 'p', 'stable=x', '--by', 'ann', '--reason', 'r'], 'arm=percent'],
  ])('%j is refused with what is wrong', async (args, message) => {
    expect(await run(args)).toMatchObject({ exit: 2, err: expect.stringContaining(message) });
  });
});

describe('without a platform', () => {
  it.each([[['status']], [['cycles']], [['predict', '--data', '{}']], [['models']]])('%j exits 3', async (args) => {
    expect(await run(args)).toMatchObject({ exit: 3, err: expect.stringContaining('perennial up') });
  });

  it('an address where nothing answers exits 3', async () => {
    const env = { PERENNIAL_URL: 'http://127.0.0.1:9' };
    expect((await run(['cycles'], { env })).exit).toBe(3);
  });

  it('reset asks, and without a terminal wants --yes', async () => {
    expect(await run(['reset'])).toMatchObject({ exit: 2, err: expect.stringContaining('--yes') });
    const stdin = { isTTY: true, read: async () => '' };
    expect(await run(['reset'], { stdin })).toMatchObject({
      exit: 1,
      err: expect.stringContaining('nothing was deleted'),
    });
  });
});

const pipeline = `apiVersion: perennial/v1
kind: Pipeline
name: shop
dataset:
  recordId: id
  target: { column: bought, positive: yes }
  columns:
    - { name: id, type: string }
    - { name: age, type: integer, minimum: 18, maximum: 20 }
    - { name: bought, type: category, values: [yes, no] }
reference: { day: '2026-01-01' }
`;

describe('validate', () => {
  it('tells the name of a valid pipeline', async () => {
    writeFileSync(join(directory, 'good.yaml'), pipeline);
    expect(await run(['validate', 'good.yaml'])).toMatchObject({ exit: 0, out: 'good.yaml: pipeline shop is valid' });
  });

  it('lists every problem of every file, with its line, and exits 2', async () => {
    writeFileSync(
      join(directory, 'bad.yaml'),
      pipeline.replace('integer', 'int').replace('yaml', 'x').replace('id\n', 'no\n'),
    );
    writeFileSync(join(directory, 'worse.yaml'), 'name: [');
    const { exit, err } = await run(['validate', 'bad.yaml', 'worse.yaml']);
    expect(exit).toBe(2);
    expect(err).toContain('bad.yaml:9');
    expect(err).toContain('worse.yaml:1');
  });
});

describe('several pipelines', () => {
  it('of one name are refused', async () => {
    writeFileSync(join(directory, 'twin.yaml'), pipeline);
    const { exit, err } = await run(['validate', 'good.yaml', 'twin.yaml']);
    expect(exit).toBe(2);
    expect(err).toContain('twin.yaml name: must be unique: good.yaml has it as well; found "shop"');
  });

  it('of a folder leave hidden folders out, as the services do', async () => {
    mkdirSync(join(directory, 'several', '.git'), { recursive: true });
    writeFileSync(join(directory, 'several', 'shop.yaml'), pipeline);
    writeFileSync(join(directory, 'several', '.git', 'ci.yaml'), 'jobs: []');
    expect(await run(['validate', 'several'])).toMatchObject({ exit: 0 });
  });
});

describe('generate', () => {
  const args = ['generate', '-p', 'good.yaml', '-n', '50', '--json'];

  it('gives equal rows for equal seeds, within what the schema declares', async () => {
    const first = await run([...args, '--seed', '3']);
    expect(first.exit).toBe(0);
    expect((await run([...args, '--seed', '3'])).out).toBe(first.out);
    expect((await run([...args, '--seed', '4'])).out).not.toBe(first.out);
    const { rows } = JSON.parse(first.out) as { rows: { id: string; age: number; bought: unknown }[] };
    expect(new Set(rows.map(({ id }) => id)).size).toBe(50);
    expect(new Set(rows.map(({ age }) => age))).toEqual(new Set([18, 19, 20]));
  });

  it('follows the distributions of a file', async () => {
    writeFileSync(join(directory, 'seen.csv'), 'id,age,bought\n1,19,no\n2,19,no\n3,,no\n4,19,no\n');
    const { out } = await run([...args.with(4, '2000'), '--like', 'seen.csv']);
    const { rows } = JSON.parse(out) as { rows: { age: number | null; bought: string }[] };
    expect(new Set(rows.map(({ bought }) => bought))).toEqual(new Set(['no']));
    const missing = rows.filter(({ age }) => age === null).length / rows.length;
    expect(missing).toBeGreaterThan(0.2);
    expect(missing).toBeLessThan(0.3);
  });
});

describe('completion', () => {
  it('of bash offers commands, subcommands, options and choices', async () => {
    const { out } = await run(['completion', 'bash']);
    writeFileSync(join(directory, 'complete.bash'), out);
    const complete = (...words: string[]) =>
      execFileSync(
        'bash',
        [
          '-c',
          `source complete.bash; COMP_WORDS=(perennial ${words.map((word) => `'${word}'`).join(' ')}); ` +
            `COMP_CWORD=${words.length}; _perennial; printf '%s\\n' "\${COMPREPLY[@]}"`,
        ],
        { cwd: directory, encoding: 'utf8' },
      )
        .trim()
        .split('\n');
    expect(complete('st')).toEqual(['status']);
    expect(complete('dlq', 're')).toEqual(['redrive']);
    expect(complete('up', '--sep')).toEqual(['--separate']);
    expect(complete('alerts', '--state', 'o')).toEqual(['open']);
  });

  it.each(['zsh', 'fish'])('of %s names every command', async (shell) => {
    const { out } = await run(['completion', shell]);
    for (const word of ['submit', 'redrive', 'separate', 'acknowledged']) expect(out).toContain(word);
  });
});
