import { DatabaseError } from '@integrations/database';
import { RequestRejected } from '@integrations/bus';
import { type ArgumentsHost, Logger } from '@nestjs/common';
import { lastValueFrom } from 'rxjs';
import { RpcFilter } from './rpc.filter';

describe('RpcFilter', () => {
  const answerTo = (error: Error) =>
    lastValueFrom(new RpcFilter().catch(error, {} as ArgumentsHost)).catch((answer: unknown) => answer);

  beforeEach(() => Logger.overrideLogger(false));
  afterEach(() => Logger.overrideLogger(undefined as never));

  it('asks the caller to retry while the database is unreachable, and hides the details', async () => {
    const answer = await answerTo(new DatabaseError('connect ECONNREFUSED 10.0.0.1:5432', 'ECONNREFUSED', null));
    expect(answer).toMatchObject({ success: false, errorCode: 'provider_unavailable', isTransient: true });
    expect(JSON.stringify(answer)).not.toContain('10.0.0.1');
  });

  it('logs the outage once, however many requests fail', async () => {
    const warn = jest.fn();
    Logger.overrideLogger({ warn, log: jest.fn(), error: jest.fn() });
    const filter = new RpcFilter();
    const unreachable = new DatabaseError('connect ECONNREFUSED', 'ECONNREFUSED', null);
    for (let n = 0; n < 20; n += 1)
      await lastValueFrom(filter.catch(unreachable, {} as ArgumentsHost)).catch(() => undefined);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['deadlock detected', '40P01'],
    ['canceling statement due to statement timeout', '57014'],
  ])('asks the caller to retry a statement that PostgreSQL rolled back: %s', async (message, code) => {
    const answer = await answerTo(new DatabaseError(message, code, null));
    const errorMessage = 'the database is busy; try again';
    expect(answer).toMatchObject({ errorCode: 'provider_unavailable', errorMessage, isTransient: true });
  });

  it('returns the refusal of a handler, and masks any other error', async () => {
    const refused = await answerTo(new RequestRejected('not_found', 'there is no such thing'));
    expect(refused).toMatchObject({ errorCode: 'not_found', errorMessage: 'there is no such thing' });
    const fault = await answerTo(new DatabaseError('duplicate key', '23505', 'integration_name'));
    expect(fault).toEqual({ status: 'error', message: 'Internal server error' });
  });
});
