import { Writable } from 'node:stream';
import { type ErrorCode, failed, succeeded } from '@integrations/contracts';
import { createLogger, Scrubber } from '@integrations/telemetry';
import { Report } from './report';

const row = {
  id: 'op-1',
  tenantId: 'acme',
  integrationId: 'i-1',
  provider: 'github_app',
  operation: 'comment',
  prNumber: 7,
  commitSha: null,
  traceparent: null,
  request: { owner: 'octo', body: 'Two findings, and hunter2hunter2.' },
} as const;

function setUp() {
  const lines: Record<string, unknown>[] = [];
  const destination = new Writable({
    write: (line: Buffer, _, done) => {
      lines.push(JSON.parse(line.toString()) as Record<string, unknown>);
      done();
    },
  });
  const scrubber = new Scrubber();
  scrubber.add('hunter2hunter2');
  const annotated = jest.fn();
  const log = createLogger({ app: 'test', logLevel: 'info', scrubber, destination });
  return { lines, annotated, report: new Report(log, { annotated }) };
}

describe('Report', () => {
  it('logs the whole payload of a parked annotation, without known secrets', () => {
    const { lines, report, annotated } = setUp();
    const outcome = failed('offline', 'off', { skippedOffline: true });
    report.ended(row, 'parked_offline', outcome, 0);
    expect(lines).toMatchObject([
      {
        level: 'warn',
        msg: 'annotation parked offline',
        errorCode: 'offline',
        payload: { owner: 'octo', body: expect.stringMatching(/^Two findings, and (?!hunter2)/) },
      },
    ]);
    expect(annotated).toHaveBeenCalledWith('github_app', 'comment', 'parked_offline', null);
  });

  it('logs an ended annotation with the fields that every such line has, and without its content', () => {
    const { lines, report } = setUp();
    report.ended(row, 'succeeded', succeeded({ outcome: 'created', commentId: '1', url: 'u', truncated: [] }), 0.25);
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.any(String),
        app: 'test',
        operationId: 'op-1',
        tenantId: 'acme',
        integrationId: 'i-1',
        provider: 'github_app',
        operation: 'comment',
        prNumber: 7,
        commitSha: null,
        ms: 250,
        msg: 'annotation posted',
      },
    ]);
  });

  it('names the trace that the annotation belongs to, and nothing else of its trace context', () => {
    const { lines, report } = setUp();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    report.superseded({ ...row, traceparent });
    expect(lines).toMatchObject([{ operationId: 'op-1', traceId: '4bf92f3577b34da6a3ce929d0e0e4736' }]);
    expect(JSON.stringify(lines)).not.toContain('00f067aa0ba902b7');
  });

  it('warns of a failure with its code', () => {
    const { lines, report } = setUp();
    report.ended(row, 'failed', failed('locked', 'the conversation is locked'), 0.1);
    expect(lines).toMatchObject([
      { level: 'warn', msg: 'annotation failed', errorCode: 'locked', reason: 'the conversation is locked' },
    ]);
  });

  it('logs a secret store that is down once, not for each annotation that waits for it', () => {
    const { lines, report } = setUp();
    const rescheduled = (errorCode: ErrorCode, reason: string) => {
      const outcome = failed(errorCode, reason, { isTransient: true });
      report.rescheduled(row, { outcome, waitMs: 1_000, countsAsAttempt: false }, new Date(0));
    };
    for (let i = 0; i < 3; i += 1) rescheduled('secret_unresolvable', 'secret store vault: sealed');
    rescheduled('secret_unresolvable', 'secret store aws: no answer');
    for (let i = 0; i < 2; i += 1) rescheduled('network', 'connection reset');
    expect(lines.map(({ msg, reason, failures }) => [msg, reason, failures])).toEqual([
      ['annotations wait for a secret store', 'secret store vault: sealed', 1],
      ['annotations wait for a secret store', 'secret store aws: no answer', 1],
      ['annotation attempt failed; trying again later', 'connection reset', undefined],
      ['annotation attempt failed; trying again later', 'connection reset', undefined],
    ]);
  });
});
