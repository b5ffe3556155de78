import { CatalogConfig } from '../config';
import { NamedSockets } from './named-sockets';

const SOCKET = 'unix:///var/run/docker.sock';

const allowing = (egressUnixSockets: string[]) =>
  new NamedSockets(Object.assign(new CatalogConfig(), { egressUnixSockets }));

it.each([
  [['/var/run/docker.sock', '/run/other.sock'], SOCKET],
  [[], 'https://git.example.com'],
])('with %j allowed, NamedSockets accepts %s', (paths, endpoint) => {
  expect(() => allowing(paths).requireNamed(endpoint)).not.toThrow();
});

it.each([[[]], [['/var/run/docker']], [['/var/run/docker.sock.d']]])(
  'with %j allowed, NamedSockets refuses any other socket and names the setting that would allow it',
  (paths) => {
    const message = expect.stringMatching(/docker\.sock .*EGRESS_UNIX_SOCKETS/);
    const refusal = { errorCode: 'egress_blocked', message, details: [{ field: 'endpoint', message }] };
    expect(() => allowing(paths).requireNamed(SOCKET)).toThrow(expect.objectContaining(refusal));
  },
);
