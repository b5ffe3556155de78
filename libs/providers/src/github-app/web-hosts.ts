/** The hosts and paths under which `git clone` and browsers find the repositories of an API endpoint. */
export function webHosts(endpoint: string): readonly string[] {
  const { hostname, host, pathname } = new URL(endpoint);
  // The second one is for networks that allow outgoing traffic on port 443 only.
  // https://docs.github.com/en/authentication/troubleshooting-ssh/using-ssh-over-the-https-port
  if (hostname === 'api.github.com') return ['github.com', 'ssh.github.com'];
  // Enterprise Cloud with data residency: api.acme.ghe.com and acme.ghe.com.
  // https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency/network-details-for-ghecom
  if (/^api\.[^.]+\.ghe\.com$/.test(hostname)) return [host.replace('api.', '')];
  // https://docs.github.com/en/enterprise-server@latest/rest/using-the-rest-api/getting-started-with-the-rest-api
  return [`${host}${pathname.replace(/\/api\/v3\/?$/, '').replace(/\/$/, '')}`];
}

/** The hosts at which the API may be whose repositories are at `host`. */
export function apiHosts(host: string): readonly string[] {
  return host === 'ssh.github.com' ? ['api.github.com'] : [host, `api.${host}`];
}
