import type { ScmResponse } from '@integrations/contracts';
import { Fragment } from 'react';
import { VendorLink } from '../../ui/vendor-link';
import styles from '../facts.module.css';

/** What each operation tells beside its outcome and its address; fields that a result does not have are left out. */
const FIELDS: readonly (readonly [string, string])[] = [
  ['commentId', 'Comment'],
  ['statusId', 'Status id'],
  ['context', 'Context'],
  ['state', 'State'],
  ['checkRunId', 'Check run'],
  ['status', 'Status'],
  ['conclusion', 'Conclusion'],
  ['annotationsPosted', 'Annotations posted'],
];

/** What the vendor has now. */
export function Written({ result }: { result: ScmResponse }) {
  const told = result as unknown as Readonly<Record<string, unknown>>;
  const facts = FIELDS.filter(([field]) => ['string', 'number'].includes(typeof told[field]));
  return (
    <section className={`card ${styles['facts']}`} aria-label="Result">
      <dl className="facts">
        <dt>Written</dt>
        <dd>{result.outcome}</dd>
        {result.url && (
          <>
            <dt>At the vendor</dt>
            <dd>
              <VendorLink url={result.url} />
            </dd>
          </>
        )}
        {facts.map(([field, name]) => (
          <Fragment key={field}>
            <dt>{name}</dt>
            <dd>{String(told[field])}</dd>
          </Fragment>
        ))}
      </dl>
    </section>
  );
}
