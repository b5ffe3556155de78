import { HEADERS, isErrorCode, type OperationResult } from '@integrations/contracts';
import { headers as natsHeaders, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import fc from 'fast-check';
import { anyText } from './any-text';
import { almost, anyJson } from './any-json';

export interface AnyRequest {
  readonly body: string | Uint8Array;
  readonly headers: MsgHdrs | undefined;
}

/** The time after which a request without a reply counts as unanswered, in milliseconds. */
const SILENCE_MS = 60_000;

const headerName = fc.oneof(
  fc.constantFrom<string>(...Object.values(HEADERS), ...Object.values(HEADERS).map((name) => name.toUpperCase())),
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,20}$/),
);
// No line ends: the client itself rejects them.
const headerValue = fc.oneof(
  fc.constantFrom('', 'acme', '*', 'a.b', '0', '-1', '1e9', '5000', 'k'.repeat(256), '../..'),
  anyText({ maxLength: 40 }).filter((value) => !/[\r\n]/.test(value)),
);
const headers = fc.option(
  fc.array(fc.tuple(headerName, headerValue), { maxLength: 4 }).map((pairs) => {
    const all = natsHeaders();
    for (const [name, value] of pairs) all.append(name, value);
    return all;
  }),
  { nil: undefined },
);

/** Requests of every degree of invalidity: any bytes, any JSON, and valid requests with a wrong field or two. */
function anyRequest(valid: Readonly<Record<string, unknown>>): fc.Arbitrary<AnyRequest> {
  const body = fc.oneof(
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }) },
    { weight: 2, arbitrary: anyJson(Object.keys(valid)) },
    { weight: 3, arbitrary: almost(valid) },
  );
  return fc.record({ body, headers });
}

/** Expects an answer to whatever is sent to the subject: a success, or an error that is not our fault. */
export async function expectProperAnswers(
  caller: NatsConnection,
  subject: string,
  valid: Readonly<Record<string, unknown>>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(anyRequest(valid), async ({ body, headers }) => {
      const options = { timeout: SILENCE_MS, ...(headers ? { headers } : {}) };
      const result = (await caller.request(subject, body, options)).json<OperationResult<unknown>>();
      expect(Object.keys(result)).toEqual(expect.arrayContaining(['success', 'result', 'errorCode', 'details']));
      if (result.success) return expect(result.errorCode).toBeNull();
      expect(isErrorCode(result.errorCode)).toBe(true);
      expect(result.errorCode).not.toBe('internal');
    }),
    { numRuns: 50 },
  );
  const reply = await caller.request(subject, JSON.stringify(valid), { timeout: SILENCE_MS });
  expect(reply.json<OperationResult<unknown>>()).toMatchObject({ errorCode: null, success: true });
}
