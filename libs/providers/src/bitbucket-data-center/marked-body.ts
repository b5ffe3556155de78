import { type MarkedText, markedBody as markedBodyWithin } from '@integrations/provider-kit';
import { MAX_COMMENT_BYTES } from './limits';

/** The text of a comment as it is sent. */
export function markedBody(text: string, marker: string): MarkedText {
  const limit = { max: MAX_COMMENT_BYTES, unit: 'bytes' } as const;
  return markedBodyWithin(withoutHtml(text), marker, limit, 'link_definition');
}

const FENCE = /^[\s>]*(`{3,}|~{3,})/;

/**
 * Bitbucket shows HTML as text. What folds or hides is said in Markdown, or left out; code is left as it is.
 * https://confluence.atlassian.com/bitbucketserver/markdown-syntax-guide-776639995.html
 */
function withoutHtml(text: string): string {
  let fence: string | undefined;
  const lines = text.split('\n').map((line) => {
    const marks = FENCE.exec(line)?.[1];
    if (fence === undefined) fence = marks;
    else if (marks?.startsWith(fence)) fence = undefined;
    return fence === undefined && marks === undefined ? withoutTags(line) : line;
  });
  return lines.filter((line) => line !== null).join('\n');
}

/** Null where nothing is left of a line. */
function withoutTags(line: string): string | null {
  const plain = line
    .replace(/<!--.*?-->/g, '')
    .replace(/<summary>(.*?)<\/summary>/gi, '**$1**')
    .replace(/<\/?details>/gi, '');
  return plain.trim() === '' && line.trim() !== '' ? null : plain;
}
