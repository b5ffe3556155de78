import { isURL, ValidateBy } from 'class-validator';

/** Characters, as it is given and as it is stored. */
export const MAX_ENDPOINT = 500;

const WEB = { protocols: ['http', 'https'], require_protocol: true, require_tld: false, disallow_auth: true };
/** One way only to write a path, so that it can be compared: no `.`, no `..`, nothing escaped. */
const SOCKET = /^unix:\/\/((?:\/(?!\.{1,2}(?:\/|$))[\w.@+-]+)+)$/;

/** The path of a unix socket, as in `unix:///run/docker.sock`; null of any other endpoint. */
export function socketPathOf(endpoint: string): string | null {
  return SOCKET.exec(endpoint)?.[1] ?? null;
}

/** An http or https URL without user and password, or a unix socket. What of them a provider takes is its own to say. */
export function IsEndpoint(): PropertyDecorator {
  const isEndpoint = (value: unknown) =>
    typeof value === 'string' && (isURL(value, WEB) || socketPathOf(value) !== null);
  // By the name of class-validator's own rule, as which schemas know it.
  return ValidateBy(
    { name: 'isUrl', validator: { validate: isEndpoint } },
    { message: 'must be an http or https URL, or unix:///<path> of a socket' },
  );
}
