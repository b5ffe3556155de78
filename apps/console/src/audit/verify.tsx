import { useQuery } from '@tanstack/react-query';
import { callApi } from '../api/call';
import { Problem } from '../ui/problem';
import { Time } from '../ui/time';
import styles from './verify.module.css';
import type { AuditVerificationView } from '@integrations/contracts';
import { VerificationResult } from './verification-result';

const LIMIT_MS = 600_000;

/** Verifies the whole chain on request. This takes a few seconds per 100,000 entries. */
export function Verify() {
  const { data, error, isFetching, dataUpdatedAt, refetch } = useQuery({
    queryKey: ['/audit/verify'],
    queryFn: ({ signal }) => callApi<AuditVerificationView>('/audit/verify', { signal, limitMs: LIMIT_MS }),
    enabled: false,
    retry: false,
  });
  return (
    <section className={`card ${styles['verify']}`} aria-label="Verification">
      <div className="head">
        <span className="quiet">
          {data ? (
            <>
              Verified <Time at={new Date(dataUpdatedAt).toISOString()} />
            </>
          ) : (
            'Check that no entry was changed, removed or inserted.'
          )}
        </span>
        <button type="button" aria-disabled={isFetching} onClick={() => void refetch({ cancelRefetch: false })}>
          {isFetching ? 'Verifying …' : 'Verify'}
        </button>
      </div>
      {error && <Problem error={error} />}
      {/* A short announcement for screen readers: the full result is long, and its times change. */}
      <p role="status" className="visually-hidden">
        {isFetching ? 'Verifying …' : data && !error && `Verified: ${data.ok ? 'intact' : 'broken'}.`}
      </p>
      {data && !error && <VerificationResult verification={data} />}
    </section>
  );
}
