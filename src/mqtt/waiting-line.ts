/** A line of numbered things in the order of their numbers, which can be left at any place in constant time. */

/** What stands in a line. The links belong to the line. */
export type InLine<T> = {
  readonly sequence: number;
  ahead: T | undefined;
  behind: T | undefined;
};

export type WaitingLine<T> = {
  readonly size: () => number;
  readonly first: () => T | undefined;
  /** Takes its place by number; quick when that is near one of the ends. */
  readonly join: (one: T) => void;
  /** Leaves the line. It must stand in it. */
  readonly leave: (one: T) => void;
};

export function createWaitingLine<T extends InLine<T>>(): WaitingLine<T> {
  let first: T | undefined;
  let last: T | undefined;
  let size = 0;

  const stand = (one: T, ahead: T | undefined, behind: T | undefined): void => {
    one.ahead = ahead;
    one.behind = behind;
    if (ahead === undefined) first = one;
    else ahead.behind = one;
    if (behind === undefined) last = one;
    else behind.ahead = one;
    size += 1;
  };

  return {
    size: () => size,
    first: () => first,
    join: (one) => {
      const { sequence } = one;
      const isNearEnd =
        first === undefined || last === undefined || last.sequence - sequence < sequence - first.sequence;
      let ahead = isNearEnd ? last : undefined;
      let behind = isNearEnd ? undefined : first;
      if (isNearEnd) {
        while (ahead !== undefined && ahead.sequence > sequence) [behind, ahead] = [ahead, ahead.ahead];
      } else {
        while (behind !== undefined && behind.sequence < sequence) [ahead, behind] = [behind, behind.behind];
      }
      stand(one, ahead, behind);
    },
    leave: (one) => {
      if (one.ahead === undefined) first = one.behind;
      else one.ahead.behind = one.behind;
      if (one.behind === undefined) last = one.ahead;
      else one.behind.ahead = one.ahead;
      one.ahead = one.behind = undefined;
      size -= 1;
    },
  };
}
