import { IntegrationRepository, type IntegrationRow, Outbox, OutboxRelay } from '@integrations/database';
import { eventually } from '../../support/eventually';
import { readMeanwhile } from './rows-read';
import { integration, noSnapshots, openDatabase, type TestDatabase } from './support';

const EVENTS = 20_000;
/** Most rows that a query may read; reading everything would be thousands. */
const FEW = 200;

describe('an outbox whose statistics date from a NATS outage, when every event was waiting', () => {
  let db: TestDatabase;
  let of: IntegrationRow;

  beforeEach(async () => {
    db = await openDatabase();
    of = await new IntegrationRepository(db.database).insert(integration());
    await db.sql(
      `INSERT INTO outbox (event_id, tenant_id, integration_id, type, provider, event, generation, data)
       SELECT gen_random_uuid(), 'acme', $2, 'scm', 'in_memory',
              CASE WHEN n % 2 = 0 THEN 'annotation_posted' ELSE 'health_changed' END, 1, '{}'
       FROM generate_series(1, $1::integer) AS n`,
      [EVENTS, of.id],
    );
  });
  afterEach(() => db.close());

  const publishAll = async () => {
    await db.sql('UPDATE outbox SET sequence = id, published_at = now()');
    await db.sql('INSERT INTO event_sequence SELECT integration_id, max(sequence) FROM outbox GROUP BY integration_id');
    await db.sql('VACUUM outbox');
  };

  it('is not scanned for a snapshot once all events are published', async () => {
    await db.sql('VACUUM (ANALYZE) outbox');
    await publishAll();
    let put = 0;
    const snapshots = { ...noSnapshots(), put: async () => void (put += 1) };
    const { rows } = await readMeanwhile(db, 'outbox', async (database) => {
      const relay = new OutboxRelay(database, { publishAll: async () => undefined, snapshots, onError: fail });
      relay.start();
      await eventually('a snapshot', () => put > 0);
      await relay.stop();
    });
    expect(rows).toBeLessThan(FEW);
  });

  it('is not scanned to find whether a system event was published', async () => {
    await db.sql('VACUUM (ANALYZE) outbox');
    const data = { worker: 'w', since: '2026-02-03T04:05:06.000Z', until: '2026-02-03T04:06:06.000Z' };
    const { rows } = await readMeanwhile(db, 'outbox', (database) =>
      database.transaction((tx) => new Outbox(database).appendOnce({ event: 'prober_recovered', data }, tx)),
    );
    expect(rows).toBeLessThan(FEW);
  });
});

function fail(error: unknown): never {
  throw error;
}
