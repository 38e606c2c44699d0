import { badInput } from '../command.error';

export interface ArmWeight {
  name: string;
  version?: string;
  weight: number;
}

/** `stable=90` or `old:20260101_061502=10`. */
export function armWeights(texts: readonly string[]): ArmWeight[] {
  return texts.map((text) => {
    const [, name, version, weight] = /^([^:=]+)(?::([^=]+))?=(\d+(?:\.\d+)?)$/.exec(text) ?? [];
    if (name !== undefined) return { name, ...(version && { version }), weight: Number(weight) };
    throw badInput(`${text} is no weight`, { hint: 'write arm=percent, or arm:version=percent for a new arm' });
  });
}
