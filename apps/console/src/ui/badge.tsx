import type { ReactNode } from 'react';

export type Tone = 'good' | 'warn' | 'bad' | 'neutral' | 'active';

interface BadgeProps {
  readonly tone: Tone;
  readonly title?: string | undefined;
  readonly children: ReactNode;
}

/** A state as a word. The colour adds no information. */
export function Badge({ tone, title, children }: BadgeProps) {
  return (
    <span className={`badge ${tone}`} title={title}>
      {children}
    </span>
  );
}
