/** A spelling of a value. `before` and `after` count adjacent characters that also carry a part of the value. */
export interface Spelling {
  readonly text: string;
  readonly before: number;
  readonly after: number;
}

/** Maximum length of a DNS name. */
const MAX_HOST = 253;
/** https://url.spec.whatwg.org/#forbidden-domain-code-point */
const NO_HOST = /[^!-~]|[#%/:<>?@[\\\]^|]/;

/**
 * Every spelling of `value` to search for: plain, escaped in JSON or HTML, URL-encoded, as the host of a URL, in hexadecimal,
 * and in base64 at any offset.
 */
export function spellingsOf(value: string): Spelling[] {
  // Escaped in JSON as well, because every log line is JSON.
  const written = [value, ...escapedInHtml(value)].flatMap((text) => [text, ...escapedInJson(text)]);
  const encoded = [...urlEncoded(value), ...asHost(value), ...inHex(value)];
  const plain = [...written, ...encoded].map((text) => ({ text, before: 0, after: 0 }));
  return [...plain, ...linesOf(value), ...inBase64(value)];
}

/** Once and twice, because JSON inside a JSON string is escaped twice, for example a body that a message quotes. */
function escapedInJson(value: string): string[] {
  const once = JSON.stringify(value).slice(1, -1);
  return [once, JSON.stringify(once).slice(1, -1)];
}

/** Quotes as most libraries write them, as Go does, and as Python does. */
const HTML_QUOTES = [
  ['&quot;', '&#39;'],
  ['&#34;', '&#39;'],
  ['&quot;', '&#x27;'],
] as const;

/** For an HTML error page that repeats the rejected input. */
function escapedInHtml(value: string): string[] {
  const text = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return HTML_QUOTES.map(([double, single]) => text.replaceAll('"', double).replaceAll("'", single));
}

function inHex(value: string): string[] {
  const digits = Buffer.from(value, 'utf8').toString('hex');
  return [digits, digits.toUpperCase()];
}

function urlEncoded(value: string): string[] {
  const wellFormed = value.toWellFormed();
  const component = inBothCases(encodeURIComponent(wellFormed));
  const form = new URLSearchParams([['', wellFormed]]).toString().slice(1);
  // Encoded twice, as in the return address of a login page.
  const within = component.map(encodeURIComponent);
  return [...component, ...within, ...inBothCases(form), ...inBothCases(inUserinfo(wellFormed))];
}

function inBothCases(encoded: string): string[] {
  return [encoded, encoded.replaceAll(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase())];
}

function inUserinfo(value: string): string {
  const url = new URL('http://host');
  url.password = value;
  return url.password;
}

/** URL parsers write a host in lower case, for example in the target of a redirect. A longer value cannot be a host. */
function asHost(value: string): string[] {
  return value.length <= MAX_HOST && !NO_HOST.test(value) ? [value.toLowerCase()] : [];
}

/** `util.inspect`, and code that cuts long messages, prints a PEM key line by line. */
function linesOf(value: string): Spelling[] {
  if (!value.includes('\n')) return [];
  return value.split(/\r?\n/).map((text) => ({ text, before: 0, after: 0 }));
}

/**
 * Base64 writes three octets as four characters, so a value's spelling depends on how many octets precede it
 * (`Basic base64(user:token)`). The characters at its edges also hold bits of neighbouring octets: they belong to the value,
 * but cannot be predicted.
 */
function inBase64(value: string): Spelling[] {
  const octets = Buffer.from(value, 'utf8');
  return [0, 1, 2].flatMap((offset) => {
    const bits = (offset + octets.length) * 8;
    const encoded = Buffer.concat([Buffer.alloc(offset), octets]).toString('base64');
    const text = encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(bits / 6));
    const edges = { before: offset === 0 ? 0 : 1, after: bits % 6 === 0 ? 0 : 1 };
    return [
      { text, ...edges },
      { text: text.replaceAll('+', '-').replaceAll('/', '_'), ...edges },
      { text: encodeURIComponent(text), ...edges },
    ];
  });
}
