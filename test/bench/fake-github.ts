// The fake GitHub in its own process, so that its CPU time is not counted elsewhere. Prints its URL and key; ends with stdin.
// Usage: node fake-github.ts COMMITS [LATENCY_MS]
import { generateAppKey, startFakeGitHub } from '../support/fake-github/index.ts';

const [commits = '0', latencyMs = '0'] = process.argv.slice(2);
const shaOf = (index: number): string => index.toString(16).padStart(40, '0');

const key = generateAppKey();
const github = await startFakeGitHub({
  appId: 1,
  publicKey: key.publicKey,
  validate: false,
  latencyMs: Number(latencyMs),
  rateLimit: null,
  installations: [
    {
      id: 1,
      account: 'acme',
      repositories: [{ name: 'webshop', commits: Array.from({ length: Number(commits) }, (_, index) => shaOf(index)) }],
    },
  ],
});
process.stdout.write(`${JSON.stringify({ url: github.url, privateKey: key.privateKey })}\n`);
process.stdin.resume().once('end', () => process.exit(0));
