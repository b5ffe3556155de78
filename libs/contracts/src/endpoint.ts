import { isURL, ValidateBy } from 'class-validator';

/** The longest endpoint, in characters, both as sent and as stored. */
export const MAX_ENDPOINT = 500;

const WEB = { protocols: ['http', 'https'], require_protocol: true, require_tld: false, disallow_auth: true };
/** Allows one spelling per path, so that paths can be compared: no `.`, no `..`, no escapes. */
const SOCKET = /^unix:\/\/((?:\/(?!\.{1,2}(?:\/|$))[\w.@+-]+)+)$/;

/** The socket path of an endpoint such as `unix:///run/docker.sock`; null for any other endpoint. */
export function socketPathOf(endpoint: string): string | null {
  return SOCKET.exec(endpoint)?.[1] ?? null;
}

/**
 * An http or https URL without user and password, or a unix socket. Each provider decides which of these it accepts.
 */
export function IsEndpoint(): PropertyDecorator {
  const isEndpoint = (value: unknown) =>
    typeof value === 'string' && (isURL(value, WEB) || socketPathOf(value) !== null);
  // The name of class-validator's own rule, under which SCHEMA_CONVERTERS finds it.
  return ValidateBy(
    { name: 'isUrl', validator: { validate: isEndpoint } },
    { message: 'must be an http or https URL, or unix:///<path> of a socket' },
  );
}
