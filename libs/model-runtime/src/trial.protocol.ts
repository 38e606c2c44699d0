/** What a trial says on its standard output, as JSON. */
export type TrialVerdict =
  | {
      kind: 'passed';
      /** By how much the process grew from before it had the file to after the largest run. */
      memoryBytes: number;
    }
  | { kind: 'refused'; message: string; details: Record<string, unknown> };
