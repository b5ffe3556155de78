/** What the keys of digests are injected by; null where none are configured. */
export const AUDIT_KEYS = Symbol('AUDIT_KEYS');
