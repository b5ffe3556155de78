import { NamedSockets } from './named-sockets';

const SOCKET = 'unix:///var/run/docker.sock';

it.each([
  [['/var/run/docker.sock', '/run/other.sock'], SOCKET],
  [[], 'https://git.example.com'],
])('while %j may be named, %s passes', (paths, endpoint) => {
  expect(() => new NamedSockets(paths).judge(endpoint)).not.toThrow();
});

it.each([[[]], [['/var/run/docker']], [['/var/run/docker.sock.d']]])(
  'while %j may be named, a socket beside them is refused with the setting that would allow it',
  (paths) => {
    const message = expect.stringMatching(/docker\.sock .*EGRESS_UNIX_SOCKETS/);
    const refusal = { errorCode: 'egress_blocked', message, details: [{ field: 'endpoint', message }] };
    expect(() => new NamedSockets(paths).judge(SOCKET)).toThrow(expect.objectContaining(refusal));
  },
);
