const WITH_PORT = /^(?:\[([\da-f:.]+)\](?::\d{1,5})?|([\d.]+):\d{1,5})$/i;

/**
 * The addresses of an `X-Forwarded-For` without ports. Azure's gateways append the client's port to its address. With the
 * port, each connection would look like another client, and a trusted proxy would not be recognised.
 * https://learn.microsoft.com/azure/application-gateway/how-application-gateway-works
 */
export function withoutPorts(forwardedFor: string): string {
  const addresses = forwardedFor.split(',').map((entry) => {
    const [, v6, v4] = WITH_PORT.exec(entry.trim()) ?? [];
    return v6 ?? v4 ?? entry.trim();
  });
  return addresses.join(', ');
}
