import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { ConfigError, type ConfigProblem } from './config-error';

/**
 * Reads a DTO class from the environment: property `databaseUrl` from `DATABASE_URL`. Only declared properties are read. An
 * empty variable counts as absent, so its default applies.
 * Throws ConfigError, which names every invalid variable and what is allowed, but never a value.
 */
export function loadConfig<T extends object>(Dto: new () => T, env: NodeJS.ProcessEnv): T {
  const present = declaredProperties(Dto)
    .map((property) => [property, env[environmentKey(property)]] as const)
    .filter(([, text]) => text !== undefined && text !== '');
  const given = Object.fromEntries(present);

  const config = plainToInstance(Dto, given, { exposeDefaultValues: true });
  const errors = validateSync(config, { forbidUnknownValues: false, validationError: { target: false, value: false } });
  if (errors.length > 0) throw new ConfigError(errors.map((error) => problemOf(error, given)));
  return config;
}

/** `shutdownTimeoutMs` → `SHUTDOWN_TIMEOUT_MS`. */
export function environmentKey(property: string): string {
  return property
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toUpperCase();
}

function declaredProperties(Dto: new () => object): readonly string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(Dto, '', false, false);
  const declared = new Set(rules.map((rule) => rule.propertyName));
  const undecorated = Object.keys(new Dto()).find((property) => !declared.has(property));
  // A property without a rule would not be read at all: a mistake in the class, not in the environment.
  if (undecorated) throw new TypeError(`${Dto.name}.${undecorated} has no validation decorator`);
  return [...declared];
}

function problemOf(error: ValidationError, given: object): ConfigProblem {
  const rules = new Set(
    Object.values(error.constraints ?? {}).map((message) =>
      message.startsWith(`${error.property} `) ? message.slice(error.property.length + 1) : message,
    ),
  );
  const missing = Object.hasOwn(given, error.property) ? [] : ['is missing'];
  return { key: environmentKey(error.property), message: [...missing, ...rules].join('; ') };
}
