/**
 * A subset of the items that still fails and from which no single part can be left out: Zeller and Hildebrandt,
 * "Simplifying and isolating failure-inducing input", 2002 (ddmin). `fails` is asked at most `limit` times.
 */
export async function smallestFailing<T>(
  items: readonly T[],
  fails: (subset: readonly T[]) => Promise<boolean>,
  limit: number,
): Promise<readonly T[]> {
  let asked = 0;
  const ask = async (subset: readonly T[]) => asked++ < limit && (await fails(subset));
  if (await ask([])) return [];
  let current = items;
  for (let parts = 2; current.length > 1 && asked < limit;) {
    const reduced = await withoutOnePart(current, parts, ask);
    if (reduced) {
      current = reduced;
      parts = Math.max(2, parts - 1);
    } else if (parts >= current.length) break;
    else parts = Math.min(current.length, 2 * parts);
  }
  return current;
}

async function withoutOnePart<T>(
  items: readonly T[],
  parts: number,
  fails: (subset: readonly T[]) => Promise<boolean>,
): Promise<readonly T[] | null> {
  const size = Math.ceil(items.length / parts);
  for (let from = 0; from < items.length; from += size) {
    const rest = [...items.slice(0, from), ...items.slice(from + size)];
    if (rest.length < items.length && rest.length > 0 && (await fails(rest))) return rest;
  }
  return null;
}
