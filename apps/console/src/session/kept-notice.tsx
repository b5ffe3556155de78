import type { FilledIn } from './kept-form';

/** Says that what is filled in is that of before, if it is. */
export function KeptNotice({ kept }: { kept: FilledIn }) {
  if (Object.keys(kept).length === 0) return null;
  return (
    <p className="notice" role="status">
      What you had filled in is here again. Nothing of it is saved yet.
    </p>
  );
}
