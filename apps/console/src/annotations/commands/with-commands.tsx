import { type ReactNode, useState } from 'react';
import { useAsked } from '../../session/use-asked';
import { Done } from '../../ui/done';
import { wordsOf } from '../target';
import { type Asked, type Commanded, resultOf } from './command';
import { ConfirmCommand } from './confirm-command';

export type Ask = (asked: Asked) => void;

/**
 * Lets its children request a retry or a cancellation: asks for confirmation, runs the command, and shows the result
 * above them. Dialog and result stay when the operation's row leaves the list.
 */
export function WithCommands({ children }: { children: (ask: Ask) => ReactNode }) {
  const [asked, setAsked] = useAsked<Asked>('command');
  const [done, setDone] = useState<Commanded | null>(null);
  const ask = (next: Asked) => {
    setDone(null);
    setAsked(next);
  };
  const close = () => setAsked(null);
  return (
    <>
      {done && (
        <Done onClose={() => setDone(null)}>
          {wordsOf(done.operation)}: {resultOf(done)}
        </Done>
      )}
      {children(ask)}
      {asked && <ConfirmCommand asked={asked} onDone={setDone} onClose={close} />}
    </>
  );
}
