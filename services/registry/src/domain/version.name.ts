/** UTC timestamp YYYYMMDD_HHMMSS. */
export function timestampVersion(at: Date): string {
  return at.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '_');
}

/** The timestamp, with _1, _2, … where versions of that second exist. */
export function nextVersion(at: Date, taken: readonly string[]): string {
  const base = timestampVersion(at);
  const known = new Set(taken);
  if (!known.has(base)) return base;
  let counter = 1;
  while (known.has(`${base}_${counter}`)) counter++;
  return `${base}_${counter}`;
}
