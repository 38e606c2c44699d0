import { shorten } from '../../domain/failures';
import type { Incident } from '../../domain/incident';
import type { Action } from '../../domain/notification';
import { linksOf } from './alert.links';
import { factsOf, furtherFailures, titleOf } from './alert.text';

export interface EmailMessage {
  from: string;
  to: string[];
  subject: string;
  text: string;
  messageId: string;
  inReplyTo?: string;
  references?: string;
  headers: Record<string, string>;
}

const messageId = ({ alertId }: Incident, action: Action): string => `<${alertId}.${action}@perennial>`;

/** The recovery answers the alert's message, so that mail programs show them as one conversation. */
export function emailMessage(
  incident: Incident,
  action: Action,
  { from, to, publicUrl }: { from: string; to: string[]; publicUrl?: string },
): EmailMessage {
  const resolved = action === 'resolve';
  const thread = resolved
    ? { inReplyTo: messageId(incident, 'trigger'), references: messageId(incident, 'trigger') }
    : {};
  return {
    from,
    to,
    subject: shorten(`${resolved ? 'Resolved: ' : ''}${titleOf(incident)}`, 200),
    text: bodyOf(incident, resolved, publicUrl),
    messageId: messageId(incident, action),
    ...thread,
    // Keeps out-of-office answers away (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

function bodyOf(incident: Incident, resolved: boolean, publicUrl: string | undefined): string {
  const { resolution } = incident;
  const recovery =
    resolved && resolution ? [`Resolved ${resolution.at} by ${resolution.by}: ${resolution.summary}`, ''] : [];
  const further = furtherFailures(incident);
  const lines = [
    ...recovery,
    incident.summary,
    '',
    ...factsOf(incident).map(({ label, value }) => `${label}: ${value}`),
    '',
    ...(further.length > 0 ? ['Failures since then:', ...further, ''] : []),
    ...linksOf(incident, publicUrl).map(({ href, text }) => `${text}: ${href}`),
    `Incident: ${incident.dedupKey}, opened ${incident.openedAt}`,
  ];
  return `${lines.join('\n')}\n`;
}
