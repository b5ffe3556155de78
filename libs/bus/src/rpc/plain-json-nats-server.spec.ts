import type { Status } from '@nats-io/transport-node';
import { Logger } from '@nestjs/common';
import { PlainJsonNatsServer } from './plain-json-nats-server';

describe('The server of requests', () => {
  afterEach(() => jest.restoreAllMocks());

  it('calls a connection that is lost and comes back no error, but what NATS refuses', async () => {
    const warned = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const failed = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
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

    expect(warned.mock.calls).toEqual([
      ['NATS connection of requests lost; reconnecting'],
      ['NATS connection of requests is back'],
    ]);
    expect(failed.mock.calls).toEqual([[{ err: error, failures: 1 }, 'NATS reports an error']]);
  });
});
