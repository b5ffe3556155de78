import { Link } from 'react-router';
import { Badge } from '../ui/badge';
import { Time } from '../ui/time';
import { chainBreak, digestBreak } from './break-words';
import type { AuditVerificationView, DigestVerification } from '@integrations/contracts';

/** The result of a verification, in words. */
export function VerificationResult({ verification }: { verification: AuditVerificationView }) {
  const { ok, rows, head, breaks, digests, isComplete } = verification;
  return (
    <>
      <p>
        <Badge tone={ok ? 'good' : 'bad'}>{ok ? 'intact' : 'broken'}</Badge>{' '}
        {ok
          ? `The chain is intact up to position ${head?.position ?? 0}: no entry was changed, removed or inserted.`
          : 'The chain is broken.'}{' '}
        {rows.toLocaleString('en')} entries were read.
      </p>
      {breaks.length > 0 && (
        <ul>
          {breaks.map((found) => (
            <li key={`${found.kind} ${found.position} ${found.auditId}`}>
              <strong>{found.kind}</strong>: {chainBreak(found)}{' '}
              {found.auditId && <Link to={`/audit?position=${found.position}`}>Show it</Link>}
            </li>
          ))}
        </ul>
      )}
      {!isComplete && <p>Verification stopped at the last break listed; there may be more.</p>}
      <Digests digests={digests} />
      {head && (
        <p className="quiet">
          The hash at position {head.position} is <code>{head.hash}</code>. Keep a copy elsewhere: it reveals any later
          rewriting of the chain.
        </p>
      )}
    </>
  );
}

function Digests({ digests }: { digests: DigestVerification | null }) {
  if (!digests) return <p>Digests were not checked: the server has no audit key, so it signs none.</p>;
  const { checked, last, breaks } = digests;
  if (!last) return <p>No digest has been signed yet.</p>;
  const isGood = breaks.every(({ position }) => position !== last.position);
  return (
    <>
      <p>
        {checked === 1
          ? '1 signed digest was checked.'
          : `${checked.toLocaleString('en')} signed digests were checked.`}{' '}
        The last covers the chain up to position {last.position}
        {last.at !== '' && (
          <>
            {' and was signed '}
            <Time at={last.at} />
          </>
        )}
        ; {isGood ? 'its signature is valid and the chain agrees with it.' : 'it is broken, see below.'}
      </p>
      {breaks.length > 0 && (
        <ul>
          {breaks.map((found) => (
            <li key={`${found.kind} ${found.position}`}>
              <strong>{found.kind} digest</strong>: {digestBreak(found)}{' '}
              <span className="quiet">
                Key <code>{found.keyId}</code>
                {found.at !== '' && (
                  <>
                    {', '}
                    <Time at={found.at} />
                  </>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
