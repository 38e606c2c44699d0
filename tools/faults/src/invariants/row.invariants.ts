import type { Invariant, Violation } from './violation';

const sample = (ids: readonly string[]): string =>
  `${ids.length} (${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', …' : ''})`;

/** Every row that was pushed and is valid lies in exactly one stored batch, of its own day; nothing else does. */
export const rowsStoredOnce: Invariant = ({ pushed, stored }) => {
  const rule = 'rows stored once';
  const days = [...new Set([...Object.keys(pushed), ...stored.map(({ day }) => day)])];
  return days.flatMap((day): Violation[] => {
    const expected = new Set(pushed[day] ?? []);
    const found = stored.filter((batch) => batch.day === day).flatMap(({ recordIds }) => recordIds);
    const distinct = new Set(found);
    const faults = {
      lost: [...expected].filter((id) => !distinct.has(id)),
      foreign: [...distinct].filter((id) => !expected.has(id)),
      repeated: found.filter((id, index) => found.indexOf(id) !== index),
    };
    return Object.entries(faults)
      .filter(([, ids]) => ids.length > 0)
      .map(([fault, ids]) => ({ rule, message: `${day}: ${fault} rows: ${sample(ids)}`, events: [] }));
  });
};
