import type { ProbeVerdict } from '@integrations/contracts';

interface TestAnnouncementProps {
  readonly test: { readonly isPending: boolean; readonly data: ProbeVerdict | undefined };
}

/**
 * A short announcement of a test's result for screen readers: the full result is long, and its times change. It is
 * always rendered, because screen readers announce only changes of an existing element.
 */
export function TestAnnouncement({ test: { isPending, data } }: TestAnnouncementProps) {
  return (
    <p role="status" className="visually-hidden">
      {isPending ? 'Testing the connection …' : data && `Tested: ${data.status}. ${data.message}`}
    </p>
  );
}
