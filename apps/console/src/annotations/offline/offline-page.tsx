import { IntegrationFilter } from '../../integrations/integration-filter';
import { FilterTime } from '../../ui/filter-time';
import { useFilters } from '../../ui/filters';
import { AnnotationTabs } from '../annotation-tabs';
import { Parked } from './parked';
import { PARKED_FILTERS } from './parked-filter';
import { useTitle } from '../../ui/use-title';

/** Operations that were parked instead of posted: to post by hand, or to replay. */
export function OfflinePage() {
  const [filter, bind] = useFilters(PARKED_FILTERS);
  useTitle('Parked offline');
  return (
    <>
      <h1>Annotations</h1>
      <AnnotationTabs />
      <search className="filters">
        <IntegrationFilter {...bind('integrationId')} />
        <FilterTime label="Accepted since" {...bind('since')} />
        <FilterTime label="Accepted before" {...bind('until')} />
      </search>
      <Parked filter={filter} />
    </>
  );
}
