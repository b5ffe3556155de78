import styles from './target.module.css';
import { shortSha } from './words';

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
        {commitSha !== null && (
          <code className={styles['sha']} title={commitSha}>
            {shortSha(commitSha)}
          </code>
        )}
      </div>
    </>
  );
}

/** The same on one line. */
export function targetOf({ owner, repository, prNumber, commitSha }: TargetProps): string {
  const place = prNumber !== null ? `#${prNumber}` : commitSha !== null ? `@${shortSha(commitSha)}` : '';
  return `${owner}/${repository}${place}`;
}
