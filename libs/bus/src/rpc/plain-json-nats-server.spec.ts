import type { Status } from '@nats-io/transport-node';
import { Logger } from '@nestjs/common';
import { PlainJsonNatsServer } from './plain-json-nats-server';

describe('PlainJsonNatsServer', () => {
  afterEach(() => jest.restoreAllMocks());

  it('logs a lost and restored connection as warnings, and a refusal by NATS as an error', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const logError = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
    const server = new PlainJsonNatsServer({
      servers: 'nats://n',
      ...{ name: 'a', version: '1.0.0', queue: 'a', defaultTenant: 't' },
    });
    const error = new Error('permissions violation');
    const statuses = [
      { type: 'disconnect', server: 'n:4222' },
      { type: 'reconnecting' },
      { type: 'reconnect', server: 'n:4222' },
      { type: 'error', error },
    ] as Status[];
    const status = async function* () {
      yield* statuses;
    };

    await server.handleStatusUpdates({ status });

    expect(warn.mock.calls).toEqual([
      ['NATS connection of requests lost; reconnecting'],
      ['NATS connection of requests is back'],
    ]);
    expect(logError.mock.calls).toEqual([[{ err: error, failures: 1 }, 'NATS reports an error']]);
  });
});
