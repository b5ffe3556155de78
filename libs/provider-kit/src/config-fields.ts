import { IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { IMAGE_PATTERN } from './registry/registry-probe';

/** Of the field `caBundle`, by which the egress client trusts a server; `behind`: whose authority it is. */
export function IsCaBundle(behind: string): PropertyDecorator {
  return composed(
    JSONSchema({ description: `PEM certificates of the authority behind ${behind}.` }),
    IsOptional(),
    Matches(/-----BEGIN CERTIFICATE-----/, { message: 'must be PEM certificates' }),
    MaxLength(100_000),
  );
}

/** Of the field `canary` of a registry, an image that is always there; `example`: how one reads there. */
export function IsCanary(
  example: string,
  description = `An image that is always there, as ${example}: tests and health checks look whether it may be pulled.`,
): PropertyDecorator {
  return composed(
    JSONSchema({ description }),
    IsOptional(),
    Matches(IMAGE_PATTERN, { message: `must be a repository and a tag without the host, such as ${example}` }),
    MaxLength(400),
  );
}

/** Of a field that holds where a server is, without a path. */
export function IsOrigin(): PropertyDecorator {
  return Matches(/^https?:\/\/[^/@?#\s]{1,255}$/, { message: 'must be https://host or https://host:port' });
}

/** Of a field that holds where a server is below which its API has paths of its own; `example`: how one reads there. */
export function IsBaseUrl(example: string): PropertyDecorator {
  return Matches(/^https?:\/\/[^/@?#\s]{1,255}(?:\/[A-Za-z0-9._~-]{1,100}){0,5}$/, {
    message: `must be a URL without a slash at its end, such as ${example}`,
  });
}

/** Of a field that holds the name before the colon of basic authentication. */
export function IsUserName(): PropertyDecorator {
  return composed(
    IsString(),
    Matches(/^[^:\u0000-\u001f\u007f]+$/, { message: 'must be a name without colons and control characters' }),
    Length(1, 255),
  );
}

/** As if they stood above the field, one below the other. */
export function composed(...decorators: readonly ((target: object, key: string) => void)[]): PropertyDecorator {
  return (target, key) => {
    for (const decorate of decorators.toReversed()) decorate(target, String(key));
  };
}
