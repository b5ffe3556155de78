import { type FieldError, validate, type Validated } from '@integrations/contracts';
import { IsOptional, IsUrl, Matches, MaxLength } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

const AUTH_REF = /^authref:\/\//;
const AUTH_REF_MESSAGE = { message: 'must be a reference of the form authref://<store>/<path>[#<key>]' };

/** The key of `config` that is common to all providers, and that no plugin gets to see. */
export const CONNECTION = 'connection';

/** What of a `config` says where its integration is reached and how its server is trusted, whatever the provider. */
export const PLACE = ['caBundle', CONNECTION] as const;

/** How the endpoint of an integration is reached. Names secrets by reference only. */
export class ConnectionSettings {
  @JSONSchema({
    description:
      'Where the client certificate is kept that the service is shown: PEM, with the certificates between it and its authority, and with its key if clientKeyRef is absent.',
  })
  @IsOptional()
  @Matches(AUTH_REF, AUTH_REF_MESSAGE)
  @MaxLength(512)
  clientCertRef?: string;

  @JSONSchema({ description: 'Where the private key of the client certificate is kept: PEM, without a passphrase.' })
  @IsOptional()
  @Matches(AUTH_REF, AUTH_REF_MESSAGE)
  @MaxLength(512)
  clientKeyRef?: string;

  @JSONSchema({
    description:
      'The HTTP proxy that leads to the endpoint, `http://host:port`, instead of that of the platform; one of those that its operator lets integrations name.',
  })
  @IsOptional()
  @IsUrl({ protocols: ['http'], require_protocol: true, require_tld: false, disallow_auth: true })
  @Matches(/^http:\/\/[^/?#]+\/?$/, { message: 'must be of the form http://host:port' })
  @MaxLength(500)
  proxy?: string;

  @JSONSchema({ description: "Where the proxy's user and password are kept, as `user:password`." })
  @IsOptional()
  @Matches(AUTH_REF, AUTH_REF_MESSAGE)
  @MaxLength(512)
  proxyAuthRef?: string;
}

/** Reads it out of a whole `config`; the fields of the errors begin with `connection`. */
export function readConnection(config: unknown): Validated<ConnectionSettings> {
  const given = (config as Readonly<Record<string, unknown>> | null | undefined)?.[CONNECTION] ?? {};
  const checked = validate(ConnectionSettings, given);
  const errors = checked.ok ? orphans(checked.value) : checked.errors;
  if (errors.length === 0) return checked;
  return { ok: false, errors: errors.map(({ field, message }) => ({ field: under(field), message })) };
}

/** What means nothing by itself. */
function orphans({ clientCertRef, clientKeyRef, proxy, proxyAuthRef }: ConnectionSettings): FieldError[] {
  const keyAlone = clientKeyRef !== undefined && clientCertRef === undefined;
  const userAlone = proxyAuthRef !== undefined && proxy === undefined;
  return [
    ...(keyAlone ? [{ field: 'clientKeyRef', message: 'needs the clientCertRef of its certificate beside it' }] : []),
    ...(userAlone ? [{ field: 'proxyAuthRef', message: 'needs the proxy that it is for beside it' }] : []),
  ];
}

/** That part of a `config` which says where to. */
export function placeIn(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(PLACE.filter((key) => config[key] !== undefined).map((key) => [key, config[key]]));
}

/** The references to secrets among the settings, by their fields. */
export function refsOf({ clientCertRef, clientKeyRef, proxyAuthRef }: ConnectionSettings): Record<string, string> {
  return {
    ...(clientCertRef === undefined ? {} : { clientCertRef }),
    ...(clientKeyRef === undefined ? {} : { clientKeyRef }),
    ...(proxyAuthRef === undefined ? {} : { proxyAuthRef }),
  };
}

/** The `config` as its plugin knows it. */
export function withoutConnection(config: unknown): unknown {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) return config;
  const { [CONNECTION]: _, ...own } = config as Record<string, unknown>;
  return own;
}

function under(field: string): string {
  return field === '' ? CONNECTION : `${CONNECTION}.${field}`;
}
