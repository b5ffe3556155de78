import { cleanUpAfterwards } from './clean-up';
import { directoryOfRun } from './temporary';

/** Gives the run its own temporary directory, which is removed after the run with everything that specs leave there. */
export default function globalSetupUnit(): void {
  cleanUpAfterwards([directoryOfRun()]);
}
