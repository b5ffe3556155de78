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

  it('tells fields and message in one line, as the logger does that comes after it', () => {
    new Logger('Registry').warn({ packageName: 'ours' }, 'provider plugin not used');
    expect(lines).toEqual([['warn', { context: 'Registry', packageName: 'ours' }, 'provider plugin not used']]);
  });

  it('tells a message alone, and an error with its stack', () => {
    new Logger('Nest').error('it broke');
    new Logger('Nest').fatal(bug);
    expect(lines).toEqual([
      ['error', { context: 'Nest' }, 'it broke'],
      ['fatal', { context: 'Nest', err: bug }, 'x is undefined'],
    ]);
  });

  it('says nothing of modules and routes', () => {
    new Logger('RouterExplorer').log('Mapped {/health, GET} route');
    expect(lines).toEqual([]);
  });

  it('leaves a plain error that ends the start to who tells it in a sentence, and no other', () => {
    const nest = new Logger('ExceptionHandler');
    nest.error(new BusError('provider_unavailable', 'cannot connect to NATS'));
    expect(lines).toEqual([]);
    nest.error(bug);
    new Logger('Bus').error(new BusError('provider_unavailable', 'a stream is gone'));
    expect(lines).toHaveLength(2);
  });
});
