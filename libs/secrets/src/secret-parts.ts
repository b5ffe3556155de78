/** A secret field in JSON, YAML or an INI file: `"token": "…"`, `client-key-data: …`, `password=…`. */
const FIELD =
  /(?:token|secret|password|private_?key|key-data)[\w-]{0,30}["']?\s{0,5}[:=]\s{0,5}("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"',{}]+)/gi;
const PRIVATE_KEY = /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]+-----END [A-Z ]{0,30}PRIVATE KEY-----/g;
/** `user:password`, but not a URL. */
const LOGIN = /^[^\s:{"']+:(?!\/\/)(\S+)$/;

/** The secrets within a compound secret: a kubeconfig's token, the key of a service account, the password of a login. */
export function secretParts(secret: string): string[] {
  const login = LOGIN.exec(secret.trim())?.[1];
  const fields = [...secret.matchAll(FIELD)].map(([, value = '']) => unquoted(value));
  return [...(login === undefined ? [] : [login]), ...fields, ...(secret.match(PRIVATE_KEY) ?? [])];
}

function unquoted(value: string): string {
  if (value.startsWith("'")) return value.slice(1, -1);
  if (!value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return value.slice(1, -1);
  }
}
