import { day } from '@perennial/contracts';
import { InvalidArgumentError } from 'commander';
import { action } from '../command.action';
import { type CommandDefinition, show } from '../command.definition';
import { badInput, CommandError, exitCode, failed } from '../command.error';
import { wholeNumber } from '../input/option.parsers';
import { installationOf } from '../integrity/installation';
import type { Installation } from '../integrity/live.history';
import { type Verification, verify } from '../integrity/verification';
import { verificationSummary, verificationText } from '../output/verification.text';

interface VerifyOptions {
  pipeline?: string;
  since?: string;
  wait: number;
}

function dayText(text: string): string {
  if (day.safeParse(text).success) return text;
  throw new InvalidArgumentError('must be a calendar day as yyyy-MM-dd');
}

function requireKnown({ pipelines }: Installation, pipeline: string | undefined): void {
  if (pipeline === undefined || pipelines.some(({ name }) => name === pipeline)) return;
  const known = pipelines.map(({ name }) => name).join(', ');
  throw badInput(`--pipeline ${pipeline}: no pipeline has this name`, { hint: `it is one of ${known}` });
}

/** 1: some guarantee is broken. 2: none is, but one could not be checked. */
function settle({ report }: Verification): void {
  const summary = verificationSummary(report);
  if (report.violated > 0) throw failed(summary, { code: 'GUARANTEE_VIOLATED' });
  if (report.unobserved > 0) throw new CommandError(exitCode.usage, summary, { code: 'NOT_CHECKED' });
}

export const verifyCommand: CommandDefinition = {
  register(program, context) {
    const command = program
      .command('verify')
      .description('check what happened against the guarantees; exit 0 proved, 1 violated, 2 not all could be checked')
      .option('-p, --pipeline <name>', 'of this pipeline only; what belongs to all of them is left out')
      .option('--since <day>', 'read the rows of this day and later ones only', dayText)
      .option('--wait <seconds>', 'wait so long for what is under way', wholeNumber(0, 86_400), 60);
    action<VerifyOptions>(command, context, async ({ context, options }) => {
      const { pipeline, since, wait } = options;
      const installation = installationOf(context);
      requireKnown(installation, pipeline);
      const { signal } = context;
      const verified = await verify(installation, { pipeline, since, waitMs: wait * 1000, signal });
      const { report, unfinished } = verified;
      show(context, options, { data: { ...report, unfinished }, text: verificationText(verified, context.style) });
      settle(verified);
    });
  },
};
