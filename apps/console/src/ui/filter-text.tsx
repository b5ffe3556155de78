import { useEffect, useState } from 'react';
import { Field } from './field';

interface FilterTextProps {
  readonly label: string;
  readonly value: string;
  readonly type?: 'search' | 'text' | 'datetime-local';
  readonly onChange: (value: string) => void;
}

const PAUSE_MS = 300;

/** A text that is searched for once its writer pauses. */
export function FilterText({ label, value, type = 'search', onChange }: FilterTextProps) {
  const [typed, setTyped] = useState<string | null>(null);
  useEffect(() => {
    if (typed === null || typed === value) return;
    const timer = setTimeout(() => onChange(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  });
  const leave = () => {
    if (typed !== null && typed !== value) onChange(typed);
    setTyped(null);
  };
  return (
    <Field label={label}>
      {(control) => (
        <input
          {...control}
          type={type}
          value={typed ?? value}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={leave}
        />
      )}
    </Field>
  );
}
