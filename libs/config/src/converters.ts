import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { Transform } from 'class-transformer';
import { IsArray, IsBoolean, IsInt, IsOptional, Matches, Max, Min, ValidateBy } from 'class-validator';

const BOOLEANS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);
const TLS_FILES = ['sslrootcert', 'sslcert', 'sslkey'];
const TLS_PARAMETERS = ['sslmode', ...TLS_FILES, 'sslnegotiation', 'ssl'];
const SSL_MODES = ['disable', 'no-verify', 'prefer', 'require', 'verify-ca', 'verify-full'];

/** A whole number in decimal digits, from `min` to `max`. */
export function AsInt({ min, max }: { readonly min: number; readonly max: number }): PropertyDecorator {
  const message = `must be a whole number from ${min} to ${max}`;
  return combine(
    fromText((text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : text)),
    IsInt({ message }),
    Min(min, { message }),
    Max(max, { message }),
  );
}

/** `true`, `false`, `1` or `0`. */
export function AsBoolean(): PropertyDecorator {
  return combine(
    fromText((text) => BOOLEANS.get(text.toLowerCase()) ?? text),
    IsBoolean({ message: 'must be true or false' }),
  );
}

/** A comma-separated list. Items are trimmed, and empty ones dropped. */
export function AsList(): PropertyDecorator {
  const items = (text: string) => text.split(',').map((item) => item.trim());
  return combine(
    fromText((text) => items(text).filter((item) => item !== '')),
    IsArray({ message: 'must be a list with commas between its items' }),
  );
}

/** A list of addresses and ranges of addresses, IPv4 or IPv6. */
export function AsAddressRanges(): PropertyDecorator {
  return combine(
    AsList(),
    ValidateBy(
      { name: 'isAddressRange', validator: { validate: isAddressRange } },
      { each: true, message: 'must be addresses or CIDR ranges, separated by commas' },
    ),
  );
}

/** A URL with one of the schemes. Unlike `IsUrl`, its message never shows the password. */
export function IsServiceUrl(...schemes: readonly string[]): PropertyDecorator {
  const allowed = schemes.map((scheme) => `${scheme}://`);
  return ValidateBy(
    { name: 'isServiceUrl', validator: { validate: (value) => isServiceUrl(value, allowed) } },
    { message: `must be a URL that ${describeUrl(allowed)}` },
  );
}

/** The URL of a PostgreSQL server. Its TLS parameters must be ones that the driver knows: it would ignore any others. */
export function IsDatabaseUrl(): PropertyDecorator {
  const forUrl = (check: (url: URL) => boolean) => (value: unknown) =>
    typeof value !== 'string' || !URL.canParse(value) || check(new URL(value));
  return combine(
    IsServiceUrl('postgres', 'postgresql'),
    ValidateBy(
      { name: 'hasKnownTlsParameters', validator: { validate: forUrl(hasKnownTlsParameters) } },
      { message: `must set up TLS with ${TLS_PARAMETERS.join(', ')}, with sslmode one of ${SSL_MODES.join(', ')}` },
    ),
    ValidateBy(
      // The driver would report an unreadable file as an unreachable server, and ignore a file that is not PEM.
      { name: 'namesPemFiles', validator: { validate: forUrl(namesPemFiles) } },
      { message: `must name readable PEM files with ${TLS_FILES.join(', ')}` },
    ),
    ValidateBy(
      // libpq accepts a list there; the driver would treat the list as the name of one host.
      { name: 'isOfOneHost', validator: { validate: forUrl((url) => !url.searchParams.get('host')?.includes(',')) } },
      { message: 'must name only one host in its parameter host too' },
    ),
  );
}

/** As IsServiceUrl, for one or more comma-separated servers of one purpose. */
export function AreServiceUrls(...schemes: readonly string[]): PropertyDecorator {
  const allowed = schemes.map((scheme) => `${scheme}://`);
  const areServiceUrls = (value: unknown) =>
    typeof value === 'string' && value.split(',').every((url) => isServiceUrl(url.trim(), allowed));
  return ValidateBy(
    { name: 'areServiceUrls', validator: { validate: areServiceUrls } },
    { message: `must be a URL, or several separated by commas, each of which ${describeUrl(allowed)}` },
  );
}

