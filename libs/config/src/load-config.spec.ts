import fc from 'fast-check';
import { IsIn, IsOptional, IsString, Matches } from 'class-validator';
import { ConfigError } from './config-error';
import { AsBoolean, AsInt, AsList } from './converters';
import { environmentKey, loadConfig } from './load-config';

class Example {
  @IsString()
  databaseUrl: string;

  @AsInt({ min: 1, max: 10 })
  workers: number = 4;

  @AsInt({ min: -20, max: 20 })
  offset: number = 0;

  @AsBoolean()
  tlsRequired: boolean = true;

  @AsList()
  @Matches(/^[a-z]+$/, { each: true, message: 'each must be lower-case letters' })
  allowedHosts: string[] = [];

  @IsOptional()
  @IsIn(['fast', 'safe'])
  mode?: 'fast' | 'safe';
}

function problemsOf(env: NodeJS.ProcessEnv): Record<string, string> {
  try {
    loadConfig(Example, env);
  } catch (error) {
    if (error instanceof ConfigError)
      return Object.fromEntries(error.problems.map(({ key, message }) => [key, message]));
    throw error;
  }
  throw new Error('nothing was wrong');
}

describe('loadConfig', () => {
  it('reads camelCase properties from their variables, converted by the decorators of the class', () => {
    const config = loadConfig(Example, {
      DATABASE_URL: 'postgres://db/app',
      WORKERS: '7',
      OFFSET: '-12',
      TLS_REQUIRED: 'FALSE',
      ALLOWED_HOSTS: ' a, b ,,c ',
      MODE: 'safe',
    });
    expect(config).toBeInstanceOf(Example);
    expect({ ...config }).toEqual({
      databaseUrl: 'postgres://db/app',
      workers: 7,
      offset: -12,
      tlsRequired: false,
      allowedHosts: ['a', 'b', 'c'],
      mode: 'safe',
    });
  });

  it('treats an empty variable as absent, so that the default applies', () => {
    const config = loadConfig(Example, { DATABASE_URL: 'x', WORKERS: '', TLS_REQUIRED: '', MODE: '' });
    expect(config).toMatchObject({ workers: 4, tlsRequired: true, allowedHosts: [] });
    expect(config.mode).toBeUndefined();
  });

  it('ignores variables that the class does not declare', () => {
    const config = loadConfig(Example, { DATABASE_URL: 'x', HOME: '/root', SECRET: 's', __PROTO__: 'x' });
    expect(Object.keys(config).sort()).toEqual(Object.keys(new Example()).sort());
  });

  it('names every wrong variable at once, with the allowed values', () => {
    expect(
      problemsOf({ WORKERS: '11', OFFSET: '1.5', TLS_REQUIRED: 'perhaps', ALLOWED_HOSTS: 'ok,NO', MODE: 'slow' }),
    ).toEqual({
      DATABASE_URL: 'is missing; must be a string',
      WORKERS: 'must be a whole number from 1 to 10',
      OFFSET: 'must be a whole number from -20 to 20',
      TLS_REQUIRED: 'must be true or false',
      ALLOWED_HOSTS: 'each must be lower-case letters',
      MODE: 'must be one of the following values: fast, safe',
    });
  });

  it('writes a line for each wrong variable', () => {
    const env = { WORKERS: 'x', MODE: 'y' };
    expect(() => loadConfig(Example, env)).toThrow(
      /^The configuration is wrong:\n {2}DATABASE_URL: .+\n {2}WORKERS: .+\n {2}MODE: .+$/,
    );
  });

  it.each(['1e1', '0x5', ' 5', '5 ', '5.0', '+5', 'Infinity', 'NaN', '9999999999999999999', '٣'])(
    'refuses %j as a whole number',
    (text) => {
      expect(problemsOf({ DATABASE_URL: 'x', WORKERS: text })).toHaveProperty('WORKERS');
    },
  );

  it('refuses a class with a property without a decorator, since it would never be read', () => {
    class Undecorated {
      @IsString()
      name: string = 'x';
      timeout: number = 5;
    }
    expect(() => loadConfig(Undecorated, {})).toThrow('Undecorated.timeout has no validation decorator');
  });

  it('never quotes a value', () => {
    const value = fc.string({ minLength: 6, maxLength: 60 }).map((text) => `Zq9${text}`);
    fc.assert(
      fc.property(value, value, value, (workers, tls, mode) => {
        const env = { WORKERS: workers, TLS_REQUIRED: tls, MODE: mode, ALLOWED_HOSTS: workers };
        const problems = JSON.stringify(problemsOf(env));
        expect(problems).not.toContain('Zq9');
      }),
    );
  });
});

describe('environmentKey', () => {
  it.each([
    ['port', 'PORT'],
    ['databaseUrl', 'DATABASE_URL'],
    ['shutdownTimeoutMs', 'SHUTDOWN_TIMEOUT_MS'],
    ['oauth2Issuer', 'OAUTH2_ISSUER'],
    ['dbURLBase', 'DB_URL_BASE'],
  ])('turns %s into %s', (property, key) => {
    expect(environmentKey(property)).toBe(key);
  });
});
