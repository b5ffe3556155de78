const LENGTH = 8;

/** The beginning of an id or a hash, for a table; all of it on pointing at it. */
export function Short({ text }: { text: string }) {
  if (text.length <= LENGTH) return <code>{text}</code>;
  return (
    <code className="nowrap" title={text}>
      {text.slice(0, LENGTH)}…
    </code>
  );
}
