import type { InlineOutcome } from '../scm-annotation-client';
import { isSuggestion, placedRemark, type Remark, unplacedRemark } from './remark';
import type { DiffFile, LinesSpot, Spot, UnifiedDiff } from './unified-diff';

/** A vendor that takes remarks on lines of the diff and on its files. */
export interface RemarkPlaces {
  /** As reasons name it. */
  readonly vendor: string;
  /** How many remarks may stand at files. */
  readonly maxAtFiles: number;
  /** Posts it; answers with its URL, or null where it was refused for where it is to stand, or for what it says. */
  atLines(remark: Remark, spot: LinesSpot): Promise<string | null>;
  /** The same. */
  atFile(remark: Remark, file: DiffFile): Promise<string | null>;
}

/**
 * Posts each remark at its lines, else at its file, as long as there is `roomAtFiles`, and answers with the outcome of each.
 * `diff` is null where it is too large to be read.
 */
export async function placeEach(
  remarks: readonly Remark[],
  diff: UnifiedDiff | null,
  roomAtFiles: number,
  places: RemarkPlaces,
): Promise<Map<Remark, InlineOutcome>> {
  const outcomes = new Map<Remark, InlineOutcome>();
  let room = roomAtFiles;
  for (const remark of remarks) {
    const outcome = await place(remark, spotOf(remark, diff), room > 0, places);
    if (outcome.placed === 'file') room -= 1;
    outcomes.set(remark, outcome);
  }
  return outcomes;
}

function spotOf(remark: Remark, diff: UnifiedDiff | null): Spot {
  const { path } = remark.comment;
  if (diff) return diff.spotFor(path, remark.comment, isSuggestion(remark));
  const file = { path, oldPath: path, isDeleted: false, patch: '' };
  return { at: 'file', file, reason: 'the diff is too large to be read' };
}

async function place(remark: Remark, spot: Spot, hasRoom: boolean, places: RemarkPlaces): Promise<InlineOutcome> {
  const { vendor, maxAtFiles } = places;
  if (spot.at === 'nowhere') return unplacedRemark(remark, spot.reason);
  if (spot.at === 'lines') {
    const url = await places.atLines(remark, spot);
    if (url !== null) return placedRemark(remark, 'created', 'inline', url, spot.reason);
  }
  if (!hasRoom) return unplacedRemark(remark, `there are ${maxAtFiles} remarks at files already`);
  const url = await places.atFile(remark, spot.file);
  if (url === null) return unplacedRemark(remark, `${vendor} takes no remark on the file`);
  const reason = spot.at === 'file' ? spot.reason : `${vendor} takes no remark on the line`;
  return placedRemark(remark, 'created', 'file', url, reason);
}
