/** What was seen at a broker. Plain facts: what they mean is said by the judges beside this file. */

import type { FiveTestName, Tried } from './row.js';

/** One copy of a message, as it was delivered. */
export type Copy = { readonly payload: string; readonly retain: boolean; readonly qos: 0 | 1 | 2 };

/** What a subscriber heard, in the order of the packets. */
export type Heard = ({ readonly kind: 'message' } & Copy) | { readonly kind: 'suback' };

/** Whether the broker speaks a version, else why not. */
export type Spoken = { readonly spoken: true } | { readonly spoken: false; readonly why: string };

/** One of the five tests: M1 was published while the subscriber was away. */
export type FiveTest = {
  readonly name: FiveTestName;
  readonly sessionPresent: boolean;
  /** What came when it was back, before it subscribed again. */
  readonly atOnce: readonly Copy[];
  /** What came after it had subscribed again. */
  readonly afterSubscribe: readonly Copy[];
};

export type RetainedSeen = {
  /** So many of five visitors found it. */
  readonly visitors: number;
  /** So many of five SUBSCRIBEs in one connection brought it. */
  readonly subscribes: number;
  /** It was gone after it had been deleted. */
  readonly deleted: boolean;
  /** A filter with a wildcard brought it. */
  readonly byWildcard: boolean;
};

/** States that changed while the subscriber was away; `truth` is the last of them. */
export type OrderSeen = {
  readonly story: string;
  readonly truth: string;
  readonly heard: readonly Heard[];
  /** What a second SUBSCRIBE brought when it was quiet; undefined = nothing. */
  readonly secondAnswer: Copy | undefined;
};

/** The link was cut, `published` messages were sent, and it came back. */
export type SessionSeen = {
  readonly sessionPresent: boolean;
  readonly published: number;
  readonly delivered: number;
  /** MQTT 5: the broker keeps a session so many seconds at most, if it says so. */
  readonly expiryS: number | undefined;
  /** A clean connect has reset it. */
  readonly wasReset: boolean;
};

/** Messages `0` to `published - 1` were sent while the subscriber was away. */
export type QueueSeen = {
  readonly published: number;
  /** Those that came, in their order. */
  readonly delivered: readonly number[];
  /** The retained copy of the last one was right nevertheless. */
  readonly retainedIsRight: boolean;
};

/** A message to ourselves, sent right after a SUBSCRIBE to `topics` retained topics. */
export type FenceSeen = {
  readonly topics: number;
  /** So many retained copies had come before it. */
  readonly before: number;
  readonly total: number;
  readonly came: boolean;
};

/** What happened to a subscription to a topic that the bridge reads. */
export type ReadSeen = {
  readonly topic: string;
  /** What it is for, for people. */
  readonly use: string;
  readonly code: number;
  /** A retained copy came, which proves that it may be read. */
  readonly held: boolean;
  /** It should hold something: the state of an external zone. */
  readonly isState: boolean;
};

/** What happened to a message beside the topics that the bridge writes. */
export type WriteSeen = {
  readonly topic: string;
  readonly use: string;
  /** `refused`: said so (MQTT 5) or closed the connection; `silent`: neither refused nor delivered. */
  readonly outcome: 'came back' | 'refused' | 'silent' | 'not to be read';
};

export type AccessSeen = { readonly reads: readonly ReadSeen[]; readonly writes: readonly WriteSeen[] };

/** Of each url to each other one. */
export type UrlPair = {
  readonly from: string;
  readonly to: string;
  /** A message that is not retained was heard there. */
  readonly live: boolean;
  /** A retained message was found there. */
  readonly retained: boolean;
  /** A session that was opened here was known there, with the message that waited in it. */
  readonly session: boolean;
  readonly queued: boolean;
};

export type RestartSeen = {
  readonly command: string;
  /** The connection was closed, so that there was a restart. */
  readonly wentAway: boolean;
  readonly retained: 'kept' | 'older' | 'lost';
  readonly sessionPresent: boolean;
  readonly published: number;
  readonly delivered: number;
};

/** Everything that was seen. What was not tried is undefined. */
export type Observations = {
  readonly protocols: { readonly '3.1.1': Spoken; readonly '5': Spoken };
  readonly privateTopic: string;
  readonly isPrivateTopicOurs: Tried<boolean>;
  readonly access: Tried<AccessSeen> | undefined;
  readonly fiveTests: readonly {
    readonly protocol: '3.1.1' | '5';
    readonly tests: Tried<readonly FiveTest[]>;
  }[];
  readonly retained: Tried<RetainedSeen> | undefined;
  readonly order: Tried<readonly OrderSeen[]> | undefined;
  readonly session: Tried<SessionSeen> | undefined;
  readonly queue: Tried<QueueSeen> | undefined;
  readonly fence: Tried<FenceSeen> | undefined;
  readonly urls: Tried<readonly UrlPair[]> | undefined;
  readonly restart: Tried<RestartSeen> | undefined;
};
