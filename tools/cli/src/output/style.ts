import { styleText } from 'node:util';

export type Tone = 'good' | 'bad' | 'warn' | 'dim' | 'strong';

export type Style = (tone: Tone, text: string) => string;

const formats = { good: 'green', bad: 'red', warn: 'yellow', dim: 'gray', strong: 'bold' } as const;

export const coloured: Style = (tone, text) => styleText(formats[tone], text, { validateStream: false });
export const plain: Style = (_tone, text) => text;

/** https://no-color.org: any non-empty NO_COLOR turns colours off; FORCE_COLOR turns them on without a terminal. */
export function chooseStyle(environment: Readonly<Record<string, string | undefined>>, isTerminal: boolean): Style {
  if (environment.NO_COLOR || environment.TERM === 'dumb') return plain;
  if (environment.FORCE_COLOR && environment.FORCE_COLOR !== '0') return coloured;
  return isTerminal ? coloured : plain;
}
