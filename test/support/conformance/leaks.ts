import { inspect } from 'node:util';

const SHORTEST = 8;
/** From this length on, a line of a longer secret, such as a PEM key, counts as a secret itself. */
const SHORTEST_LINE = 24;

/** Length of the shortest form: the base64 of eight bytes in the middle of others. */
const BEGINNING = 6;

interface WrittenSecret {
  readonly form: string;
  readonly written: string;
  readonly length: number;
}

/**
 * Finds secrets in texts: plain, in base64 of either alphabet at any offset, in hex or URL-encoded. Reads a text only once,
 * however many tokens a vendor has issued.
 */
export class LeakFinder {
  readonly #known = new Set<string>();
  readonly #byBeginning = new Map<string, WrittenSecret[]>();

  /** The first secret that `text` shows, of `secrets` and those of earlier calls. */
  find(text: string, secrets: readonly string[]): string | undefined {
    for (const secret of secrets) this.#learn(secret);
    for (let at = 0; at + BEGINNING <= text.length; at++) {
      const candidates = this.#byBeginning.get(text.slice(at, at + BEGINNING));
      const leak = candidates?.find(({ written }) => text.startsWith(written, at));
      if (leak) return `${leak.form} of a secret of ${leak.length} characters`;
    }
    return undefined;
  }

  #learn(secret: string): void {
    if (this.#known.has(secret)) return;
    this.#known.add(secret);
    for (const part of parts(secret)) {
      for (const [form, written] of formsOf(part)) {
        const beginning = written.slice(0, BEGINNING);
        const alike = this.#byBeginning.get(beginning) ?? [];
        this.#byBeginning.set(beginning, alike);
        alike.push({ form, written, length: part.length });
      }
    }
  }
}

/** Everything that a logger, a debugger or a careless handler could print of a value: fields, stack, causes, JSON. */
export function everythingOf(value: unknown): string {
  const texts = [inspect(value, { depth: 8, showHidden: true, maxStringLength: null, maxArrayLength: null })];
  for (let error = value; error instanceof Error; error = error.cause) texts.push(error.message, error.stack ?? '');
  try {
    texts.push(JSON.stringify(value) ?? '');
  } catch {
    // Not every value has a JSON form; `inspect` has covered it.
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

/** The base64 characters that depend on the secret alone, if it begins at `offset` within a group of three bytes. */
function insideBase64(bytes: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  return encoded.slice(offset === 0 ? 0 : 4, encoded.length - 2);
}

function toBase64Url(text: string): string {
  return text.replaceAll('+', '-').replaceAll('/', '_');
}
