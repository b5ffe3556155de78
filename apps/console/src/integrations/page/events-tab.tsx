import { usePaged } from '../../api/paged';
import { Data } from '../../ui/data';
import { ListFoot } from '../../ui/list-foot';
import { Time } from '../../ui/time';
import { pathOf, REFRESH_MS } from './use-integration';

/** An event as `GET …/events` tells it. */
interface ToldEvent {
  readonly id: string;
  readonly event: string;
  readonly sequence: number;
  readonly generation: number;
  readonly at: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What happened to an integration, as it was published. */
export function EventsTab({ id }: { id: string }) {
  const list = usePaged<ToldEvent>(`${pathOf(id)}/events`, {}, REFRESH_MS);
  return (
    <section>
      <h2>Events</h2>
      {list.items.length > 0 && <Events events={list.items} />}
      <ListFoot list={list} empty="Nothing happened, or it is not kept any more." />
    </section>
  );
}

function Events({ events }: { events: readonly ToldEvent[] }) {
  return (
    <div className="table">
      <table>
        <thead>
          <tr>
            <th scope="col" className="number">
              No.
            </th>
            <th scope="col">When</th>
            <th scope="col">Event</th>
            <th scope="col" className="number">
              Generation
            </th>
            <th scope="col">Data</th>
          </tr>
        </thead>
        <tbody>
          {events.map(({ id, event, sequence, generation, at, data }) => (
            <tr key={id}>
              <td className="number">{sequence}</td>
              <td>
                <Time at={at} />
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
        </tbody>
      </table>
    </div>
  );
}
