import type { FieldError } from '@integrations/contracts';

const MESSAGE = 'looks like a credential: keep it in a secret store and name it in authRef';
/** Validation refuses deeper bodies anyway. */
const MAX_DEPTH = 40;

/** A key with such an ending names a credential: `accessToken`, `client_secret`, `tls.privateKeyPem`. */
const SECRET_KEY =
  /(token|password|passwd|passphrase|secret|credential|privatekey|apikey|accesskey|secretkey|signingkey|authorization|cookie)s?(pem|value|base64)?$/;

/** Keeps the response to a body full of credentials from being ten times as large. */
const MAX_FINDINGS = 50;

/**
 * The formats of credentials of known services. Each needs characters after the prefix, as a prefix alone may be a
 * word.
 */
const SECRET_VALUES = [
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY/, // private keys of any PEM kind; certificates and public keys are allowed
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
  /\beyJ[A-Za-z0-9_-]{8,400}\.eyJ[A-Za-z0-9_-]{8}/, // JSON Web Token; bounded, because a body may hold many such prefixes
  /:\/\/[^\s/?#@:]*:[^\s/?#@]+@/, // a URL with a password
];

/** The fields of a body of any shape that seem to hold a credential. `authRef` may hold a reference to one. */
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

/** False for switches such as `requireCredential: true`, and for a null that removes a value. */
function mayBeSecret(value: unknown): boolean {
  return value !== null && typeof value !== 'boolean' && value !== '';
}
