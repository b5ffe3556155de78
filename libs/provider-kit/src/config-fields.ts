import { IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { IMAGE_PATTERN } from './registry/registry-probe';

/** For the field `caBundle`, whose authorities the egress client trusts. `behind` names the server. */
export function IsCaBundle(behind: string): PropertyDecorator {
  return composed(
    JSONSchema({ description: `PEM certificates of the authority behind ${behind}.` }),
    IsOptional(),
    Matches(/-----BEGIN CERTIFICATE-----/, { message: 'must be PEM certificates' }),
    MaxLength(100_000),
  );
}

/** For the field `canary` of a registry, an image that always exists. `example` shows what its name looks like. */
export function IsCanary(
  example: string,
  description = `An image that always exists, such as ${example}. Tests and health checks verify that it can be pulled.`,
): PropertyDecorator {
  return composed(
    JSONSchema({ description }),
    IsOptional(),
    Matches(IMAGE_PATTERN, { message: `must be a repository and a tag without the host, such as ${example}` }),
    MaxLength(400),
  );
}

/** For a field that holds the origin of a server: no path. */
export function IsOrigin(): PropertyDecorator {
  return Matches(/^https?:\/\/[^/@?#\s]{1,255}$/, { message: 'must be https://host or https://host:port' });
}

/** For a field that holds the base URL of a server's API. `example` shows what one looks like. */
export function IsBaseUrl(example: string): PropertyDecorator {
  return Matches(/^https?:\/\/[^/@?#\s]{1,255}(?:\/[A-Za-z0-9._~-]{1,100}){0,5}$/, {
    message: `must be a URL without a trailing slash, such as ${example}`,
  });
}

/** For a field that holds the user name of basic authentication. */
export function IsUserName(): PropertyDecorator {
  return composed(
    IsString(),
    Matches(/^[^:\u0000-\u001f\u007f]+$/, { message: 'must be a name without colons and control characters' }),
    Length(1, 255),
  );
}

/** Applies the decorators as if they were written above the field in this order. */
export function composed(...decorators: readonly ((target: object, key: string) => void)[]): PropertyDecorator {
  return (target, key) => {
    for (const decorate of decorators.toReversed()) decorate(target, String(key));
  };
}
