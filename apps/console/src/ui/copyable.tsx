import { useState } from 'react';
import styles from './copyable.module.css';

/** A browser takes seconds to lay out a megabyte of text. */
const SHOWN = 20_000;

/** A literal text to copy. Of a long text only the beginning is shown, but all of it is copied. */
export function Copyable({ label, text }: { label: string; text: string }) {
  const [said, setSaid] = useState('');
  const copy = () => {
    copied(text).then(
      () => setSaid('Copied'),
      () => setSaid('The browser does not allow this: select the text and copy it yourself.'),
    );
  };
  return (
    <div className={styles['copyable']}>
      <pre role="group" aria-label={label} tabIndex={0}>
        {text.slice(0, SHOWN)}
        {text.length > SHOWN && ' …'}
      </pre>
      {text.length > SHOWN && (
        <p className="quiet">
          {(text.length - SHOWN).toLocaleString('en')} more characters are not shown, but are copied too.
        </p>
      )}
      <button type="button" onClick={copy} aria-label={`Copy ${label}`}>
        Copy
      </button>{' '}
      <span role="status" className="quiet">
        {said}
      </span>
    </div>
  );
}

/** Rejects if the page was loaded without TLS: browsers then offer no clipboard. */
async function copied(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}
