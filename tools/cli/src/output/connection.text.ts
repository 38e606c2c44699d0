/** A connection string for the eye: its password hidden. */
export const withoutPassword = (url: string): string => url.replace(/(:\/\/[^:/@]+):[^@/]+@/, '$1:***@');
