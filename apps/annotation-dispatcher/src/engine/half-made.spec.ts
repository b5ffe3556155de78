import { type Begun, DatabaseError } from '@integrations/database';
import { HalfMade } from './half-made';

describe('a note that a check run is begun', () => {
  const row = { halfMade: false } as Begun['row'];

  it('is no fault of the waiting plugin if the ledger does not take it, and is tried again', async () => {
    const away = new DatabaseError('connection refused', 'ECONNREFUSED', null);
    const noteHalfMade = jest.fn(async () => undefined).mockRejectedValueOnce(away);
    const half = new HalfMade(row, { noteHalfMade });

    await expect(half.note()).rejects.toMatchObject({
      name: 'ProviderError',
      code: 'internal',
      message: 'the ledger cannot record that a check run has begun',
      cause: away,
    });
    expect(half.isLeft).toBe(false);
    await half.note();
    expect(half.isLeft).toBe(true);
  });
});
