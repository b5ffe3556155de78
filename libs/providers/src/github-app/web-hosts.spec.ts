import { webHosts } from './web-hosts';

describe('webHosts', () => {
  it.each([
    ['https://api.github.com', ['github.com', 'ssh.github.com']],
    ['https://ghe.example.com/api/v3', ['ghe.example.com']],
    ['https://ghe.example.com:8443/api/v3', ['ghe.example.com:8443']],
    ['https://example.com/ghe/api/v3', ['example.com/ghe']],
    ['https://api.acme.ghe.com', ['acme.ghe.com']],
    ['http://127.0.0.1:4711', ['127.0.0.1:4711']],
    ['https://api.github.com.evil.example', ['api.github.com.evil.example']],
    ['https://api.acme.ghe.com.evil.example', ['api.acme.ghe.com.evil.example']],
  ])('of %s', (endpoint, hosts) => {
    expect(webHosts(endpoint)).toEqual(hosts);
  });
});
