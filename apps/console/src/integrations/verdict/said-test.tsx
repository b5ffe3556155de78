import type { ProbeVerdict } from '@integrations/contracts';

interface SaidTestProps {
  readonly test: { readonly isPending: boolean; readonly data: ProbeVerdict | undefined };
}

/** What a test comes to, said aloud in short: the whole of it is long, and its times change. Always there, to be heard. */
export function SaidTest({ test: { isPending, data } }: SaidTestProps) {
  return (
    <p role="status" className="visually-hidden">
      {isPending ? 'Testing the connection …' : data && `Tested: ${data.status}. ${data.message}`}
    </p>
  );
}
