/** Leads to a page of the vendor. Its address comes from there: what is no web page becomes no link. */
export function OutLink({ to, of }: { to: string | null; of: string }) {
  if (!to) return null;
  if (!/^https?:\/\//i.test(to)) return <code>{to}</code>;
  return (
    <a href={to} target="_blank" rel="noreferrer">
      Open <span className="visually-hidden">{of} in a new tab</span>
    </a>
  );
}
