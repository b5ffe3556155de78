import { failed, succeeded } from '@integrations/contracts';
import { RpcException } from '@nestjs/microservices';
import { toRefusal, toReply } from './reply';
import { RequestRejected } from './request-rejected';

describe('toReply', () => {
  it.each([[{ id: 1 }], [[1, 2]], ['text'], [0], [false]])('wraps %j as a success', (value) => {
    expect(toReply(value)).toEqual(succeeded(value));
  });

  it('wraps undefined as null', () => {
    expect(toReply(undefined)).toEqual(succeeded(null));
  });

  it('returns an operation result unchanged', () => {
    const result = failed('conflict', 'no', { operationId: 'op' });
    expect(toReply(result)).toBe(result);
  });

  it('wraps a value that only resembles an operation result', () => {
    expect(toReply({ success: false })).toEqual(succeeded({ success: false }));
  });
});

describe('toRefusal', () => {
  it('returns exactly the code, message and details of a rejected request', () => {
    const details = [{ field: 'body', message: 'is too long' }];
    expect(toRefusal(new RequestRejected('too_large', 'body is too long', details))).toEqual(
      failed('too_large', 'body is too long', { details }),
    );
  });

  it.each([[new Error('secret')], [new RpcException('secret')], [{ status: 'error', message: 'secret' }], ['secret']])(
    'returns null for %p',
    (thrown) => expect(toRefusal(thrown)).toBeNull(),
  );
});
