/** The error's message, followed by that of its cause if the message does not already contain it. */
export function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  const { message, cause } = error;
  return cause instanceof Error && !message.includes(cause.message) ? `${message}: ${cause.message}` : message;
}
