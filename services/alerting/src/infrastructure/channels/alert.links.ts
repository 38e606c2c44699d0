import type { Incident } from '../../domain/incident';

export interface Link {
  href: string;
  text: string;
}

/** None where the platform has no public URL. */
export function linksOf({ alertId, evidence }: Incident, publicUrl: string | undefined): Link[] {
  if (publicUrl === undefined) return [];
  const base = publicUrl.replace(/\/+$/, '');
  return [
    { href: `${base}${evidence.path}`, text: evidence.text },
    { href: `${base}/api/v1/alerts/${alertId}`, text: `Alert ${alertId}` },
  ];
}
