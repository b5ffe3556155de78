// The fake GitHub in a process of its own, so that its CPU is nobody else's. Prints its URL, key and a token; ends with stdin.
import { generateAppKey, startFakeGitHub } from '../support/fake-github/index.ts';

const COMMITS = Number(process.argv[2]);
const shaOf = (index: number): string => index.toString(16).padStart(40, '0');

const key = generateAppKey();
const github = await startFakeGitHub({
  appId: 1,
  publicKey: key.publicKey,
  validate: false,
  installations: [
    {
      id: 1,
      account: 'acme',
      repositories: [{ name: 'webshop', commits: Array.from({ length: COMMITS }, (_, index) => shaOf(index)) }],
    },
  ],
});
process.stdout.write(`${JSON.stringify({ url: github.url, privateKey: key.privateKey })}\n`);
process.stdin.resume().once('end', () => process.exit(0));
