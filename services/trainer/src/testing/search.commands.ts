import type { SearchCommand, SearchEvent } from '@perennial/search';

/** The command that an event was decided on first. */
export function commandOf(event: SearchEvent): SearchCommand {
  if (event.type === 'search-started') return { ...event, type: 'start' };
  if (event.type === 'trial-scored') return { ...event, type: 'score' };
  if (event.type === 'trial-failed') return { ...event, type: 'fail' };
  throw new TypeError(`nothing begins with ${event.type}`);
}
