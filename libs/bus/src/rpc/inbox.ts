/**
 * True if a reply may be sent to the subject. A requester may name any reply subject, and we would publish the answer with
 * our permissions, for example into the event stream. Inboxes begin with an underscore: `_INBOX` by convention, and `_R_`
 * where another account imports the service. No other subject of NATS or of ours does.
 */
export function isInbox(subject: string): boolean {
  return subject.startsWith('_');
}
