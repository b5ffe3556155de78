import { type Begun, DatabaseError } from '@integrations/database';
import { HalfMade } from './half-made';

describe('a note of what is begun at the vendor', () => {
  const row = { halfMade: false } as Begun['row'];

  it('that the ledger does not take is no fault of the plugin that waits for it, and is asked for again', async () => {
    const away = new DatabaseError('connection refused', 'ECONNREFUSED', null);
    const noteHalfMade = jest.fn(async () => undefined).mockRejectedValueOnce(away);
    const half = new HalfMade(row, { noteHalfMade });

    await expect(half.note()).rejects.toMatchObject({
      name: 'ProviderError',
      code: 'internal',
      message: 'the ledger cannot note what is begun at the vendor',
      cause: away,
    });
    expect(half.isLeft).toBe(false);
    await half.note();
    expect(half.isLeft).toBe(true);
  });
});
