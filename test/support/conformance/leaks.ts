import { inspect } from 'node:util';

const SHORTEST = 8;
/** A line of a longer secret, such as a PEM key, is as good as a secret from this length on. */
const SHORTEST_LINE = 24;

/** Where `text` shows one of the secrets: as it is, in base64 of either alphabet at any offset, in hex or URL-encoded. */
export function findLeak(text: string, secrets: readonly string[]): string | undefined {
  for (const secret of secrets.flatMap(parts)) {
    const form = formsOf(secret).find(([, written]) => text.includes(written));
    if (form) return `${form[0]} of a secret of ${secret.length} characters`;
  }
  return undefined;
}

/** Everything that a logger, a debugger or a careless handler could print of a value: fields, stack, causes, JSON. */
export function everythingOf(value: unknown): string {
  const texts = [inspect(value, { depth: 8, showHidden: true, maxStringLength: null, maxArrayLength: null })];
  for (let error = value; error instanceof Error; error = error.cause) texts.push(error.message, error.stack ?? '');
  try {
    texts.push(JSON.stringify(value) ?? '');
  } catch {
    // Not everything has a JSON form; inspect has shown it.
  }
  return texts.join('\n');
}

function parts(secret: string): string[] {
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= SHORTEST_LINE && !line.startsWith('-----'));
  return [secret, ...lines].filter((part) => part.length >= SHORTEST);
}

function formsOf(secret: string): [name: string, written: string][] {
  const bytes = Buffer.from(secret, 'utf8');
  const shifted = [0, 1, 2].map((offset) => insideBase64(bytes, offset));
  return [
    ['the text', secret],
    ['the URL-encoded form', encodeURIComponent(secret)],
    ['the hexadecimal form', bytes.toString('hex')],
    ...shifted.map((text) => ['the base64 form', text] as [string, string]),
    ...shifted.map((text) => ['the base64url form', toBase64Url(text)] as [string, string]),
  ];
}

/** The characters that depend on the secret alone, when it begins at `offset` within a group of three bytes. */
function insideBase64(bytes: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  return encoded.slice(offset === 0 ? 0 : 4, encoded.length - 2);
}

function toBase64Url(text: string): string {
  return text.replaceAll('+', '-').replaceAll('/', '_');
}
