/** Things of a kind: how many, and the first of them. */
export interface Sample {
  readonly count: number;
  readonly examples: readonly string[];
}

const examplesKept = 5;

export const sampleOf = (names: readonly string[], count = names.length): Sample => ({
  count,
  examples: names.slice(0, examplesKept),
});

export const describeSample = ({ count, examples }: Sample): string =>
  `${count} (${examples.join(', ')}${count > examples.length ? ', …' : ''})`;
