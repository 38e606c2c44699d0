/** Waits until the condition holds; its error, or a plain one, when it does not within the limit. */
export async function eventually(condition: () => unknown, limitMs = 45_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    try {
      if ((await condition()) !== false) return;
      if (Date.now() > deadline) throw new Error(`condition did not hold within ${limitMs} ms: ${condition}`);
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
