import type { ProbeVerdict } from '@integrations/contracts';
import { scrubVerdict } from './scrub-verdict';

const healthy: ProbeVerdict = {
  ...{ status: 'healthy', code: 'ok', message: 'fine', remediation: 'Nothing to do.', latencyMs: 1 },
  ...{ stages: [{ name: 'http', ok: true, ms: 1 }], checkedAt: '2026-01-02T00:00:00.000Z', warnings: [] },
};
const nothing = { required: [], granted: [], missing: [], excess: [], how: 'unknown' } as const;
const scrub = (text: string) => text.replaceAll('s3cret', '[redacted]');

describe('scrubVerdict', () => {
  it.each<[string, Partial<ProbeVerdict>]>([
    ['the message', { message: 'no s3cret' }],
    ['the server', { server: { product: 'Shop', version: 's3cret' } }],
    ['the account', { principal: { id: 's3cret', kind: 'user' } }],
    ['a granted scope', { permissions: { ...nothing, granted: ['s3cret'] } }],
    ['an excess scope', { permissions: { ...nothing, excess: ['s3cret'] } }],
    ['a warning', { warnings: ['one', 's3cret'] }],
    ['a stage', { stages: [...healthy.stages, { name: 'credential', ok: true, ms: 1, detail: 's3cret' }] }],
  ])('removes a secret from %s, even if it occurs nowhere else', (_, fields) => {
    const verdict = { ...healthy, ...fields };

    expect(scrubVerdict(verdict, scrub)).toEqual(JSON.parse(scrub(JSON.stringify(verdict))));
  });
});
