/** What a trial says on its standard output, as JSON. */
export type TrialVerdict = { kind: 'passed' } | { kind: 'refused'; message: string; details: Record<string, unknown> };