/** A path that does not depend on the working directory; with `each`, a list of paths. */
export function IsAbsolutePath({ each = false } = {}): PropertyDecorator {
  return Matches(/^\//, {
    each,
    message: each ? 'must be absolute paths, separated by commas' : 'must be an absolute path',
  });
}

/** The path of a PEM file. Checked at the start, because the file is only read when it is used. */
export function IsPemFile(): PropertyDecorator {
  return combine(
    IsAbsolutePath(),
    ValidateBy(
      { name: 'isPemFile', validator: { validate: (value) => isPemFile(String(value)) } },
      { message: 'must name a readable PEM file' },
    ),
  );
}

export function IsDirectory(): PropertyDecorator {
  // A directory that we may not enter, and so not read, has no visible entry `.`.
  const isDirectory = (value: unknown) => existsSync(`${String(value)}/.`);
  return combine(
    IsAbsolutePath(),
    ValidateBy(
      { name: 'isDirectory', validator: { validate: isDirectory } },
      { message: 'must name a directory that can be entered' },
    ),
  );
}

/** Rejects a setting if `other` is set as well; `otherKey` is the environment variable of `other`. */
export function IsInsteadOf(other: string, otherKey: string): PropertyDecorator {
  const isAlone = (_value: unknown, of?: { object: object }) => Reflect.get(of?.object ?? {}, other) === undefined;
  return ValidateBy(
    { name: 'isInsteadOf', validator: { validate: isAlone } },
    { message: `must not be set together with ${otherKey}` },
  );
}

/** Rejects a setting that would be ignored, because only `fileKey`, which names a file, is read. */
export function IsReadFromFile(fileKey: string): PropertyDecorator {
  return combine(
    IsOptional(),
    ValidateBy(
      { name: 'isReadFromFile', validator: { validate: () => false } },
      { message: `is not read: put it into a file and name the file in ${fileKey}` },
    ),
  );
}

function isAddressRange(text: unknown): boolean {
  const [, address, bits = '0'] = /^([0-9A-Fa-f.:]+)(?:\/(\d{1,3}))?$/.exec(String(text)) ?? [];
  const family = isIP(address ?? '');
  return family !== 0 && Number(bits) <= (family === 4 ? 32 : 128);
}

function hasKnownTlsParameters({ searchParams }: URL): boolean {
  const names = [...searchParams.keys()].filter((name) => /ssl|tls/i.test(name));
  const mode = searchParams.get('sslmode') ?? 'disable';
  return names.every((name) => TLS_PARAMETERS.includes(name)) && SSL_MODES.includes(mode);
}

function namesPemFiles({ searchParams }: URL): boolean {
  return TLS_FILES.flatMap((name) => searchParams.getAll(name)).every(isPemFile);
}

function isPemFile(path: string): boolean {
  try {
    return readFileSync(path, 'utf8').includes('-----BEGIN ');
  } catch {
    return false;
  }
}

/** Also checks the encoding: a URL may hold a stray %, and decoding its password would then throw. */
function isServiceUrl(text: unknown, prefixes: readonly string[]): boolean {
  if (typeof text !== 'string' || !prefixes.some((prefix) => text.startsWith(prefix))) return false;
  const url = URL.parse(text);
  return url !== null && /^[^,]+$/.test(url.hostname) && canDecode(url.username) && canDecode(url.password);
}

function describeUrl(prefixes: readonly string[]): string {
  return `begins with ${prefixes.join(' or ')} and names one host, with user and password percent-encoded`;
}

function canDecode(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** A value that cannot be converted stays text, so that the accompanying validation rule rejects it. */
function fromText(convert: (text: string) => unknown): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? convert(value) : value));
}

function combine(...decorators: readonly PropertyDecorator[]): PropertyDecorator {
  return (target, property) => decorators.forEach((decorate) => decorate(target, property));
}
