interface VendorLinkProps {
  readonly url: string | null;
  /** What is shown of it, if not the address. */
  readonly text?: string;
  /** What it leads to, said aloud only, where the text is the same in each row. */
  readonly of?: string;
}

/** A page at the vendor, which opens in a new tab; as text where it is none that a browser could open. */
export function VendorLink({ url, text, of }: VendorLinkProps) {
  if (!url) return null;
  // Whatever a vendor tells, only this may become a link.
  if (!/^https?:\/\//i.test(url)) return <code>{url}</code>;
  return (
    <a href={url} target="_blank" rel="noreferrer">
      {text ?? url}
      {of && <span className="visually-hidden"> {of}</span>}
    </a>
  );
}
