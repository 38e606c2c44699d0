import type { Severity } from '@perennial/contracts';
import type { Pipeline } from '@perennial/pipeline';

export type Routes = Pipeline['alerts']['routes'];

/** Channel names, each once. */
export const channelsFor = (routes: Routes, severity: Severity): string[] => [...new Set(routes[severity])];

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
