const WARNING = /\b299 [^\s"]{1,100} "((?:[^"\\]|\\.){1,2000})"/g;
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * The texts of a `Warning` header, for operators. Omits texts that repeat the credential from our `Authorization`
 * header.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#warnings
 */
export function warningsIn(header: string | undefined, authorization: string | undefined): string[] {
  if (header === undefined) return []; // the usual case
  const texts = [...header.matchAll(WARNING)].map(([, text = '']) => text.replaceAll(/\\(.)/g, '$1'));
  const secrets = secretsIn(authorization);
  return texts
    .filter((text) => !secrets.some((secret) => text.includes(secret)))
    .map((text) => text.replaceAll(UNPRINTABLE, ' '));
}

function secretsIn(authorization: string | undefined): string[] {
  const [scheme, value] = authorization?.split(' ') ?? [];
  if (!value) return [];
  if (scheme !== 'Basic') return [value];
  const password = Buffer.from(value, 'base64')
    .toString()
    .replace(/^[^:]*:/, '');
  return [value, password].filter((secret) => secret !== '');
}
