import { refusal } from './access.error';

const bearer = /^bearer +(\S+) *$/i;

/** The key or token of a request, from `Authorization: Bearer …` or `X-API-Key`. Throws AccessError 401 for other schemes. */
export function credentialOf(authorization: string | undefined, apiKey: string | undefined): string | undefined {
  if (authorization === undefined || authorization === '') return apiKey === '' ? undefined : apiKey;
  const credential = bearer.exec(authorization)?.[1];
  if (credential === undefined) throw refusal('the Authorization header must be Bearer and one credential');
  return credential;
}
