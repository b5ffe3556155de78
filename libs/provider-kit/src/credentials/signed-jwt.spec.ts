import { constants, generateKeyPairSync, verify } from 'node:crypto';
import { signedJwt } from './signed-jwt';

describe('signedJwt', () => {
  const { publicKey: key, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });

  it.each([
    ['RS256', { key, padding: constants.RSA_PKCS1_PADDING }],
    ['PS256', { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }],
  ] as const)('signs by %s what the header and the claims say', (alg, verifier) => {
    const [header = '', claims = '', signature = ''] = signedJwt({ alg, kid: '7' }, { iss: 'a' }, privateKey).split(
      '.',
    );

    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({ alg, typ: 'JWT', kid: '7' });
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toEqual({ iss: 'a' });
    const input = Buffer.from(`${header}.${claims}`);
    expect(verify('sha256', input, verifier, Buffer.from(signature, 'base64url'))).toBe(true);
  });
});
