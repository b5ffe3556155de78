/** The value if it is an http or https URL, which may be shown as a link; otherwise null. */
export function webUrl(value: unknown): string | null {
  return typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value) ? value : null;
}
