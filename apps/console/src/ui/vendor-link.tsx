interface VendorLinkProps {
  readonly url: string | null;
  /** Link text. Defaults to the URL. */
  readonly text?: string;
  /** The link's target, for screen readers only, if the text is the same in each row. */
  readonly of?: string;
}

/** Link to a page at the vendor, which opens in a new tab. Shown as text if the URL is not http or https. */
export function VendorLink({ url, text, of }: VendorLinkProps) {
  if (!url) return null;
  // The URL comes from the vendor: link only http and https.
  if (!/^https?:\/\//i.test(url)) return <code>{url}</code>;
  return (
    <a href={url} target="_blank" rel="noreferrer">
      {text ?? url}
      {of && <span className="visually-hidden"> {of}</span>}
    </a>
  );
}
