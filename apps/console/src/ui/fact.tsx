import type { ReactNode } from 'react';

/** A term of `<dl className="facts">` with what it is. */
export function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </>
  );
}
