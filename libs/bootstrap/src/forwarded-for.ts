const WITH_PORT = /^(?:\[([\da-f:.]+)\](?::\d{1,5})?|([\d.]+):\d{1,5})$/i;

/**
 * The addresses of an `X-Forwarded-For` alone. Azure's gateways write the client's port beside its address, by which it
 * would be another client with each connection, and a trusted proxy would be known no more.
 * https://learn.microsoft.com/azure/application-gateway/how-application-gateway-works
 */
export function withoutPorts(forwardedFor: string): string {
  const addresses = forwardedFor.split(',').map((entry) => {
    const [, v6, v4] = WITH_PORT.exec(entry.trim()) ?? [];
    return v6 ?? v4 ?? entry.trim();
  });
  return addresses.join(', ');
}
