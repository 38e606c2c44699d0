import { conclude, type Invariant, type Violation, unobserved, violation } from '../checking/invariant';
import type { DayRows } from '../history/row.account';
import { describeSample, type Sample } from '../history/sample';

const notRead = 'what was submitted and what is stored was not read';

const nameOf = ({ dataset, day }: DayRows): string => `${dataset} on ${day}`;

const told = (rows: DayRows, what: string, sample: Sample): Violation[] =>
  sample.count === 0 ? [] : [violation(`${nameOf(rows)}: ${what}: ${describeSample(sample)}`)];

const openDays = (all: readonly DayRows[]): string[] => {
  const open = all.filter((rows) => rows.open);
  return open.length === 0 ? [] : [`${open.map(nameOf).join(', ')}: still takes rows`];
};

const acceptedRowsStoredOnce: Invariant = {
  name: 'accepted-rows-stored-once',
  promise: 'Every accepted row lies in exactly one stored batch of its own day.',
  check: ({ history: { rows } }) => {
    if (!rows) return unobserved(notRead);
    const violations = rows.flatMap((day) => [
      ...(day.open ? [] : told(day, 'neither stored nor in quarantine', day.lost)),
      ...told(day, 'stored more than once', day.repeated),
      ...told(day, 'stored without having been submitted', day.foreign),
      ...told(day, 'announced and stored rows differ', day.miscounted),
    ]);
    const removed = rows.filter(({ submittedWhole }) => !submittedWhole).map(nameOf);
    const limits = removed.length === 0 ? [] : [`messages may have been removed: ${removed.join(', ')}`];
    const checked = rows
      .filter(({ open }) => !open)
      .reduce((sum, { submitted, stored }) => sum + Math.max(submitted, stored), 0);
    return conclude(checked, violations, 'submitted or stored row', [...limits, ...openDays(rows)]);
  },
};

const quarantineHasReasons: Invariant = {
  name: 'quarantined-rows-have-reasons',
  promise: 'Every row in quarantine is kept with the rules that it breaks.',
  check: ({ history: { quarantine } }) => {
    if (!quarantine) return unobserved('the quarantine was not read');
    const { records, unexplained } = quarantine;
    const found = unexplained.count > 0 ? [violation(`without a reason: ${describeSample(unexplained)}`)] : [];
    return conclude(records, found, 'row in quarantine');
  },
};

const filesMatchDigests: Invariant = {
  name: 'files-match-their-digests',
  promise: 'Every file that an event refers to is there, with the bytes that the event tells.',
  check: ({ history: { files } }) => {
    if (!files) return unobserved('the files were not read');
    const read = files.reduce((sum, each) => sum + each.read, 0);
    const found = files
      .filter(({ damaged }) => damaged.count > 0)
      .map(({ damaged }) => violation(`missing or changed: ${describeSample(damaged)}`));
    return conclude(read, found, 'file');
  },
};

export const rowInvariants: readonly Invariant[] = [acceptedRowsStoredOnce, quarantineHasReasons, filesMatchDigests];
