import { createHash } from 'node:crypto';
import { FIRST_PREV_HASH, hashOf } from './audit-hash';
import type { AuditRecord } from './audit-record';

const record: AuditRecord = {
  id: '01920000-0000-7000-8000-000000000001',
  tenantId: 'acme',
  position: 1,
  at: '1790000000123000',
  actor: 'Zoë',
  app: 'catalog-api',
  action: 'integration.registered',
  integrationId: null,
  outcome: 'succeeded',
  detail: '{"name": "x"}',
  prevHash: FIRST_PREV_HASH,
  hash: Buffer.alloc(0),
};

const field = (text: string) => Buffer.concat([Buffer.from([0, 0, 0, Buffer.byteLength(text)]), Buffer.from(text)]);

describe('the hash of an audit entry', () => {
  it('is SHA-256 over the previous hash and the fields, each prefixed with its length', () => {
    const bytes = [
      Buffer.alloc(32),
      ...['acme', '1', record.id, record.at, 'Zoë', 'catalog-api', record.action].map(field),
      Buffer.from([0xff, 0xff, 0xff, 0xff]),
      ...['succeeded', '{"name": "x"}'].map(field),
    ];
    const expected = createHash('sha256').update(Buffer.concat(bytes)).digest('hex');

    expect(hashOf(record, FIRST_PREV_HASH).toString('hex')).toBe(expected);
    expect(expected).toBe('4521a582fc6733c6ecd0ebb86d0c49422f34d66ede7b8dc06056c995c4447e7f');
  });

  it.each(['tenantId', 'id', 'at', 'actor', 'app', 'action', 'integrationId', 'outcome', 'detail'] as const)(
    'depends on %s',
    (name) => {
      const other = { ...record, [name]: `${record[name] ?? ''}x` };
      expect(hashOf(other, FIRST_PREV_HASH)).not.toEqual(hashOf(record, FIRST_PREV_HASH));
    },
  );

  it('depends on the position and on the previous hash', () => {
    expect(hashOf(record, FIRST_PREV_HASH, 2)).not.toEqual(hashOf(record, FIRST_PREV_HASH));
    expect(hashOf(record, Buffer.alloc(32, 1))).not.toEqual(hashOf(record, FIRST_PREV_HASH));
  });

  it('differs for fields that concatenate to the same text, and for null and an empty text', () => {
    const shifted = { ...record, actor: 'Zoëc', app: 'atalog-api' };
    expect(hashOf(shifted, FIRST_PREV_HASH)).not.toEqual(hashOf(record, FIRST_PREV_HASH));
    const empty = { ...record, integrationId: '' };
    expect(hashOf(empty, FIRST_PREV_HASH)).not.toEqual(hashOf(record, FIRST_PREV_HASH));
  });
});
