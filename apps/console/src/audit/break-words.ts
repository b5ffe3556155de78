import type { AuditBreak, DigestBreak } from '@integrations/contracts';

/** What a break of the chain means. */
export function chainBreak({ kind, position, through }: AuditBreak): string {
  switch (kind) {
    case 'altered':
      return `Entry ${position} is not as it was written.`;
    case 'reordered':
      return `Entry ${position} was written at another position.`;
    case 'forked':
      return `Entry ${position} does not belong to the chain.`;
    case 'missing':
      return `${gone(position, through)} in the middle of the chain.`;
    case 'truncated':
      return `${gone(position, through)} at the end of the chain.`;
  }
}

/** What a digest tells against the chain. */
export function digestBreak({ kind, position }: DigestBreak): string {
  switch (kind) {
    case 'forged':
      return `The digest of position ${position} was changed, or signed with no known key.`;
    case 'truncated':
      return `The chain ends before position ${position}, which was signed.`;
    case 'rewritten':
      return `Entry ${position} has another hash than the one that was signed.`;
  }
}

function gone(position: number, through: number | null): string {
  if (through === null) return `Entries from ${position} on are gone, nothing tells how many,`;
  return through === position ? `Entry ${position} is gone` : `Entries ${position} to ${through} are gone`;
}
