import { readTraceparent, traceIdOf } from './trace-context';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`;

describe('the trace context', () => {
  it('is passed on as it came', () => {
    expect(readTraceparent(TRACEPARENT)).toBe(TRACEPARENT);
    expect(traceIdOf(TRACEPARENT)).toBe(TRACE_ID);
  });

  it.each([
    ['of a later version', TRACEPARENT.replace('00-', 'cc-')],
    ['of a later version with further fields', `${TRACEPARENT.replace('00-', 'cc-')}-what-the-future-holds`],
  ])('keeps the known fields if it is %s', (_what, header) => {
    expect(readTraceparent(header)).toBe(TRACEPARENT);
  });

  it.each([
    ['is absent', undefined],
    ['came more than once', [TRACEPARENT, TRACEPARENT]],
    ['came more than once, joined', `${TRACEPARENT}, ${TRACEPARENT}`],
    ['is empty', ''],
    ['has upper case', TRACEPARENT.toUpperCase()],
    ['has the invalid version', TRACEPARENT.replace('00-', 'ff-')],
    ['has a trace id of zeros', TRACEPARENT.replace(TRACE_ID, '0'.repeat(32))],
    ['has a parent id of zeros', TRACEPARENT.replace('00f067aa0ba902b7', '0'.repeat(16))],
    ['has more than its version allows', `${TRACEPARENT}-more`],
    ['has a further field without separator', `${TRACEPARENT.replace('00-', 'cc-')}.more`],
  ])('is ignored if it %s', (_what, header) => {
    expect(readTraceparent(header)).toBeUndefined();
  });
});
