import styles from './digest.module.css';

/** A full digest, so that it can be copied. Without enough room, the table scrolls instead of wrapping it. */
export function Digest({ of }: { of: string }) {
  return <code className={styles['digest']}>{of}</code>;
}
