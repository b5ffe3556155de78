import type { ScmResponse } from '@integrations/contracts';
import { VendorLink } from '../../ui/vendor-link';
import styles from '../facts.module.css';
import { Fact } from '../../ui/fact';

/** Fields to show besides outcome and URL. Fields that a result lacks are left out. */
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

/** What was written to the vendor. */
export function Written({ result }: { result: ScmResponse }) {
  const told = result as unknown as Readonly<Record<string, unknown>>;
  const facts = FIELDS.filter(([field]) => ['string', 'number'].includes(typeof told[field]));
  return (
    <section className={`card ${styles['facts']}`} aria-label="Result">
      <dl className="facts">
        <Fact term="Result">{result.outcome}</Fact>
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
