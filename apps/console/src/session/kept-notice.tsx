import type { FilledIn } from './kept-form';

/** Says that the form's input was restored, if it was. */
export function KeptNotice({ kept }: { kept: FilledIn }) {
  if (Object.keys(kept).length === 0) return null;
  return (
    <p className="notice" role="status">
      Your input has been restored. It is not saved yet.
    </p>
  );
}
