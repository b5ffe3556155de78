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

  it('has the caller ask again while the database is away, and tells nothing of it', async () => {
    const answer = await answerTo(new DatabaseError('connect ECONNREFUSED 10.0.0.1:5432', 'ECONNREFUSED', null));
    expect(answer).toMatchObject({ success: false, errorCode: 'provider_unavailable', isTransient: true });
    expect(JSON.stringify(answer)).not.toContain('10.0.0.1');
  });

  it('passes on what a handler refuses, and masks what else it throws', async () => {
    const refused = await answerTo(new RequestRejected('not_found', 'there is no such thing'));
    expect(refused).toMatchObject({ errorCode: 'not_found', errorMessage: 'there is no such thing' });
    const fault = await answerTo(new DatabaseError('duplicate key', '23505', 'integration_name'));
    expect(fault).toEqual({ status: 'error', message: 'Internal server error' });
  });
});
