import type { FieldError } from '@integrations/contracts';

const MESSAGE = 'looks like a credential: keep it in a secret store and name it in authRef';
/** Deeper bodies are refused anyway. */
const MAX_DEPTH = 40;

/** What a key says of its value, when it ends so: `accessToken`, `client_secret`, `tls.privateKeyPem`. */
const SECRET_KEY =
  /(token|password|passwd|passphrase|secret|credential|privatekey|apikey|accesskey|secretkey|signingkey|authorization|cookie)s?(pem|value|base64)?$/;

/** So that a body full of them is not answered by one ten times as large. */
const MAX_FINDINGS = 50;

/** How the credentials of the services that we know look. A prefix alone is a word; with characters after it, a value. */
const SECRET_VALUES = [
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY/, // every PEM kind; certificates and public keys are welcome
  /\bgh[opusr]_[A-Za-z0-9]{4,}/, // https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats
  /\bgithub_pat_[A-Za-z0-9_]{4,}/,
  /\bgl(pat|ptt|dt|rt|rtr|cbt|ft|soat|agent|oas|imt)-[A-Za-z0-9_-]{4,}/, // https://docs.gitlab.com/security/tokens/#token-prefixes
  /\b(AKIA|ASIA)[A-Z0-9]{12,}/, // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
  /\bAIza[A-Za-z0-9_-]{30,}/, // Google API key
  /\bya29\.[A-Za-z0-9_-]{10,}/, // Google OAuth access token
  /\bdckr_(pat|oat)_[A-Za-z0-9_-]{4,}/, // Docker Hub
  /\bAT(ATT|BB|CTT)[A-Za-z0-9_=-]{10,}/, // Atlassian
  /\bxox[abeoprs]-[A-Za-z0-9-]{4,}/, // Slack
  /\bhv[sbr]\.[A-Za-z0-9_-]{10,}/, // Vault
  /\bist_[A-Za-z0-9_-]{20,}/, // ours
  /\beyJ[A-Za-z0-9_-]{8,400}\.eyJ[A-Za-z0-9_-]{8}/, // JSON Web Token; bounded, for a body can be full of beginnings
  /:\/\/[^\s/?#@:]*:[^\s/?#@]+@/, // a URL with a password
];

/** Each field of a registration, whatever its shape, that seems to hold a credential. `authRef` is where one is named. */
export function findSecrets(body: unknown): FieldError[] {
  return scan(body, '', 0).slice(0, MAX_FINDINGS);
}

function scan(value: unknown, field: string, depth: number): FieldError[] {
  if (typeof value === 'string') return isSecret(value) ? [{ field, message: MESSAGE }] : [];
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    if (depth === 0 && key === 'authRef') return [];
    const path = pathOf(value, field, key);
    if (!Array.isArray(value) && namesSecret(key) && mayBeSecret(child)) return [{ field: path, message: MESSAGE }];
    return scan(child, path, depth + 1);
  });
}

function pathOf(parent: object, field: string, key: string): string {
  if (Array.isArray(parent)) return `${field}[${key}]`;
  const shown = isSecret(key) ? '(a key)' : key;
  return field === '' ? shown : `${field}.${shown}`;
}

function isSecret(text: string): boolean {
  return SECRET_VALUES.some((pattern) => pattern.test(text));
}

function namesSecret(key: string): boolean {
  return isSecret(key) || SECRET_KEY.test(key.toLowerCase().replaceAll(/[^a-z0-9]/g, ''));
}

/** Switches such as `requireCredential: true` hold no secret; nor does a null that takes one away. */
function mayBeSecret(value: unknown): boolean {
  return value !== null && typeof value !== 'boolean' && value !== '';
}
