import { exact, Time } from './time';

/** An instant in both relative and exact form, where there is room. */
export function Moment({ at }: { at: string }) {
  return (
    <>
      <Time at={at} /> <span className="quiet">{exact(at)}</span>
    </>
  );
}
