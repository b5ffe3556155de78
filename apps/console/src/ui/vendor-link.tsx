/** A page at the vendor; as text where it is none that a browser could open. */
export function VendorLink({ url, children }: { url: string; children?: string }) {
  if (!/^https?:\/\//i.test(url)) return <code>{url}</code>;
  return (
    <a href={url} target="_blank" rel="noreferrer">
      {children ?? url}
    </a>
  );
}
