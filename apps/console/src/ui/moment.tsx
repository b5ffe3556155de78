import { exact, Time } from './time';

/** An instant where there is room for both: as one says it, and exactly. */
export function Moment({ at }: { at: string }) {
  return (
    <>
      <Time at={at} /> <span className="quiet">{exact(at)}</span>
    </>
  );
}
