/** Home Assistant's websocket interface (https://developers.home-assistant.io/docs/api/websocket). */

import { once } from 'node:events';
import { WebSocket } from 'ws';

/** One answer or event. */
type Frame = {
  readonly id?: number;
  readonly type: string;
  readonly success?: boolean;
  readonly result?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
  readonly event?: unknown;
};

export type Socket = {
  /** Sends a command and resolves with its result; rejects with Home Assistant's words when it refuses. */
  readonly command: (type: string, fields?: Readonly<Record<string, unknown>>) => Promise<unknown>;
  /** Subscribes; `listener` is called with each event. */
  readonly subscribe: (
    type: string,
    fields: Readonly<Record<string, unknown>>,
    listener: (event: unknown) => void,
  ) => Promise<void>;
  readonly close: () => void;
};

/** Connects to `http://...` and authenticates. */
export async function openSocket(base: string, token: string): Promise<Socket> {
  const socket = new WebSocket(`${base.replace('http', 'ws')}/api/websocket`, { maxPayload: 64 << 20 });
  const waiting = new Map<
    number,
    { readonly resolve: (result: unknown) => void; readonly reject: (reason: Error) => void }
  >();
  const listeners = new Map<number, (event: unknown) => void>();
  let admit: (accepted: boolean) => void;
  const admitted = new Promise<boolean>((resolve) => (admit = resolve));
  let lastId = 0;

  const receive = (frame: Frame): void => {
    if (frame.type === 'auth_required') socket.send(JSON.stringify({ type: 'auth', access_token: token }));
    if (frame.type === 'auth_ok') admit(true);
    if (frame.type === 'auth_invalid') admit(false);
    if (frame.id === undefined) return;
    if (frame.type === 'event') {
      listeners.get(frame.id)?.(frame.event);
    } else if (frame.type === 'result') {
      const asked = waiting.get(frame.id);
      waiting.delete(frame.id);
      if (frame.success === true) asked?.resolve(frame.result);
      else asked?.reject(new Error(`${frame.error?.code}: ${frame.error?.message}`));
    }
  };
  socket.on('message', (text: Buffer) => receive(JSON.parse(text.toString('utf8')) as Frame));
  socket.on('error', () => admit(false));
  socket.on('close', () => {
    admit(false);
    for (const { reject } of waiting.values()) reject(new Error('Home Assistant closed the websocket'));
    waiting.clear();
  });
  await once(socket, 'open');
  if (!(await admitted)) throw new Error('Home Assistant refused the token');

  const send = (
    type: string,
    fields: Readonly<Record<string, unknown>>,
    listener?: (event: unknown) => void,
  ): Promise<unknown> => {
    lastId += 1;
    const id = lastId;
    if (listener !== undefined) listeners.set(id, listener);
    return new Promise((resolve, reject) => {
      if (socket.readyState !== WebSocket.OPEN) {
        reject(new Error('the websocket to Home Assistant is closed'));
        return;
      }
      waiting.set(id, { resolve, reject });
      socket.send(JSON.stringify({ ...fields, id, type }));
    });
  };
  return {
    command: (type, fields = {}) => send(type, fields),
    subscribe: async (type, fields, listener) => {
      await send(type, fields, listener);
    },
    close: () => socket.terminate(),
  };
}
