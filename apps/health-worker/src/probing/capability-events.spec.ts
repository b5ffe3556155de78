import type { Capability, ProbeVerdict } from '@integrations/contracts';
import { capabilityEvents, keepCapabilities } from './capability-events';
import type { Finding } from './credential-events';

function found(capabilities?: readonly Capability[]): Finding {
  const verdict: ProbeVerdict = {
    status: 'healthy',
    code: 'ok',
    message: 'fine',
    remediation: '',
    stages: [],
    latencyMs: 1,
    checkedAt: '2026-01-01T00:00:00.000Z',
    warnings: [],
    ...(capabilities ? { capabilities } : {}),
  };
  return { verdict, checkedAt: new Date('2026-01-01') };
}

describe('capability events', () => {
  it('report capabilities gained and lost', () => {
    expect(capabilityEvents(found(['comment', 'status']), found(['check_run', 'status']))).toEqual([
      { event: 'capabilities_changed', data: { added: ['check_run'], removed: ['comment'] } },
    ]);
    expect(capabilityEvents(found(['comment']), found([]))).toEqual([
      { event: 'capabilities_changed', data: { added: [], removed: ['comment'] } },
    ]);
  });

  it('report nothing at first, nothing if only the order differs, and nothing if one set is not known', () => {
    expect(capabilityEvents(null, found(['comment']))).toEqual([]);
    expect(capabilityEvents(found(['comment', 'status']), found(['status', 'comment']))).toEqual([]);
    expect(capabilityEvents(found(['comment']), found())).toEqual([]);
    expect(capabilityEvents(found(), found(['comment']))).toEqual([]);
  });

  it('report a change across a time in which the capabilities were not known', () => {
    const during = { ...found(), verdict: keepCapabilities(found(['comment', 'status']), found().verdict) };
    expect(capabilityEvents(found(['comment', 'status']), during)).toEqual([]);
    const after = { ...found(), verdict: keepCapabilities(during, found(['status']).verdict) };
    expect(capabilityEvents(during, after)).toEqual([
      { event: 'capabilities_changed', data: { added: [], removed: ['comment'] } },
    ]);
    expect(keepCapabilities(found(), found().verdict)).toEqual(found().verdict);
  });
});
