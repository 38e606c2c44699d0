import { shorten } from '../../domain/failures';
import type { Incident } from '../../domain/incident';
import type { Action } from '../../domain/notification';
import { linksOf } from './alert.links';
import { factsOf, furtherFailures, titleOf } from './alert.text';

// Limits of incoming webhooks: header 150 characters, section 3,000, ten fields of 2,000 each, 50 blocks, and
// about 13,000 characters of text in all.
const HEADER = 150;
const SECTION = 3000;
const FIELDS = 10;
const FIELD = 500;
const FALLBACK = 3000;

/** Slack's three control characters. */
export const escapeSlack = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Escapes, then cuts without leaving half an entity at the end. */
const mrkdwn = (text: string, limit: number): string => {
  const escaped = escapeSlack(text);
  return escaped.length <= limit ? escaped : `${escaped.slice(0, limit - 1).replace(/&[a-z]*$/, '')}…`;
};

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });

/** Body of an incoming-webhook call: `text` is the fallback that notifications show. */
export function slackMessage(incident: Incident, action: Action, publicUrl?: string): Record<string, unknown> {
  const resolved = action === 'resolve';
  const title = `${resolved ? 'Resolved: ' : ''}${titleOf(incident)}`;
  const summary = resolved ? (incident.resolution?.summary ?? incident.summary) : incident.summary;
  const header = { type: 'header', text: { type: 'plain_text', text: shorten(title, HEADER), emoji: false } };
  const blocks: object[] = [header, section(mrkdwn(summary, SECTION))];
  if (!resolved) {
    const facts = factsOf(incident);
    const fields = facts.slice(0, FIELDS).map(({ label, value }) => ({
      type: 'mrkdwn',
      text: `*${mrkdwn(label, 100)}*\n${mrkdwn(value, FIELD)}`,
    }));
    if (fields.length > 0) blocks.push({ type: 'section', fields });
    if (facts.length > FIELDS) blocks.push(section(`and ${facts.length - FIELDS} more`));
    const further = furtherFailures(incident);
    if (further.length > 0) blocks.push(section(mrkdwn(further.join('\n'), SECTION)));
  }
  const links = linksOf(incident, publicUrl).map(({ href, text }) => `<${href}|${mrkdwn(text, 200)}>`);
  const context = [`Incident ${mrkdwn(incident.dedupKey, 300)}`, ...links].join(' · ');
  blocks.push({ type: 'context', elements: [{ type: 'mrkdwn', text: context }] });
  return { text: mrkdwn(`${title}: ${summary}`, FALLBACK), blocks };
}
