import { type RolloutTarget, supersedes } from './rollout.target';

const target = (changes: Partial<RolloutTarget> = {}): RolloutTarget => ({
  rolloutId: 'r-5',
  sequence: 5,
  version: 'v5',
  digest: 'sha256:5',
  source: 'deployer',
  ...changes,
});

describe('a rollout target', () => {
  it.each([
    ['the first one', target(), null, true],
    ['a higher sequence', target({ rolloutId: 'r-6', sequence: 6 }), target(), true],
    ['a lower sequence', target({ rolloutId: 'r-4', sequence: 4 }), target(), false],
    ['the same again', target(), target(), false],
    ['the next traffic of the same rollout', target({ sequence: 6 }), target(), true],
    ['the deployer against a file', target({ rolloutId: 'r-1', sequence: 1 }), target({ source: 'file' }), true],
    ['the deployer about the rollout of the file', target(), target({ source: 'file' }), false],
    ['a file against the deployer', target({ rolloutId: 'r-4', sequence: 4, source: 'file' }), target(), false],
  ])('%s', (_, next, known, expected) => {
    expect(supersedes(next, known)).toBe(expected);
  });
});
