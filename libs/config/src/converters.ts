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

/** A whole number in decimal digits, within `min` and `max` where given. */
export function AsInt(range: { readonly min?: number; readonly max?: number } = {}): PropertyDecorator {
  const message = describeRange(range);
  return all(
    fromText((text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : text)),
    IsInt({ message }),
    ...(range.min === undefined ? [] : [Min(range.min, { message })]),
    ...(range.max === undefined ? [] : [Max(range.max, { message })]),
  );
}

/** `true`, `false`, `1` or `0`. */
export function AsBoolean(): PropertyDecorator {
  return all(
    fromText((text) => BOOLEANS.get(text.toLowerCase()) ?? text),
    IsBoolean({ message: 'must be true or false' }),
  );
}

/** Texts between commas, without the blanks around them; empty ones are dropped. */
export function AsList(): PropertyDecorator {
  const items = (text: string) => text.split(',').map((item) => item.trim());
  return all(
    fromText((text) => items(text).filter((item) => item !== '')),
    IsArray({ message: 'must be a list with commas between its items' }),
  );
}

/** A list of addresses and ranges of addresses, IPv4 or IPv6. */
export function AsAddressRanges(): PropertyDecorator {
  return all(
    AsList(),
    ValidateBy(
      { name: 'isAddressRange', validator: { validate: isAddressRange } },
      { each: true, message: 'must be addresses or CIDR ranges, separated by commas' },
    ),
  );
}

/** A URL of one of the schemes; unlike `IsUrl` it never shows the password in what it says. */
export function IsServiceUrl(...schemes: readonly string[]): PropertyDecorator {
  const allowed = schemes.map((scheme) => `${scheme}://`);
  return ValidateBy(
    { name: 'isServiceUrl', validator: { validate: (value) => isReadable(value, allowed) } },
    { message: `must be a URL that ${describeUrl(allowed)}` },
  );
}

/** The URL of a PostgreSQL. What it says of TLS must be what the driver knows: the rest would be overlooked. */
export function IsDatabaseUrl(): PropertyDecorator {
  const isUrl = (holds: (url: URL) => boolean) => (value: unknown) =>
    typeof value !== 'string' || !URL.canParse(value) || holds(new URL(value));
  return all(
    IsServiceUrl('postgres', 'postgresql'),
    ValidateBy(
      { name: 'tellsTls', validator: { validate: isUrl(tellsTls) } },
      { message: `must tell TLS by ${TLS_PARAMETERS.join(', ')}, and sslmode is one of ${SSL_MODES.join(', ')}` },
    ),
    ValidateBy(
      // The driver tells of them as of a server that is away, or takes what is no PEM for none at all.
      { name: 'namesPemFiles', validator: { validate: isUrl(namesPemFiles) } },
      { message: `must name files in PEM that can be read by ${TLS_FILES.join(', ')}` },
    ),
    ValidateBy(
      // libpq takes a list there; the driver takes that for the name of one.
      { name: 'isOfOneHost', validator: { validate: isUrl((url) => !url.searchParams.get('host')?.includes(',')) } },
      { message: 'must name one host in its parameter host as well' },
    ),
  );
}

/** As IsServiceUrl, of several servers for one purpose, with commas between them. */
export function AreServiceUrls(...schemes: readonly string[]): PropertyDecorator {
  const allowed = schemes.map((scheme) => `${scheme}://`);
  const areServiceUrls = (value: unknown) =>
    typeof value === 'string' && value.split(',').every((url) => isReadable(url.trim(), allowed));
  return ValidateBy(
    { name: 'areServiceUrls', validator: { validate: areServiceUrls } },
    { message: `must be a URL, or several separated by commas, each of which ${describeUrl(allowed)}` },
  );
}

/** A path that means the same whatever directory the app was started in; with `each`, a list of them. */
export function IsAbsolutePath({ each = false } = {}): PropertyDecorator {
  return Matches(/^\//, {
    each,
    message: each ? 'must be absolute paths, separated by commas' : 'must be an absolute path',
  });
}

/** Read again whenever it is used; a wrong path would be told only then. */
export function IsPemFile(): PropertyDecorator {
  return all(
    IsAbsolutePath(),
    ValidateBy(
      { name: 'isPemFile', validator: { validate: (value) => isPemFile(String(value)) } },
      { message: 'must name a file in PEM that can be read' },
    ),
  );
}

export function IsDirectory(): PropertyDecorator {
  // What may not be entered, and so not be read, has no such entry either.
  const isDirectory = (value: unknown) => existsSync(`${String(value)}/.`);
  return all(
    IsAbsolutePath(),
    ValidateBy(
      { name: 'isDirectory', validator: { validate: isDirectory } },
      { message: 'must name a directory that can be entered' },
    ),
  );
}

/** Refuses a setting while `other` is set as well; `otherKey` is that one's environment variable. */
export function IsInsteadOf(other: string, otherKey: string): PropertyDecorator {
  const isAlone = (_value: unknown, of?: { object: object }) => Reflect.get(of?.object ?? {}, other) === undefined;
  return ValidateBy(
    { name: 'isInsteadOf', validator: { validate: isAlone } },
    { message: `must not be set together with ${otherKey}` },
  );
}

/** Refuses a setting of whose kind only `fileKey`, the name of a file, is read: it would be overlooked. */
export function IsReadFromFile(fileKey: string): PropertyDecorator {
  return all(
    IsOptional(),
    ValidateBy(
      { name: 'isReadFromFile', validator: { validate: () => false } },
      { message: `is not read: put it into a file and name that by ${fileKey}` },
    ),
  );
}

function isAddressRange(text: unknown): boolean {
  const [, address, bits = '0'] = /^([0-9A-Fa-f.:]+)(?:\/(\d{1,3}))?$/.exec(String(text)) ?? [];
  const family = isIP(address ?? '');
  return family !== 0 && Number(bits) <= (family === 4 ? 32 : 128);
}

function tellsTls({ searchParams }: URL): boolean {
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

/** A URL leaves a % as it is that encodes nothing, and whoever decodes the password then throws. */
function isReadable(text: unknown, beginnings: readonly string[]): boolean {
  if (typeof text !== 'string' || !beginnings.some((beginning) => text.startsWith(beginning))) return false;
  const url = URL.parse(text);
  return url !== null && /^[^,]+$/.test(url.hostname) && canDecode(url.username) && canDecode(url.password);
}

function describeUrl(beginnings: readonly string[]): string {
  return `begins with ${beginnings.join(' or ')} and names one host, with user and password percent-encoded`;
}

function canDecode(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function describeRange({ min, max }: { readonly min?: number; readonly max?: number }): string {
  if (min !== undefined && max !== undefined) return `must be a whole number from ${min} to ${max}`;
  if (min !== undefined) return `must be a whole number of at least ${min}`;
  if (max !== undefined) return `must be a whole number of at most ${max}`;
  return 'must be a whole number';
}

/** What cannot be converted stays text, so that the rule beside the conversion refuses it. */
function fromText(convert: (text: string) => unknown): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? convert(value) : value));
}

function all(...decorators: readonly PropertyDecorator[]): PropertyDecorator {
  return (target, property) => decorators.forEach((decorate) => decorate(target, property));
}
