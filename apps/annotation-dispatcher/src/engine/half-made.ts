import type { Begun, Ending, OperationRepository } from '@integrations/database';
import type { Annotation } from '@integrations/payload-builder';
import type { AnnotationContext, ScmAnnotationClient } from '@integrations/provider-kit';
import { checkRunOf } from '../annotation';
import { ourFault } from './our-fault';

/** Whether an operation may have left a check run half made, in this attempt or an earlier one. */
export class HalfMade {
  #isLeft: boolean;

  constructor(
    private readonly row: Begun['row'],
    private readonly operations: Pick<OperationRepository, 'noteHalfMade'>,
  ) {
    this.#isLeft = row.halfMade;
  }

  get isLeft(): boolean {
    return this.#isLeft;
  }

  /** Durable once it resolves, so that after a crash the next dispatcher knows. */
  async note(): Promise<void> {
    if (this.#isLeft) return;
    await this.operations.noteHalfMade(this.row).catch(ourFault('the ledger cannot record that a check run has begun'));
    this.#isLeft = true;
  }
}

/** Cancels the check run of an operation that ends before it has completed that run. Throws ProviderError. */
export async function cancelHalfMade(
  client: ScmAnnotationClient,
  annotation: Annotation,
  ending: Ending,
  context: AnnotationContext,
): Promise<void> {
  const run = checkRunOf(annotation);
  if (run) await client.cancelCheckRun?.({ ...run, summary: reasonOf(ending) }, context);
}

/** For the people who look at the commit. The outcome's error message is for operators, so it is left out. */
function reasonOf({ state, outcome, newerCommit }: Ending): string {
  return `Not all of this result was posted: ${whyOf(state, outcome.errorCode, newerCommit ?? null)}.`;
}

function whyOf(state: Ending['state'], code: Ending['outcome']['errorCode'], newerCommit: string | null): string {
  if (state === 'cancelled') return 'it was cancelled';
  if (state === 'superseded') return `a newer one${newerCommit ? ` for ${newerCommit}` : ''} replaced it`;
  if (code === 'stale_head') return 'the pull request has moved on to another commit';
  return code === 'deadline_exceeded' ? 'its deadline passed' : `posting it failed (${code})`;
}
