import type { AuditBreak, DigestBreak } from '@integrations/contracts';

/** A break of the chain, in words. */
export function chainBreak({ kind, position, through }: AuditBreak): string {
  switch (kind) {
    case 'altered':
      return `Entry ${position} differs from what was written.`;
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

/** A disagreement between a digest and the chain, in words. */
export function digestBreak({ kind, position }: DigestBreak): string {
  switch (kind) {
    case 'forged':
      return `The digest for position ${position} was changed, or signed with an unknown key.`;
    case 'truncated':
      return `The chain ends before position ${position}, which a digest has signed.`;
    case 'rewritten':
      return `Entry ${position} has a different hash from the one that was signed.`;
  }
}

function gone(position: number, through: number | null): string {
  if (through === null) return `An unknown number of entries from position ${position} on are gone`;
  return through === position ? `Entry ${position} is gone` : `Entries ${position} to ${through} are gone`;
}
