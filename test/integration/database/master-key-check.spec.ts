import { MasterKeyCheck } from '@integrations/bootstrap';
import { SealedSecretRepository } from '@integrations/database';
import { Secret } from '@integrations/provider-kit';
import { generateMasterKey, LocalStore, type MasterKeys, parseMasterKey } from '@integrations/secrets';
import { eventually } from '../../support/eventually';
import { openDatabase, type TestDatabase } from './support';

describe('the master key check at the start of an app', () => {
  const [old, current] = [parseMasterKey(generateMasterKey()), parseMasterKey(generateMasterKey())];
  let db: TestDatabase;
  let storage: SealedSecretRepository;

  beforeEach(async () => {
    db = await openDatabase();
    storage = new SealedSecretRepository(db.database);
  });

  afterEach(() => db.close());

  const put = (tenantId: string, path: string, masterKey = old) =>
    new LocalStore(storage, { current: masterKey, previous: [] }).write(tenantId, path, new Secret('s3cret'));

  /** Runs the check and returns what it logs. */
  async function start(masters: MasterKeys | null): Promise<unknown[]> {
    const error = jest.fn();
    await new MasterKeyCheck(storage, masters, { error }).check();
    return error.mock.calls.map(([fields]) => fields);
  }

  it('logs how many secrets of all tenants no available master key opens', async () => {
    await put('acme', 'one');
    await put('acme', 'two');
    await put('blue', 'three');
    await put('blue', 'four', current);
    const masterKeyIds = [current.id];
    expect(await start({ current, previous: [] })).toEqual([{ secrets: 3, masterKeyIds }]);
    expect(await start(null)).toEqual([{ secrets: 4, masterKeyIds: [] }]);
  });

  it('logs nothing without secrets, during a key change, or about replaced versions', async () => {
    expect(await start(null)).toEqual([]);
    await put('acme', 'one');
    expect(await start({ current, previous: [old] })).toEqual([]);
    await put('acme', 'one', current);
    expect(await start({ current, previous: [] })).toEqual([]);
  });

  it('does not delay the start, and stops at shutdown', async () => {
    const { promise: answer, resolve } = Promise.withResolvers<number>();
    const countOthers = jest.fn(() => answer);
    const check = new MasterKeyCheck({ tenants: async () => ['acme', 'blue'], countOthers }, null, {
      error: jest.fn(),
    });
    expect(check.onApplicationBootstrap()).toBeUndefined();
    await eventually('the first tenant', () => countOthers.mock.calls.length === 1);

    const ended = check.beforeApplicationShutdown();
    resolve(0);
    await ended;
    expect(countOthers).toHaveBeenCalledTimes(1);
  });
});
