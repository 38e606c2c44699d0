/** Schema files that were committed and taken back before any release sent such an event. Their versions stay unused. */
export const withdrawn: ReadonlySet<string> = new Set([
  'perennial.inference.v1.prediction-made.schema.json',
  'perennial.inference.v2.prediction-made.schema.json',
  'perennial.inference.v1.predictions-made.schema.json',
  'perennial.inference.v2.predictions-made.schema.json',
]);
