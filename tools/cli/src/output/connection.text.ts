/** A connection string to be shown: its password hidden. Also where a stray @ or : is part of the password. */
export const withoutPassword = (url: string): string => url.replace(/(:\/\/[^:/@]*):[^/]*@/, '$1:***@');
