/** What is being done right now, on one line of the terminal that goes away afterwards. */

import type { WriteStream } from 'node:tty';

export type Progress = {
  /** Replaces what was said before. */
  readonly tell: (what: string) => void;
  readonly end: () => void;
};

const ERASE = '\r\u001b[2K';

/** Says nothing when standard error is no terminal. */
export function progressOnTerminal(stderr: Pick<WriteStream, 'isTTY' | 'columns' | 'write'>): Progress {
  let isShown = false;
  return {
    tell: (what) => {
      if (!stderr.isTTY) return;
      isShown = true;
      stderr.write(`${ERASE}${`${what} ...`.slice(0, stderr.columns - 1)}`);
    },
    end: () => {
      if (isShown) stderr.write(ERASE);
      isShown = false;
    },
  };
}
