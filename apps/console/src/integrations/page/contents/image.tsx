import type { IntegrationView, ResolvedImage } from '@integrations/contracts';
import { Answer } from '../../../ui/answer';
import { FilterText } from '../../../ui/filter-text';
import { useFilters } from '../../../ui/filters';
import { Referrers } from './referrers';
import { useVendorAnswer } from './vendor';
import { Fact } from '../../../ui/fact';

interface ImageProps {
  readonly of: IntegrationView;
  readonly repository: string;
  /** A tag or a digest. */
  readonly reference: string;
}

/** The image that a tag or digest refers to now, and its referrers. */
export function Image({ of, repository, reference }: ImageProps) {
  const [{ platform }, bind] = useFilters(['platform']);
  const query = { repository, reference, platform };
  const image = useVendorAnswer<ResolvedImage>(of, '/digest', query);
  return (
    <>
      <section>
        <h2>
          {repository}: {reference}
        </h2>
        <div className="filters">
          <FilterText label="Platform (os/arch)" {...bind('platform')} />
        </div>
        <Answer to={image}>{(data) => <Facts image={data} />}</Answer>
      </section>
      {image.data && <Referrers of={of} repository={repository} digest={image.data.digest} />}
    </>
  );
}

function Facts({ image: { digest, mediaType, size, platform } }: { image: ResolvedImage }) {
  return (
    <dl className="facts">
      <Fact term="Digest">
        <code>{digest}</code>
      </Fact>
      <Fact term="Media type">{mediaType ? <code>{mediaType}</code> : 'not reported'}</Fact>
      <Fact term="Manifest">{size === null ? 'size not reported' : `${size.toLocaleString('en')} bytes`}</Fact>
      {platform && <Fact term="Platform">{platform}</Fact>}
    </dl>
  );
}
