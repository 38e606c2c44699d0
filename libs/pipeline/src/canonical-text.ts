/**
 * Text by which category values are compared and stored: "1", "-2", "0.5", "true", "A".
 * Numbers are in shortest decimal form; -0 is "0".
 */
export function canonicalText(value: string | number | boolean): string {
  return typeof value === 'string' ? value : String(value);
}
