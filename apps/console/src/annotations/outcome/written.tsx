import type { ScmResponse } from '@integrations/contracts';
import { VendorLink } from '../../ui/vendor-link';
import styles from '../facts.module.css';
import { Fact } from '../../ui/fact';

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
        <Fact term="Written">{result.outcome}</Fact>
        {result.url && (
          <Fact term="At the vendor">
            <VendorLink url={result.url} />
          </Fact>
        )}
        {facts.map(([field, name]) => (
          <Fact key={field} term={name}>
            {String(told[field])}
          </Fact>
        ))}
      </dl>
    </section>
  );
}
