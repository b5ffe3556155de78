import type { ResolvedImage } from '@integrations/contracts';
import { useQuery } from '@tanstack/react-query';
import { callApi } from '../../../api/call';
import { FilterText } from '../../../ui/filter-text';
import { useFilters } from '../../../ui/filters';
import { Problem } from '../../../ui/problem';
import { pathOf } from '../use-integration';
import { Referrers } from './referrers';

interface ImageProps {
  readonly id: string;
  readonly repository: string;
  /** A tag or a digest. */
  readonly reference: string;
}

/** What a tag stands for now, and what refers to that. */
export function Image({ id, repository, reference }: ImageProps) {
  const [{ platform }, setFilter] = useFilters(['platform']);
  const query = { repository, reference, platform };
  const image = useQuery({
    queryKey: [`${pathOf(id)}/digest`, query],
    queryFn: ({ signal }) => callApi<ResolvedImage>(`${pathOf(id)}/digest`, { query, signal }),
  });
  return (
    <>
      <section>
        <h2>
          {repository}: {reference}
        </h2>
        <div className="filters">
          <FilterText label="Platform (os/arch)" value={platform} onChange={(value) => setFilter('platform', value)} />
        </div>
        {image.error && <Problem error={image.error} onRetry={() => void image.refetch()} />}
        {image.isPending && <p className="quiet">Loading …</p>}
        {image.data && <Facts image={image.data} />}
      </section>
      {image.data && <Referrers id={id} repository={repository} digest={image.data.digest} />}
    </>
  );
}

function Facts({ image: { digest, mediaType, size, platform } }: { image: ResolvedImage }) {
  return (
    <dl className="facts">
      <dt>Digest</dt>
      <dd>
        <code>{digest}</code>
      </dd>
      <dt>Media type</dt>
      <dd>{mediaType ? <code>{mediaType}</code> : 'not told'}</dd>
      <dt>Manifest</dt>
      <dd>{size === null ? 'size not told' : `${size.toLocaleString('en')} bytes`}</dd>
      {platform && (
        <>
          <dt>Platform</dt>
          <dd>{platform}</dd>
        </>
      )}
    </dl>
  );
}
