const LENGTH = 8;

/** The beginning of a hash, for a table; the full hash is in the tooltip. */
export function Short({ text }: { text: string }) {
  if (text.length <= LENGTH) return <code>{text}</code>;
  return (
    <code className="nowrap" title={text}>
      {text.slice(0, LENGTH)}…
    </code>
  );
}

/** The end of an id. Ids start with their time, so those of the same minute start alike. */
export function ShortId({ id }: { id: string }) {
  return (
    <code className="nowrap" title={id}>
      …{id.slice(-LENGTH)}
    </code>
  );
}
