import { IsEndpoint, socketPathOf } from './endpoint';
import { validate } from './validation';

class Addressed {
  @IsEndpoint()
  endpoint: string;
}

const judge = (endpoint: unknown) => validate(Addressed, { endpoint }).ok;

describe('an endpoint', () => {
  it.each([
    'https://git.example.com/gitlab',
    'http://localhost:3000',
    'http://10.0.0.7:2375',
    'unix:///var/run/docker.sock',
    'unix:///run/user/1000/podman/podman.sock',
    'unix:///run/..data/a.sock',
  ])('may be %s', (endpoint) => {
    expect(judge(endpoint)).toBe(true);
  });

  it.each([
    ['git.example.com'],
    ['ftp://git.example.com'],
    ['https://user:password@git.example.com'],
    ['unix:'],
    ['unix://'],
    ['unix:///'],
    ['unix://run/docker.sock'],
    ['unix:////run/docker.sock'],
    ['unix:///run//docker.sock'],
    ['unix:///run/docker.sock/'],
    ['unix:///run/../etc/docker.sock'],
    ['unix:///run/./docker.sock'],
    ['unix:///run/docker%2esock'],
    ['unix:///run/docker.sock?x'],
    ['unix:///run/docker.sock#x'],
    ['unix:///run/docker.sock\n'],
    ['UNIX:///run/docker.sock'],
    [7],
  ])('may not be %j', (endpoint) => {
    expect(judge(endpoint)).toBe(false);
    expect(socketPathOf(String(endpoint))).toBeNull();
  });
});

it('socketPathOf finds the path of a socket, and none for other endpoints', () => {
  expect(socketPathOf('unix:///var/run/docker.sock')).toBe('/var/run/docker.sock');
  expect(socketPathOf('https://git.example.com/var/run')).toBeNull();
});
