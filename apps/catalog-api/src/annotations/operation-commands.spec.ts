import type { AuditRepository, Database, OperationRepository, Transaction } from '@integrations/database';
import type { OperationMetrics } from '@integrations/telemetry';
import type { PinoLogger } from 'nestjs-pino';
import { pino } from 'pino';
import { OperationCommands } from './operation-commands';

const ASKING = 'a'.repeat(32);
const ASKED = 'b'.repeat(32);
const traceparentOf = (traceId: string) => `00-${traceId}-00f067aa0ba902b7-01`;

/** The lines that cancelling, posting again and replaying an outdated operation log, in a request of the trace `asking`. */
async function logged(asking: string | undefined): Promise<string[]> {
  const lines: string[] = [];
  const row = { id: 'op-1', tenantId: 'acme', provider: 'in_memory', operation: 'comment', integrationId: 'one' };
  const ended = (state: string) => ({ ...row, state, prNumber: 7, commitSha: null, traceparent: traceparentOf(ASKED) });
  const operations = {
    cancel: () => Promise.resolve({ row: ended('cancelled'), now: true }),
    requeue: () => Promise.resolve(ended('superseded')),
    replay: () => Promise.resolve({ requeued: [ended('superseded')], last: null }),
  };
  const commands = new OperationCommands(
    { transaction: (run: (tx: Transaction) => unknown) => run({} as Transaction) } as unknown as Database,
    operations as unknown as OperationRepository,
    { append: () => Promise.resolve() } as unknown as AuditRepository,
    { annotated: () => undefined } as unknown as OperationMetrics,
    // What the logger of a request carries in each line.
    pino({ base: asking ? { traceId: asking } : {} }, { write: (line) => lines.push(line) }) as unknown as PinoLogger,
  );
  const caller = { tenantId: 'acme', name: 'tester', scopes: [], traceparent: asking && traceparentOf(asking) };
  await commands.cancel(caller, 'op-1');
  await commands.retry(caller, 'op-1');
  await commands.replay(caller, {});
  return lines;
}

describe('OperationCommands', () => {
  it('logs an end under the trace of the request that brought it about', async () => {
    const lines = await logged(ASKING);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { msg: 'annotation cancelled', operationId: 'op-1', traceId: ASKING },
      { msg: 'annotation superseded', operationId: 'op-1', traceId: ASKING },
      { msg: 'annotation superseded', operationId: 'op-1', traceId: ASKING },
    ]);
    // Counted in the text, because JSON.parse would keep only the second of two.
    expect(lines.map((line) => line.split('"traceId"').length - 1)).toEqual([1, 1, 1]);
  });

  it("logs an end under the operation's own trace if that request has none", async () => {
    const lines = await logged(undefined);
    expect(lines.map((line) => JSON.parse(line).traceId)).toEqual([ASKED, ASKED, ASKED]);
  });
});
