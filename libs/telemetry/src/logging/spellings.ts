/** A way in which a value may be written; `before` and `after` are characters that carry a part of it as well. */
export interface Spelling {
  readonly text: string;
  readonly before: number;
  readonly after: number;
}

/** Characters of a name in the DNS. */
const MAX_HOST = 253;
/** https://url.spec.whatwg.org/#forbidden-domain-code-point */
const NO_HOST = /[^!-~]|[#%/:<>?@[\\\]^|]/;

/**
 * Every spelling of `value` that is to be found: as it is, escaped in JSON or HTML, URL-encoded, as a URL has it for its host,
 * in hexadecimal, in base64 at any offset.
 */
export function spellingsOf(value: string): Spelling[] {
  // Whatever it stands in, a log line is JSON.
  const written = [value, ...escapedInHtml(value)].flatMap((text) => [text, ...escapedInJson(text)]);
  const encoded = [...urlEncoded(value), ...asHost(value), ...inHex(value)];
  const plain = [...written, ...encoded].map((text) => ({ text, before: 0, after: 0 }));
  return [...plain, ...linesOf(value), ...inBase64(value)];
}

/** JSON inside a JSON string is escaped twice: a body that was quoted in a message, for example. */
function escapedInJson(value: string): string[] {
  const once = JSON.stringify(value).slice(1, -1);
  return [once, JSON.stringify(once).slice(1, -1)];
}

/** As most write quotes; as Go does; as Python does. */
const HTML_QUOTES = [
  ['&quot;', '&#39;'],
  ['&#34;', '&#39;'],
  ['&quot;', '&#x27;'],
] as const;

/** A page that repeats what it refuses. */
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
  // Twice, as in the address that a login page is to lead back to.
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

/** Parsers write a host in lower case. No longer value can be one: the address that a service redirects to, for example. */
function asHost(value: string): string[] {
  return value.length <= MAX_HOST && !NO_HOST.test(value) ? [value.toLowerCase()] : [];
}

/** A key in PEM form is printed line by line by `util.inspect` and by whatever cuts long messages. */
function linesOf(value: string): Spelling[] {
  if (!value.includes('\n')) return [];
  return value.split(/\r?\n/).map((text) => ({ text, before: 0, after: 0 }));
}

/**
 * Base64 writes three octets as four characters, so what a value looks like depends on how many octets precede it
 * (`Basic base64(user:token)`). The characters at its edges also hold bits of its neighbours: they belong to it, but
 * cannot be known.
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
