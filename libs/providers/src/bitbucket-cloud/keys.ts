import { shortHash } from '@integrations/provider-kit';
import { MAX_KEY } from './limits';

const HASH = 12;

/** A key within Bitbucket's limit: a readable form of the name, and a hash of everything that distinguishes it. */
export function keyOf(of: 'status' | 'report', name: string, ...further: readonly string[]): string {
  const words = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_KEY - HASH - 1)
    .replace(/^-|-$/g, '');
  return `${words || of}-${shortHash(of, name, ...further).slice(0, HASH)}`;
}
