/**
 * Recognises that another program uses our client id. A broker that meets the same id twice closes the older
 * connection (MQTT 3.1.1, section 3.1.4), so that the two throw each other out for ever; in MQTT 3.1.1 all that is
 * seen of it are accepted connections that are closed soon, without a word.
 */

/** So many such ends in a row are taken for a takeover loop. */
const SIGNS = 3;

export type TakeoverWatch = {
  readonly isHappening: () => boolean;
  /** The signs so far, in a row; 0 as soon as the loop is recognised. */
  readonly suspicions: () => number;
  /** A connection has ended; `isSign` = as it would by a takeover. Gives whether the loop was recognised now. */
  readonly ended: (isSign: boolean) => boolean;
  /** An attempt failed before it was accepted: it is the broker that has a problem. */
  readonly refused: () => void;
  /** A connection has stood long enough. Gives whether a loop is over by that. */
  readonly stood: () => boolean;
};

export function watchTakeover(): TakeoverWatch {
  let signs = 0;
  let happening = false;
  return {
    isHappening: () => happening,
    suspicions: () => (happening ? 0 : signs),
    ended: (isSign) => {
      signs = isSign ? signs + 1 : 0;
      if (happening || signs < SIGNS) return false;
      happening = true;
      return true;
    },
    refused: () => void (signs = 0),
    stood: () => {
      const isOver = happening;
      signs = 0;
      happening = false;
      return isOver;
    },
  };
}
