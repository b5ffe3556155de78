import type { FakeGitHub, Fault } from '../../support/fake-github/index.ts';
import type { Random } from './random';

type Kind = Omit<Fault, 'when' | 'times'>;

const HTML = '<html><body>Bad gateway</body></html>';
const LIMITED = JSON.stringify({ message: 'You have exceeded a secondary rate limit.' });
const USED_UP = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.floor(Date.now() / 1_000)) };

/** Faults that may hit any call, even GitHub's answers about its own app. */
const COMMON: readonly Kind[] = [
  { processed: true, reply: 'reset' },
  { processed: false, reply: 'reset' },
  { processed: false, reply: { status: 500 } },
  { processed: false, reply: { status: 502, body: HTML } },
  { processed: true, reply: { status: 502, body: HTML } },
  { processed: true, reply: 'garbage' },
  { processed: true, reply: 'truncate' },
];
/** Faults that keep one lane, or all of them, waiting for seconds. */
const RARE: readonly Kind[] = [
  { processed: true, reply: 'hang' },
  { processed: false, reply: 'hang' },
  { processed: false, reply: { status: 429, headers: { 'retry-after': '1' } } },
  { processed: false, reply: { status: 403, headers: { 'retry-after': '1' }, body: LIMITED } },
  { processed: false, reply: { status: 403, headers: USED_UP } },
];
const COMMON_SHARE = 0.005;
const RARE_SHARE = 0.000_5;

/** Makes GitHub fail at random from now on. */
export function misbehave(github: FakeGitHub, random: Random): void {
  const inject = (kind: Kind, share: number) =>
    github.inject({ ...kind, times: Infinity, when: () => random.chance(share) });
  for (const kind of RARE) inject(kind, RARE_SHARE);
  for (const kind of COMMON) inject(kind, COMMON_SHARE);
}

/** A rate limit without a reset time, which stops all work for a minute. */
export function refuseWithoutSayingUntilWhen(github: FakeGitHub): void {
  github.inject({
    processed: false,
    reply: { status: 403, body: LIMITED },
    when: ({ path }) => path.includes('/repos/'),
  });
}
