/** Injection token of the digest keys. The value is null if none are configured. */
export const AUDIT_KEYS = Symbol('AUDIT_KEYS');
