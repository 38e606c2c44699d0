/** The one place of the platform's services that reads the environment. */
export const environment: Readonly<Record<string, string | undefined>> = process.env;
