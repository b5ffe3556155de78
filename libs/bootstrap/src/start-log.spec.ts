import { BusError } from '@integrations/bus';
import { Logger } from '@nestjs/common';
import { StartLog } from './start-log';

describe('StartLog', () => {
  const lines: unknown[] = [];
  const keep =
    (level: string) =>
    (...line: unknown[]) =>
      void lines.push([level, ...line]);
  const log = new StartLog({ fatal: keep('fatal'), error: keep('error'), warn: keep('warn') });
  const bug = new TypeError('x is undefined');

  beforeAll(() => Logger.overrideLogger(log));
  beforeEach(() => lines.splice(0));

  it('writes fields and message in one line, like the logger that replaces it', () => {
    new Logger('Registry').warn({ packageName: 'ours' }, 'provider plugin not used');
    expect(lines).toEqual([['warn', { context: 'Registry', packageName: 'ours' }, 'provider plugin not used']]);
  });

  it('writes a message without fields, and an error with its stack', () => {
    new Logger('Nest').error('it broke');
    new Logger('Nest').fatal(bug);
    expect(lines).toEqual([
      ['error', { context: 'Nest' }, 'it broke'],
      ['fatal', { context: 'Nest', err: bug }, 'x is undefined'],
    ]);
  });

  it('does not log modules and routes', () => {
    new Logger('RouterExplorer').log('Mapped {/health, GET} route');
    expect(lines).toEqual([]);
  });

  it('skips a plain error that ends the start, which is printed elsewhere, but no other error', () => {
    const nest = new Logger('ExceptionHandler');
    nest.error(new BusError('provider_unavailable', 'cannot connect to NATS'));
    expect(lines).toEqual([]);
    nest.error(bug);
    new Logger('Bus').error(new BusError('provider_unavailable', 'a stream is gone'));
    expect(lines).toHaveLength(2);
  });
});
