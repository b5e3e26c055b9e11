/**
 * Home Assistant's REST interface: first user, login, the MQTT integration
 * (https://developers.home-assistant.io/docs/auth_api and /docs/api/rest).
 */

import { until } from '../support/until.js';

const USER = 'test';
const PASSWORD = 'test-only-password';

type Answer = { readonly status: number; readonly body: unknown };

async function call(
  base: string,
  path: string,
  init: { readonly token?: string; readonly json?: unknown; readonly form?: Record<string, string> } = {},
): Promise<Answer> {
  const { token, json, form } = init;
  const response = await fetch(base + path, {
    method: json === undefined && form === undefined ? 'GET' : 'POST',
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text) as unknown };
  } catch {
    return { status: response.status, body: text };
  }
}

async function expectOk<T>(path: string, answer: Promise<Answer>): Promise<T> {
  const { status, body } = await answer;
  if (status < 200 || status > 299) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
  return body as T;
}

/** Posts JSON as its own pages do; what it answers. */
export async function post(base: string, token: string, path: string, json: unknown): Promise<unknown> {
  return expectOk(path, call(base, path, { token, json }));
}

type Step = { readonly step: string; readonly done: boolean };

/** Waits until it answers, makes its first user when there is none yet, and gives an access token (30 min). */
export async function login(base: string, alive: () => void, timeoutMs: number): Promise<string> {
  const steps = await until(
    async () => {
      alive();
      try {
        const { status, body } = await call(base, '/api/onboarding');
        if (status === 200 && Array.isArray(body)) return body as readonly Step[];
        // the address is gone once onboarding is done
        return status === 404 ? [] : undefined;
      } catch {
        return undefined;
      }
    },
    'Home Assistant to answer',
    timeoutMs,
  );
  const client = `${base}/`;
  const firstUser = steps.some(({ step, done }) => step === 'user' && !done);
  const code = firstUser ? await createUser(base, client) : await authorise(base, client);
  const path = '/auth/token';
  const { access_token } = await expectOk<{ access_token: string }>(
    path,
    call(base, path, { form: { grant_type: 'authorization_code', code, client_id: client } }),
  );
  return access_token;
}

async function createUser(base: string, client: string): Promise<string> {
  const path = '/api/onboarding/users';
  const json = { client_id: client, name: 'Test', username: USER, password: PASSWORD, language: 'en' };
  const { auth_code } = await expectOk<{ auth_code: string }>(path, call(base, path, { json }));
  return auth_code;
}

async function authorise(base: string, client: string): Promise<string> {
  const path = '/auth/login_flow';
  const flow = await expectOk<{ flow_id: string }>(
    path,
    call(base, path, {
      json: { client_id: client, handler: ['homeassistant', null], redirect_uri: client },
    }),
  );
  const { result } = await expectOk<{ result: string }>(
    path,
    call(base, `${path}/${flow.flow_id}`, {
      json: { client_id: client, username: USER, password: PASSWORD },
    }),
  );
  return result;
}

/** One field of a form, as Home Assistant describes it to its own frontend. */
type Field = {
  readonly name: string;
  readonly type?: string;
  readonly required?: boolean;
  readonly default?: unknown;
  readonly schema?: readonly Field[];
};

type Flow = {
  readonly flow_id: string;
  readonly type: 'form' | 'menu' | 'create_entry' | 'abort';
  readonly data_schema?: readonly Field[];
  readonly errors?: Readonly<Record<string, string>> | null;
  readonly reason?: string;
};

/** Answers a form from its own description, so that it fits every release. Sections are forms within a form. */
function fill(fields: readonly Field[], known: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap((field): [string, unknown][] => {
      if (field.type === 'expandable') return [[field.name, fill(field.schema ?? [], known)]];
      if (field.name in known) return [[field.name, known[field.name]]];
      if (field.required === true && 'default' in field) return [[field.name, field.default]];
      return [];
    }),
  );
}

/** Sets up the MQTT integration for a broker on this machine, which must be running. Once per configuration. */
export async function addMqtt(base: string, token: string, port: number): Promise<void> {
  const known = {
    broker: '127.0.0.1',
    port,
    protocol: '5',
    set_client_cert: false,
    set_ca_cert: 'off',
    transport: 'tcp',
  };
  const path = '/api/config/config_entries/flow';
  let flow = await expectOk<Flow>(path, call(base, path, { token, json: { handler: 'mqtt' } }));
  for (let step = 0; step < 4 && flow.type !== 'create_entry'; step += 1) {
    if (flow.type === 'abort' || Object.keys(flow.errors ?? {}).length > 0) break;
    const json = flow.type === 'menu' ? { next_step_id: 'broker' } : fill(flow.data_schema ?? [], known);
    flow = await expectOk<Flow>(path, call(base, `${path}/${flow.flow_id}`, { token, json }));
  }
  if (flow.type !== 'create_entry') {
    throw new Error(`the MQTT integration was not set up: ${JSON.stringify(flow)}`);
  }
}
