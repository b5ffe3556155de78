const LENGTH = 8;

/** The beginning of a hash, for a table; all of it on pointing at it. */
export function Short({ text }: { text: string }) {
  if (text.length <= LENGTH) return <code>{text}</code>;
  return (
    <code className="nowrap" title={text}>
      {text.slice(0, LENGTH)}…
    </code>
  );
}

/** The end of an id, which begins with its time: those of a minute begin alike. */
export function ShortId({ id }: { id: string }) {
  return (
    <code className="nowrap" title={id}>
      …{id.slice(-LENGTH)}
    </code>
  );
}
