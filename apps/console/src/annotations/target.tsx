import type { ScmOperation } from '@integrations/contracts';
import { Short } from '../ui/short';
import { OPERATION_NAMES, shortSha } from './words';

interface TargetProps {
  readonly owner: string;
  readonly repository: string;
  readonly prNumber: number | null;
  readonly commitSha: string | null;
}

/** Where an operation writes: the repository, and the pull request or the commit in it. */
export function Target({ of: { owner, repository, prNumber, commitSha } }: { of: TargetProps }) {
  return (
    <>
      {owner}/{repository}
      <div className="quiet">
        {prNumber !== null && `#${prNumber} `}
        {commitSha !== null && <Short text={commitSha} />}
      </div>
    </>
  );
}

/** The target on one line. */
export function targetOf({ owner, repository, prNumber, commitSha }: TargetProps): string {
  const place = prNumber !== null ? `#${prNumber}` : commitSha !== null ? `@${shortSha(commitSha)}` : '';
  return `${owner}/${repository}${place}`;
}

/** An operation in words: what it is and where it writes. */
export function wordsOf(of: TargetProps & { readonly operation: ScmOperation }): string {
  return `${OPERATION_NAMES[of.operation]} on ${targetOf(of)}`;
}
