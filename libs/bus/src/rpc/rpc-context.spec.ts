import { headers } from '@nats-io/transport-node';
import { readRpcHeaders } from './rpc-context';

function read(pairs: [string, string][]) {
  const all = headers();
  for (const [name, value] of pairs) all.append(name, value);
  return readRpcHeaders(all, 'default');
}

describe('readRpcHeaders', () => {
  it('falls back to the default tenant', () => {
    expect(readRpcHeaders(undefined, 'default')).toEqual({ tenantId: 'default' });
    expect(read([['deadline-ms', '']])).toEqual({ tenantId: 'default' });
  });

  it('reads all headers, whatever their case', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    expect(
      read([
        ['Tenant', 'acme'],
        ['DEADLINE-MS', '1500'],
        ['Idempotency-Key', 'run 7'],
        ['traceparent', traceparent],
      ]),
    ).toEqual({ tenantId: 'acme', deadlineMs: 1_500, idempotencyKey: 'run 7', traceparent });
  });

  it.each(['', 'Acme', 'a.b', '*', '>', '-a', 'a'.repeat(64), 'ä'])(
    'refuses tenant %j, naming the header',
    (tenant) => {
      expect(read([['tenant', tenant]])).toEqual([{ field: 'headers.tenant', message: expect.any(String) }]);
    },
  );

  it('refuses two tenant headers', () => {
    const errors = read([
      ['tenant', 'acme'],
      ['Tenant', 'other'],
    ]);
    expect(errors).toEqual([{ field: 'headers.tenant', message: 'must be given once' }]);
  });

  it.each(['0', '-1', '1.5', '1e3', 'soon', '86400001', '99999999999'])('refuses deadline %j', (deadline) => {
    expect(read([['deadline-ms', deadline]])).toEqual([expect.objectContaining({ field: 'headers.deadline-ms' })]);
  });

  it('names every bad header at once', () => {
    const errors = read([
      ['tenant', '*'],
      ['deadline-ms', 'x'],
      ['idempotency-key', 'k'.repeat(256)],
    ]);
    expect(errors).toMatchObject([
      { field: 'headers.tenant' },
      { field: 'headers.deadline-ms' },
      { field: 'headers.idempotency-key' },
    ]);
  });

  it('ignores a malformed traceparent', () => {
    expect(read([['traceparent', '00-zz']])).toEqual({ tenantId: 'default' });
  });
});
