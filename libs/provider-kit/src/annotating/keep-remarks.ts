import type { OutdatedPolicy } from '@integrations/contracts';
import type { InlineCommentsResponse, InlineOutcome } from '../scm-annotation-client';
import type { Remark, RemarkSet } from './remark';

/** A remark that exists at the vendor, written by the credential's own account. */
export interface OwnRemark<T> {
  readonly marker: string;
  /** The vendor's object for the remark: a thread, a discussion, a comment. */
  readonly thread: T;
  /** True if somebody else has replied to it. */
  readonly isAnswered: boolean;
}

/** A pull request as a place for remarks. */
export interface RemarkBoard<T> {
  /** Maximum number of remarks at files instead of lines. */
  readonly maxAtFiles: number;
  /** Own remarks whose marker begins with `group`, oldest first. */
  own(group: string): Promise<readonly OwnRemark<T>[]>;
  /** Updates an existing remark's text, and reopens the remark if we had settled it. */
  bringUpToDate(remark: Remark, thread: T): Promise<InlineOutcome>;
  /** Posts remarks that do not exist yet; returns the outcome of each. */
  place(remarks: readonly Remark[], roomAtFiles: number): Promise<ReadonlyMap<Remark, InlineOutcome>>;
  /** Resolves or deletes a remark. `refused`: the account is not allowed to, so trying the next remark is pointless. */
  settle(thread: T, policy: 'resolve' | 'delete'): Promise<'settled' | 'was_settled' | 'refused'>;
}

/**
 * Brings a set of remarks on a pull request up to date. Each remark carries a hidden marker, so a rerun after a lost
 * reply finds the remarks that were posted; only those of the credential's own account count. An existing remark is not
 * moved: vendors move it along with its lines.
 */
export async function keepRemarks<T>(
  board: RemarkBoard<T>,
  { group, remarks }: RemarkSet,
  policy: OutdatedPolicy,
): Promise<InlineCommentsResponse> {
  const existing = new Map<string, OwnRemark<T>>();
  const surplus: OwnRemark<T>[] = [];
  for (const own of await board.own(group)) {
    if (existing.has(own.marker)) surplus.push(own);
    else existing.set(own.marker, own);
  }
  const outcomes = new Map<Remark, InlineOutcome>();
  for (const remark of remarks) {
    const own = existing.get(remark.marker);
    if (!own) continue;
    existing.delete(remark.marker);
    outcomes.set(remark, await board.bringUpToDate(remark, own.thread));
  }
  const missing = remarks.filter((remark) => !outcomes.has(remark));
  const atFiles = [...outcomes.values()].filter(({ placed }) => placed === 'file').length;
  const placed = missing.length > 0 ? await board.place(missing, board.maxAtFiles - atFiles) : outcomes;

  const outdated = await settleAll(board, [...existing.values(), ...surplus], policy);
  return { comments: remarks.map((remark) => (outcomes.get(remark) ?? placed.get(remark))!), outdated };
}

/** Settles our remarks that are no longer wanted, except those with replies: a conversation is not ours to end. */
async function settleAll<T>(
  board: RemarkBoard<T>,
  unwanted: readonly OwnRemark<T>[],
  policy: OutdatedPolicy,
): Promise<number> {
  if (policy === 'keep') return 0;
  let settled = 0;
  for (const { thread, isAnswered } of unwanted) {
    if (isAnswered) continue;
    const outcome = await board.settle(thread, policy);
    if (outcome === 'refused') break;
    if (outcome === 'settled') settled += 1;
  }
  return settled;
}
