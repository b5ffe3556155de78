import { usePaged } from '../../api/paged';
import { Data } from '../../ui/data';
import { ListFoot } from '../../ui/list-foot';
import { Time } from '../../ui/time';
import { REFRESH_MS } from './use-integration';

/** Of an entry as `GET /audit` tells it, what is shown here. */
interface Entry {
  readonly id: string;
  readonly position: number;
  readonly at: string;
  readonly actor: string;
  readonly app: string;
  readonly action: string;
  readonly outcome: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Who did what with an integration and its credential. */
export function AuditTab({ id }: { id: string }) {
  const list = usePaged<Entry>('/audit', { integrationId: id }, REFRESH_MS);
  return (
    <section>
      <h2>Audit</h2>
      {list.items.length > 0 && <Entries entries={list.items} />}
      <ListFoot list={list} empty="The audit trail has no entry of it." />
    </section>
  );
}

function Entries({ entries }: { entries: readonly Entry[] }) {
  return (
    <div className="table">
      <table>
        <thead>
          <tr>
            <th scope="col" className="number">
              Position
            </th>
            <th scope="col">When</th>
            <th scope="col">Action</th>
            <th scope="col">Actor</th>
            <th scope="col">Outcome</th>
            <th scope="col">Detail</th>
          </tr>
        </thead>
        <tbody>
          {entries.map(({ id, position, at, actor, app, action, outcome, detail }) => (
            <tr key={id}>
              <td className="number">{position}</td>
              <td>
                <Time at={at} />
              </td>
              <th scope="row">
                <code>{action}</code>
              </th>
              <td>
                {actor}
                <div className="quiet">{app}</div>
              </td>
              <td>{outcome}</td>
              <td>
                <Data value={detail} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
