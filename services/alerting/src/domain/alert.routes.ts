import type { Severity } from '@perennial/contracts';
import type { Pipeline } from '@perennial/pipeline';

export type Routes = Pipeline['alerts']['routes'];

/** An error is on the critical route: a model that could not be rolled out needs a person as well. */
const ROUTE: Record<Severity, keyof Routes> = {
  critical: 'critical',
  error: 'critical',
  warning: 'warning',
  info: 'info',
};

/** Channel names, each once. */
export const channelsFor = (routes: Routes, severity: Severity): string[] => [...new Set(routes[ROUTE[severity]])];

/** Every route of every pipeline that names a channel which is not configured. */
export function unconfiguredRoutes(
  pipelines: Iterable<Pipeline>,
  isConfigured: (channel: string) => boolean,
): { pipeline: string; route: string; channel: string }[] {
  return [...pipelines].flatMap(({ name, alerts }) =>
    Object.entries(alerts.routes).flatMap(([route, channels]) =>
      channels.filter((channel) => !isConfigured(channel)).map((channel) => ({ pipeline: name, route, channel })),
    ),
  );
}
