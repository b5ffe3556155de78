import type { ScmPublishResponse, Severity } from '@integrations/contracts';
import { PublishedItems } from './published-items';
import { PublishedParts } from './published-parts';

/** Most severe first. */
const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info', 'none'];

/** The outcome of a publish: its parts, its findings, and how they changed. */
export function PublishedSections({ published }: { published: ScmPublishResponse }) {
  const { counts, suppressed, changes, items, itemsLeftOut } = published;
  const found = SEVERITIES.filter((severity) => counts[severity] > 0);
  return (
    <>
      <h3>Parts</h3>
      <PublishedParts published={published} />
      <h3>Findings</h3>
      <p>
        {found.length === 0 ? 'None' : found.map((severity) => `${counts[severity]} ${severity}`).join(', ')}
        {suppressed > 0 && `; ${suppressed} suppressed by the scanner and not shown`}.
        {changes && ` Since the last run: ${changes.new} new, ${changes.fixed} fixed, ${changes.unchanged} unchanged.`}
      </p>
      {items.length > 0 && <PublishedItems items={items} />}
      {itemsLeftOut > 0 && <p className="quiet">{itemsLeftOut} more are not listed.</p>}
    </>
  );
}
