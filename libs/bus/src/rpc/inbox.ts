/**
 * Whether a reply may go there. A requester names any subject it likes, and the answer would be published with our
 * permissions: into the event stream, for example. Inboxes begin with an underscore, `_INBOX` by custom and `_R_` where
 * another account imports the service; no other subject of NATS or ours does.
 */
export function isInbox(subject: string): boolean {
  return subject.startsWith('_');
}
