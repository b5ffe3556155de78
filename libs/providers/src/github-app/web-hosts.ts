/** Where the repositories live that an API endpoint knows, as `git clone` and browsers name them. */
export function webHosts(endpoint: string): readonly string[] {
  const { hostname, host, pathname } = new URL(endpoint);
  // The second one is for networks that let only port 443 out.
  // https://docs.github.com/en/authentication/troubleshooting-ssh/using-ssh-over-the-https-port
  if (hostname === 'api.github.com') return ['github.com', 'ssh.github.com'];
  // Enterprise Cloud with data residency: api.acme.ghe.com and acme.ghe.com.
  // https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency/network-details-for-ghecom
  if (/^api\.[^.]+\.ghe\.com$/.test(hostname)) return [host.replace('api.', '')];
  // https://docs.github.com/en/enterprise-server@latest/rest/using-the-rest-api/getting-started-with-the-rest-api
  return [`${host}${pathname.replace(/\/api\/v3\/?$/, '').replace(/\/$/, '')}`];
}

/** Where the API can be whose repositories live at a host. */
export function apiHosts(host: string): readonly string[] {
  return host === 'ssh.github.com' ? ['api.github.com'] : [host, `api.${host}`];
}
