/** One authentication scheme that a server offers. */
export interface Challenge {
  /** In lower case: `basic`, `bearer`. */
  readonly scheme: string;
  readonly params: Readonly<Record<string, string>>;
}

const MAX_LENGTH = 8_192;
const MAX_CHALLENGES = 10;
const SEPARATORS = /[\s,]*/y;
const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const PARAM = /([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/y;

/**
 * Parses a `WWW-Authenticate` header, which may hold several challenges (`Bearer realm="…", Basic realm="…"`). Stops at
 * the first unreadable part. If a parameter occurs twice, the first one counts.
 * https://www.rfc-editor.org/rfc/rfc9110#name-www-authenticate
 */
export function parseChallenges(header: string | undefined): Challenge[] {
  const text = (header ?? '').slice(0, MAX_LENGTH);
  const challenges: { scheme: string; params: Record<string, string> }[] = [];
  for (let at = 0; ;) {
    at += matchAt(SEPARATORS, text, at)?.[0].length ?? 0;
    const current = challenges.at(-1);
    const param = current && matchAt(PARAM, text, at);
    const found = param ?? matchAt(TOKEN, text, at);
    if (!found) return challenges;
    at += found[0].length;
    if (param) {
      const [, name = '', quoted, plain = ''] = param;
      current.params[name.toLowerCase()] ??= quoted?.replaceAll(/\\(.)/g, '$1') ?? plain;
    } else {
      if (challenges.length === MAX_CHALLENGES) return challenges;
      challenges.push({ scheme: found[0].toLowerCase(), params: Object.create(null) as Record<string, string> });
    }
  }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
