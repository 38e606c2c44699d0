import type { FileReference } from '@perennial/contracts';

/** How far a training got: its encoder is pretrained, its parameters stand there, or it has ended. */
export type Stage = 'encoder' | 'checkpoint' | 'result';

/** What the trainers of a run keep of its trainings, so that the next one need not begin anew. */
export interface KeptWork {
  /** By training, from 1. */
  readonly files: Readonly<Record<number, Readonly<Partial<Record<Stage, FileReference>>>>>;
  /** Files that nobody needs any more and that may still be there. */
  readonly obsolete: readonly FileReference[];
}

export const NOTHING_KEPT: KeptWork = { files: {}, obsolete: [] };

type Files = KeptWork['files'];

const all = (files: Files): FileReference[] =>
  Object.values(files).flatMap((stages) => Object.values(stages).filter((file) => file !== undefined));

/** Files that are not among the new ones become obsolete. The store keeps files by content, so that one may be in both. */
function replaced({ files, obsolete }: KeptWork, after: Files): KeptWork {
  const needed = new Set(all(after).map(({ fileId }) => fileId));
  const unneeded = [...obsolete, ...all(files)].filter(({ fileId }) => !needed.has(fileId));
  const byId = new Map(unneeded.map((file) => [file.fileId, file]));
  return { files: after, obsolete: [...byId.values()] };
}

/** A training got further. What an earlier stage of it needed is obsolete once it has ended. */
export function kept(work: KeptWork, training: number, stage: Stage, file: FileReference): KeptWork {
  const before = stage === 'result' ? {} : work.files[training];
  return replaced(work, { ...work.files, [training]: { ...before, [stage]: file } });
}

/** The run is over. */
export const allObsolete = (work: KeptWork): KeptWork => replaced(work, {});

/** These files are not in the store any more. */
export const deleted = ({ files, obsolete }: KeptWork, fileIds: readonly string[]): KeptWork => ({
  files,
  obsolete: obsolete.filter(({ fileId }) => !fileIds.includes(fileId)),
});
