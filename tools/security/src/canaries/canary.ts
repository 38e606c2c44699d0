/** A secret that was planted, by what holds it. */
export interface Canary {
  readonly place: string;
  readonly secret: string;
}

/** How a secret may look when it leaks: as it is, in the encodings of URLs, JSON, basic authentication and dumps. */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // In base64 a text looks in three ways, by where it begins; the edges depend on its neighbours and are left out.
  const within64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(shift === 0 ? 0 : shift + 1)
      .replace(/=+$/, '')
      .slice(0, -2),
  );
  const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), bytes.toString('hex')];
  return [...new Set([...forms, ...within64])];
}

/** Which secrets occur in the text, and what is around them. */
export const leaksIn = (text: string, canaries: readonly Canary[]): string[] =>
  canaries.flatMap(({ place, secret }) =>
    formsOf(secret).flatMap((form) => {
      const at = text.indexOf(form);
      return at < 0 ? [] : [`${place}: …${text.slice(Math.max(0, at - 80), at + form.length + 20)}…`];
    }),
  );
