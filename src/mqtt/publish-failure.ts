/** Why a publish was not acknowledged, as the connection tells it and the outbox needs it. */

/**
 * `lost`: the link went down first; send it again on the next one. `refused`: the broker answered with an error
 * (PUBACK reason code >= 0x80, MQTT 5 section 3.4.2.1). `poison`: the broker closed the connection several times
 * right after this very publish, as some do when it is not allowed. The last two would happen again.
 */
export type FailureKind = 'lost' | 'refused' | 'poison';

export type PublishFailure = Error & { readonly kind: FailureKind };

export function publishFailure(kind: FailureKind, message: string): PublishFailure {
  return Object.assign(new Error(message), { kind });
}

/** The kind of an error handed to `done`; `lost` for errors that carry none. */
export function failureKind(error: Error): FailureKind {
  return 'kind' in error && (error.kind === 'refused' || error.kind === 'poison') ? error.kind : 'lost';
}
