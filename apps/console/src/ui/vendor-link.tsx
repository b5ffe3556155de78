/** A page at the vendor; as text where it is none that a browser could open. */
export function VendorLink({ url, children }: { url: string; children?: string }) {
  if (!isPage(url)) return <code>{url}</code>;
  return (
    <a href={url} target="_blank" rel="noreferrer">
      {children ?? url}
    </a>
  );
}

/** Whatever a vendor tells, only this may become a link. */
export function isPage(url: string | null): url is string {
  return url !== null && /^https?:\/\//i.test(url);
}
