/**
 * What `serves` says of an instance whose base URL may have a path, for vendors that leave that path out over SSH: of
 * `https://example.com/gitlab`, projects are cloned from `git@example.com:acme/shop.git`.
 */
export function servedPlaces(baseUrl: string): readonly string[] {
  const { host, hostname, pathname } = new URL(baseUrl);
  const prefix = pathname.replace(/\/$/, '');
  return prefix === '' ? [host] : [`${host}${prefix}`, `ssh://${hostname}`];
}
