/** What went wrong, and what lay beneath it where that does not say so itself. */
export function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  const { message, cause } = error;
  return cause instanceof Error && !message.includes(cause.message) ? `${message}: ${cause.message}` : message;
}
