import { isSuggestion, type Remark, remarkText, renameSuggestions } from '@integrations/provider-kit';
import { markedBody } from './marked-body';
import type { RepositoryClient } from './repository';
import { isSince } from './version';

/** The text of a remark, with its marker. */
export async function remarkBody(
  repository: RepositoryClient,
  remark: Remark,
  placed: 'inline' | 'file',
): Promise<string> {
  const text = remarkText(remark, placed);
  const offered = (await mayOffer(repository, remark, placed)) ? text : renameSuggestions(text, '');
  return markedBody(offered, remark.marker).body;
}

/** Before 9.3, a suggestion replaces a single line and would leave the others. Reads the version only if it matters. */
async function mayOffer({ client, signal }: RepositoryClient, remark: Remark, placed: string): Promise<boolean> {
  if (!isSuggestion(remark)) return true;
  if (placed === 'file') return false;
  const { startLine, endLine } = remark.comment;
  return startLine === endLine || isSince(await client.version(signal), '9.3');
}
