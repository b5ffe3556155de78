import { imageDigest } from './image-digest';

const A = `sha256:${'a'.repeat(64)}`;
const B = `sha256:${'b'.repeat(64)}`;

describe('imageDigest', () => {
  it.each([
    ['registry.example/team/shop:1.4', [`registry.example/team/shop@${A}`], A],
    ['registry.example:5000/shop', [`other.example/shop@${B}`, `registry.example:5000/shop@${A}`], A],
    // Docker Hub's repositories: Docker writes their short names, Podman their full names.
    ['nginx:1.25', [`mirror.example/nginx@${B}`, `nginx@${A}`], A],
    ['nginx', [`mirror.example/nginx@${B}`, `docker.io/library/nginx@${A}`], A],
    ['grafana/loki:3', [`mirror.example/loki@${B}`, `docker.io/grafana/loki@${A}`], A],
    ['localhost/shop:dev', [`docker.io/localhost/shop@${B}`, `localhost/shop@${A}`], A],
  ])('returns the digest of the requested repository: %s', (reference, known, digest) => {
    expect(imageDigest(reference, known)).toBe(digest);
  });

  it('returns the digest to which the image is pinned, whatever others are known', () => {
    expect(imageDigest(`registry.example/team/shop:1.4@${A}`, [`registry.example/team/shop@${B}`])).toBe(A);
    expect(imageDigest(`registry.example/team/shop@${A}`, [])).toBe(A);
  });

  it('returns the only known digest of an image that was started by id or has been renamed', () => {
    expect(imageDigest(A, [`registry.example/team/shop@${B}`])).toBe(B);
    expect(imageDigest('shop:old', [`a.example/shop@${B}`, `b.example/shop@${B}`])).toBe(B);
  });

  it.each([
    ['that was built here', 'shop:dev', []],
    ['with two possible digests', 'shop:old', [`a.example/shop@${A}`, `b.example/shop@${B}`]],
    ['with a malformed digest', 'shop:old', ['shop@<none>']],
  ])('returns null for an image %s', (_what, reference, known) => {
    expect(imageDigest(reference, known)).toBeNull();
  });
});
