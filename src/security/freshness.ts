/**
 * Whether a message is of now, or may have waited at the broker in our stored session. Nothing marks a message as old,
 * and a long queue goes on after the SUBACK of the connect; a pause alone does not tell either, because the broker, or
 * the network, may stand still within the queue. But the rest of a queue comes before any answer to a later SUBSCRIBE
 * (a probe): when a probe that went out after a pause is acknowledged, and nothing that may have been queued came
 * between, the queue was empty. Knows no topics. Times are monotonic milliseconds.
 */

/** A probe goes out after this long without a message. */
export const QUIET_MS = 600;
/** A queue that is still coming after this long without a pause is no longer waited for. */
const COMING_LIMIT_MS = 30_000;

/** What is known of the queue of one connection. */
export type Freshness = {
  /** SUBSCRIBEs since the one of the connect, which proves nothing. */
  probes: number;
  /** The last probe went out after a pause. */
  isQuiet: boolean;
  /** A SUBACK came after the last SUBSCRIBE. */
  isAcknowledged: boolean;
  /** A message that may have been queued came after the last probe went out. */
  isDisturbed: boolean;
  /** When the last message came, and since when they have come without a pause. */
  heardMono: number;
  comingMono: number;
};

/** The SUBSCRIBE of the connect goes out. */
export function startFreshness(mono: number): Freshness {
  return {
    probes: 0,
    isQuiet: false,
    isAcknowledged: false,
    isDisturbed: false,
    heardMono: mono,
    comingMono: mono,
  };
}

/** Whether nothing has come for a while: the moment for a probe. */
function isQuietAt({ heardMono }: Freshness, mono: number): boolean {
  return mono >= heardMono + QUIET_MS;
}

/** A SUBSCRIBE that asks for something again goes out. */
export function probeSent(freshness: Freshness, mono: number): void {
  freshness.probes += 1;
  freshness.isQuiet = isQuietAt(freshness, mono);
  freshness.isAcknowledged = false;
  freshness.isDisturbed = false;
}

/** A SUBACK came. */
export function probeAcknowledged(freshness: Freshness): void {
  freshness.isAcknowledged = true;
}

/** A message came; `retained` as delivered: a retained copy did not wait. */
export function messageCame(freshness: Freshness, mono: number, retained: boolean): void {
  if (isQuietAt(freshness, mono)) freshness.comingMono = mono;
  freshness.heardMono = mono;
  if (!retained) freshness.isDisturbed = true;
}

/** Whether nothing that the broker had kept is on its way any more: what comes from now on is of now. */
export function isQueueEmpty(freshness: Freshness, mono: number): boolean {
  const { probes, isQuiet, isAcknowledged, isDisturbed, comingMono } = freshness;
  if (probes === 0 || !isAcknowledged) return false;
  return (isQuiet && !isDisturbed) || mono >= comingMono + COMING_LIMIT_MS;
}
