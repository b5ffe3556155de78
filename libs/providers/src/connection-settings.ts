import { type FieldError, validate, type Validated } from '@integrations/contracts';
import { IsOptional, IsUrl, Matches, MaxLength } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

const AUTH_REF = /^authref:\/\//;
const AUTH_REF_MESSAGE = { message: 'must be a reference of the form authref://<store>/<path>[#<key>]' };

/** The key of `config` that all providers share. Plugins never see it. */
export const CONNECTION = 'connection';

/** The keys of `config` that say how the endpoint is reached and how its server is trusted, for every provider. */
export const PLACE = ['caBundle', CONNECTION] as const;

/** How the endpoint of an integration is reached. Names secrets by reference only. */
export class ConnectionSettings {
  @JSONSchema({
    description:
      'Reference to the client certificate to present to the service: PEM, with its intermediate certificates, and with its private key if clientKeyRef is absent.',
  })
  @IsOptional()
  @Matches(AUTH_REF, AUTH_REF_MESSAGE)
  @MaxLength(512)
  clientCertRef?: string;

  @JSONSchema({ description: 'Reference to the private key of the client certificate: PEM, without a passphrase.' })
  @IsOptional()
  @Matches(AUTH_REF, AUTH_REF_MESSAGE)
  @MaxLength(512)
  clientKeyRef?: string;

  @JSONSchema({
    description:
      'The HTTP proxy for the endpoint, `http://host:port`, instead of the proxy of the platform. Must be one of the proxies that the operator allows.',
  })
  @IsOptional()
  @IsUrl({ protocols: ['http'], require_protocol: true, require_tld: false, disallow_auth: true })
  @Matches(/^http:\/\/[^/?#]+\/?$/, { message: 'must have the form http://host:port' })
  @MaxLength(500)
  proxy?: string;

  @JSONSchema({ description: "Reference to the proxy's user name and password, as `user:password`." })
  @IsOptional()
  @Matches(AUTH_REF, AUTH_REF_MESSAGE)
  @MaxLength(512)
  proxyAuthRef?: string;
}

/** Reads the `connection` settings from a whole `config`; the fields of the errors begin with `connection`. */
export function readConnection(config: unknown): Validated<ConnectionSettings> {
  const given = (config as Readonly<Record<string, unknown>> | null | undefined)?.[CONNECTION] ?? {};
  const checked = validate(ConnectionSettings, given);
  const errors = checked.ok ? incompletePairs(checked.value) : checked.errors;
  if (errors.length === 0) return checked;
  return { ok: false, errors: errors.map(({ field, message }) => ({ field: under(field), message })) };
}

/** Settings that have no effect without another one. */
function incompletePairs({ clientCertRef, clientKeyRef, proxy, proxyAuthRef }: ConnectionSettings): FieldError[] {
  const keyAlone = clientKeyRef !== undefined && clientCertRef === undefined;
  const userAlone = proxyAuthRef !== undefined && proxy === undefined;
  return [
    ...(keyAlone ? [{ field: 'clientKeyRef', message: 'needs clientCertRef as well' }] : []),
    ...(userAlone ? [{ field: 'proxyAuthRef', message: 'needs proxy as well' }] : []),
  ];
}

/** The part of a `config` named by PLACE. */
export function placeIn(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(PLACE.filter((key) => config[key] !== undefined).map((key) => [key, config[key]]));
}

/** The secret references among the settings, by field. */
export function refsOf({ clientCertRef, clientKeyRef, proxyAuthRef }: ConnectionSettings): Record<string, string> {
  return {
    ...(clientCertRef === undefined ? {} : { clientCertRef }),
    ...(clientKeyRef === undefined ? {} : { clientKeyRef }),
    ...(proxyAuthRef === undefined ? {} : { proxyAuthRef }),
  };
}

/** The `config` as its plugin sees it. */
export function withoutConnection(config: unknown): unknown {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) return config;
  const { [CONNECTION]: _, ...own } = config as Record<string, unknown>;
  return own;
}

function under(field: string): string {
  return field === '' ? CONNECTION : `${CONNECTION}.${field}`;
}
