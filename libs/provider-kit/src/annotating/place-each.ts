import type { InlineOutcome } from '../scm-annotation-client';
import { isSuggestion, placedRemark, type Remark, unplacedRemark } from './remark';
import type { DiffFile, LinesSpot, Spot, UnifiedDiff } from './unified-diff';

/** Posts remarks at a vendor that takes them on lines of the diff and on its files. */
export interface RemarkPlaces {
  /** The vendor's name in reasons. */
  readonly vendor: string;
  /** Maximum number of remarks at files. */
  readonly maxAtFiles: number;
  /** Posts the remark and returns its URL; null if the vendor refuses its place or its text. */
  atLines(remark: Remark, spot: LinesSpot): Promise<string | null>;
  /** Like `atLines`. */
  atFile(remark: Remark, file: DiffFile): Promise<string | null>;
}

/**
 * Posts each remark at its lines, or else at its file while `roomAtFiles` lasts, and returns the outcome of each.
 * `diff` is null if it is too large to read.
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
  if (url === null) return unplacedRemark(remark, `${vendor} accepts no remark on the file`);
  const reason = spot.at === 'file' ? spot.reason : `${vendor} accepts no remark on the line`;
  return placedRemark(remark, 'created', 'file', url, reason);
}
