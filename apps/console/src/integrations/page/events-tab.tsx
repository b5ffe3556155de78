import type { EventView } from '@integrations/contracts';
import { usePaged } from '../../api/paged';
import { Data } from '../../ui/data';
import { List } from '../../ui/list';
import { Moment } from '../../ui/moment';
import { pathOf, REFRESH_MS } from './use-integration';
import { Table } from '../../ui/table';

/** The published events of an integration. */
export function EventsTab({ id }: { id: string }) {
  const list = usePaged<EventView>(`${pathOf(id)}/events`, {}, REFRESH_MS);
  return (
    <section>
      <h2>Events</h2>
      <List list={list} empty="There are no events, or they are no longer kept.">
        {(events) => <Events events={events} />}
      </List>
    </section>
  );
}

function Events({ events }: { events: readonly EventView[] }) {
  return (
    <Table columns={['No.', 'When', 'Event', 'Generation', 'Data']} numbers={['No.', 'Generation']}>
      {events.map(({ id, event, sequence, generation, at, data }) => (
        <tr key={id}>
          <td className="number">{sequence}</td>
          <td>
            <Moment at={at} />
          </td>
          <th scope="row">
            <code>{event}</code>
          </th>
          <td className="number">{generation}</td>
          <td>
            <Data value={data} />
          </td>
        </tr>
      ))}
    </Table>
  );
}
