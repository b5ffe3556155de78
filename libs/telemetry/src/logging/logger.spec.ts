import { inspect } from 'node:util';
import { createLogger } from './logger';
import { Scrubber } from './scrubber';

const SECRET = 'p@ss/w0rd+"quoted"\nsecond line of it';
const PARTS = ['w0rd', 'second line', Buffer.from(SECRET).toString('base64').slice(0, 12), 'w0rd%2B'];

function logger(logLevel = 'info', scrubber = new Scrubber()) {
  const lines: string[] = [];
  const log = createLogger({ app: 'test-app', logLevel, scrubber, destination: { write: (line) => lines.push(line) } });
  return { log, lines, last: () => JSON.parse(lines.at(-1)!) as Record<string, unknown> };
}

function loggerWithSecret() {
  const scrubber = new Scrubber();
  scrubber.add(SECRET);
  return logger('info', scrubber);
}

describe('createLogger', () => {
  it('writes a JSON line with level, ISO time, app, fields and message', () => {
    const { log, lines, last } = logger();
    log.info({ integrationId: 'i-1', provider: 'github_app', operation: 'comment', prNumber: 7 }, 'annotation posted');
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    expect(last()).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      app: 'test-app',
      integrationId: 'i-1',
      provider: 'github_app',
      operation: 'comment',
      prNumber: 7,
      msg: 'annotation posted',
    });
  });

  it('writes nothing below its level', () => {
    const { log, lines } = logger('warn');
    log.info('no');
    log.debug('no');
    expect(lines).toEqual([]);
    log.warn('yes');
    expect(lines).toHaveLength(1);
  });

  it.each<[string, (log: ReturnType<typeof logger>['log']) => void]>([
    ['in the message', (log) => log.info(`got ${SECRET}`)],
    ['in a format argument', (log) => log.info('got %s', SECRET)],
    ['in a field', (log) => log.info({ value: SECRET }, 'm')],
    ['deep in a field', (log) => log.info({ a: [{ b: { c: `x${SECRET}x` } }] }, 'm')],
    ['as a key', (log) => log.info({ a: { [SECRET]: 1 } }, 'm')],
    ['in an error message', (log) => log.error({ err: new Error(`no ${SECRET}`) }, 'm')],
    ['in an error that is the only argument', (log) => log.error(new Error(SECRET))],
    ['in a stack', (log) => log.error({ err: Object.assign(new Error('x'), { stack: `at ${SECRET}` }) }, 'm')],
    ['in a cause', (log) => log.error({ err: new Error('x', { cause: new Error('y', { cause: SECRET }) }) }, 'm')],
    ['in an aggregate', (log) => log.error({ err: new AggregateError([new Error(SECRET)], 'x') }, 'm')],
    ['URL-encoded', (log) => log.info({ url: `https://h/?t=${encodeURIComponent(SECRET)}` }, 'm')],
    ['in base64', (log) => log.info({ a: `Basic ${Buffer.from(`bot:${SECRET}`).toString('base64')}` }, 'm')],
    ['as JSON in a message', (log) => log.info(`body was ${JSON.stringify({ token: SECRET })}`)],
    ['as JSON in JSON', (log) => log.info({ body1: JSON.stringify({ b: JSON.stringify({ token: SECRET }) }) }, 'm')],
    ['as util.inspect prints it', (log) => log.info(inspect({ deep: { token: SECRET } }))],
    ['in the bindings of a child', (log) => log.child({ from: SECRET }).info('m')],
  ])('never writes a known secret %s, and still writes JSON', (_where, write) => {
    const { log, lines, last } = loggerWithSecret();
    write(log);
    expect(lines).toHaveLength(1);
    PARTS.forEach((part) => expect(lines[0]).not.toContain(part));
    expect(JSON.stringify(last())).toContain('[redacted]');
    expect(last()).toMatchObject({ app: 'test-app', level: expect.any(String) });
  });

  it('redacts a secret that begins within an escape, and leaves valid JSON', () => {
    const scrubber = new Scrubber();
    scrubber.add('nabcdefgh');
    const { log, last } = logger('info', scrubber);
    log.info({ value: 'nabcdefgh' }, 'a \\nabcdefgh');
    expect(last()).toMatchObject({ value: '[redacted]', msg: 'a \\[redacted]' });
  });

  it('withholds a line that it cannot clean', () => {
    const scrubber = new Scrubber();
    scrubber.add('"a":1,"b":2');
    const { log, lines, last } = logger('info', scrubber);
    log.info({ a: 1, b: 2 }, 'm');
    expect(lines[0]).not.toContain('"a":1');
    expect(last()).toMatchObject({ level: 'error', msg: 'log line withheld: it contained a secret' });
  });

  it('redacts a secret that was logged as a number', () => {
    const scrubber = new Scrubber();
    scrubber.add('1234567890');
    const { log, last } = logger('info', scrubber);
    log.info({ pin: 1234567890 }, 'm');
    expect(last()).toMatchObject({ pin: '[redacted]' });
  });

  it.each(['authorization', 'password', 'token', 'privateKey', 'headers', 'body'])(
    'redacts the field %s even if its value was never registered',
    (field) => {
      const { log, last } = logger();
      log.info({ [field]: 'never registered', request: { [field]: 'never registered' }, other: 1 }, 'm');
      expect(last()).toMatchObject({ [field]: '[redacted]', request: { [field]: '[redacted]' }, other: 1 });
    },
  );
});
