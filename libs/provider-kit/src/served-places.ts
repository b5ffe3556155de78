/**
 * The result of `serves` for vendors that leave the base URL's path out of SSH addresses: projects of
 * `https://example.com/gitlab` are cloned from `git@example.com:acme/shop.git`.
 */
export function servedPlaces(baseUrl: string): readonly string[] {
  const { host, hostname, pathname } = new URL(baseUrl);
  const prefix = pathname.replace(/\/$/, '');
  return prefix === '' ? [host] : [`${host}${prefix}`, `ssh://${hostname}`];
}
