import { connectOptions } from './connect';

describe('connectOptions', () => {
  const options = (servers: string) => connectOptions({ servers, name: 'test' });

  it('takes several servers, with and without the scheme', () => {
    expect(options('nats://a:4222, b:4223').servers).toEqual(['a:4222', 'b:4223']);
  });

  it('uses inboxes with the name of the app, so that permissions can separate the apps', () => {
    expect(options('nats://a:4222').inboxPrefix).toBe('_INBOX.test');
  });

  it('reconnects forever, even after a refused credential', () => {
    expect(options('nats://a:4222')).toMatchObject({ maxReconnectAttempts: -1, ignoreAuthErrorAbort: true });
  });

  it('takes user and password from the URL, percent-decoded', () => {
    expect(options('nats://me:12%403@a:4222')).toMatchObject({ servers: ['a:4222'], user: 'me', pass: '12@3' });
  });

  it('treats a user name without a password as a token', () => {
    const withToken = options('nats://s3cret@a:4222');
    expect(withToken).toMatchObject({ servers: ['a:4222'], token: 's3cret' });
    expect(withToken.user).toBeUndefined();
  });

  it('uses TLS only with tls:// servers', () => {
    expect(options('tls://a:4222').tls).toEqual({});
    expect(options('nats://a:4222').tls).toBeUndefined();
  });

  it('uses TLS with every server if a TLS file is configured', () => {
    const files = { caFile: '/ca.pem' };
    expect(connectOptions({ servers: 'nats://a:4222', name: 'test', tls: files }).tls).toEqual(files);
  });

  it.each(['', 'http://a:4222', 'nats://', 'nats://user:secret@:4222'])(
    'refuses %j without repeating it',
    (servers) => {
      expect(() => options(servers)).toThrow(
        /^a NATS server must be given as nats:\/\/host:port or tls:\/\/host:port$/,
      );
    },
  );
});
