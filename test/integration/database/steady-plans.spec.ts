import { succeeded } from '@integrations/contracts';
import {
  type Begun,
  type Entered,
  IntegrationRepository,
  type IntegrationRow,
  type LaneLease,
  OperationRepository,
} from '@integrations/database';
import { readMeanwhile } from './rows-read';
import { entry, integration, openDatabase, type TestDatabase } from './support';

const ROWS = 20_000;
/** What one thing may read, where reading all of it would be thousands. */
const FEW = 200;

const settlement = { state: 'succeeded' as const, outcome: succeeded(null as never) };
const event = { name: 'annotation_posted' as const, data: {} };

describe('what PostgreSQL learned of a table at an unlucky moment', () => {
  let db: TestDatabase;
  let busy: IntegrationRow;

  beforeEach(async () => {
    db = await openDatabase();
    busy = await new IntegrationRepository(db.database).insert(integration());
  });
  afterEach(() => db.close());

  describe('costs an operation nothing', () => {
    const post = async (ledger: OperationRepository, lane: string) => {
      const { lease, begun } = (await ledger.enter(entry(busy, { lane }))) as Extract<Entered, { result: 'running' }>;
      await conclude(ledger, lease, begun);
    };
    const conclude = (ledger: OperationRepository, lease: LaneLease, { row }: Begun) =>
      ledger.conclude({ lease, operationId: row.id, settlement, event, goOn: true });

    it('when no lane was there', async () => {
      await db.sql('VACUUM (ANALYZE) annotation_lane');
      const { rows } = await readMeanwhile(db, 'annotation_lane', async (database) => {
        const ledger = new OperationRepository(database);
        await post(ledger, 'first');
        await db.sql(
          `INSERT INTO annotation_lane (lane, tenant_id, due_at)
           SELECT 'lane ' || n, 'acme', now() + interval '1 hour' FROM generate_series(1, $1::integer) AS n`,
          [ROWS],
        );
        await post(ledger, 'second');
      });
      expect(rows).toBeLessThan(FEW);
    });
  });
});
