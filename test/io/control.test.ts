import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { askService, type Question, serveControl, type SocketQuestions } from '../../src/io/control.js';
import { asNobody } from '../support/as-nobody.js';
import { until } from '../support/until.js';

type Served = { readonly folder: string; readonly said: string[]; readonly stop: () => void };

function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'heyu-control-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function serve(
  control: Readonly<Record<string, Question>>,
  {
    folder = ownFolder(),
    root = {},
    patienceMs = 10_000,
  }: { folder?: string; patienceMs?: number } & Partial<Pick<SocketQuestions, 'root'>> = {},
): Promise<Served> {
  const said: string[] = [];
  const say = (fields: object, message: string): void =>
    void said.push(`${message} ${JSON.stringify(fields)}`);
  const log = { debug: say, info: say, warn: say, error: say };
  const { stop } = await serveControl(folder, { control, root }, log, patienceMs);
  onTestFinished(stop);
  return { folder, said, stop };
}

/** A client that sends these bytes, and keeps its side open. */
function client(
  folder: string,
  sent: string,
): { readonly socket: Socket; readonly closed: () => string | undefined } {
  const socket = createConnection({ path: join(folder, 'control.sock') });
  let text = '';
  let isClosed = false;
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  socket.on('error', () => undefined).on('close', () => (isClosed = true));
  if (sent !== '') socket.write(sent);
  onTestFinished(() => void socket.destroy());
  return { socket, closed: () => (isClosed ? text : undefined) };
}

describe('the control sockets', () => {
  it('answer a question with a line for each answer', async () => {
    const { folder } = await serve({ count: ({ to }) => [{ n: 1 }, { n: to }] });
    const heard: unknown[] = [];
    const reply = await askService(folder, 'control', { ask: 'count', to: 'ö\n' }, (answer) =>
      heard.push(answer),
    );
    expect(reply).toEqual({ ok: true, answers: [{ n: 1 }, { n: 'ö\n' }] });
    expect(heard).toEqual([{ n: 1 }, { n: 'ö\n' }]);
  });

  it('answer a client that shuts its side after the question, as netcat does', async () => {
    const { folder } = await serve({ hello: () => [{ hello: true }] });
    const { socket, closed } = client(folder, '');
    socket.end('{"ask":"hello"}');
    expect(await until(closed)).toBe('{"hello":true}\n');
  });

  it('are two, of which one is for root alone', async () => {
    const { folder } = await serve({}, { root: { arm: () => [{ armed: true }] } });
    expect(statSync(join(folder, 'control.sock')).mode & 0o777).toBe(0o660);
    expect(statSync(join(folder, 'root.sock')).mode & 0o777).toBe(0o600);
    expect(await askService(folder, 'root', { ask: 'arm' })).toMatchObject({ ok: true });
    expect(await askService(folder, 'control', { ask: 'arm' })).toMatchObject({
      ok: false,
      reason: 'refused',
      problem: 'the service does not know this question',
    });
  });

  it('say in words why there is no answer', async () => {
    const { folder } = await serve({
      no: () => [{ error: 'there is no zone "x"', hint: 'heyu2mqtt status' }],
    });
    expect(await askService(folder, 'control', { ask: 'no' })).toEqual({
      ok: false,
      reason: 'refused',
      problem: 'there is no zone "x"',
      hint: 'heyu2mqtt status',
    });
  });

  it.each([
    ['no JSON', 'status\n'],
    ['no object', '["status"]\n'],
    ['no name', '{"ask":7}\n'],
    ['a name of every object', '{"ask":"constructor"}\n'],
    ['an empty line', '\n'],
    ['more than a question has', `{"ask":"hello","x":"${'x'.repeat(20_000)}"}\n`],
    ['more than a question has, without an end', 'x'.repeat(20_000)],
  ])('take %s for no question', async (_, sent) => {
    const { folder } = await serve({ hello: () => [{ hello: true }] });
    const { closed } = client(folder, sent);
    expect(JSON.parse((await until(closed)).trim())).toMatchObject({ error: expect.any(String) as string });
    expect(await askService(folder, 'control', { ask: 'hello' })).toMatchObject({ ok: true });
  });

  it('survive a question that fails, and log it', async () => {
    const { folder, said } = await serve({
      bad: () => {
        throw new Error('a bug');
      },
    });
    expect(await askService(folder, 'control', { ask: 'bad' })).toMatchObject({
      problem: 'the service could not answer',
    });
    expect(said).toEqual([expect.stringContaining('a bug')]);
  });

  it('cut off who asks nothing', async () => {
    const { folder } = await serve({}, { patienceMs: 50 });
    const { closed } = client(folder, '{"ask"');
    expect(await until(() => closed() !== undefined && 'closed')).toBe('closed');
  });

  it('cut off who does not read, and end what was being answered', async () => {
    let isEnded = false;
    const { folder } = await serve(
      {
        much: function* () {
          try {
            for (;;) yield { much: 'x'.repeat(10_000) };
          } finally {
            isEnded = true;
          }
        },
      },
      { patienceMs: 50 },
    );
    const { socket } = client(folder, '{"ask":"much"}\n');
    socket.pause();
    await until(() => isEnded);
  });

  it('send away more clients than they serve at once', async () => {
    const { folder } = await serve({ hello: () => [{ hello: true }] });
    const all = Array.from({ length: 17 }, () => client(folder, '{'));
    await until(() => all.some(({ closed }) => closed() !== undefined));
    expect(all.filter(({ closed }) => closed() === undefined)).toHaveLength(16);
    for (const { socket } of all) socket.destroy();
    await until(async () => (await askService(folder, 'control', { ask: 'hello' })).ok);
  });

  it('take the place of those that were left behind, and leave none', async () => {
    const folder = ownFolder();
    writeFileSync(join(folder, 'control.sock'), '');
    const { stop } = await serve({ hello: () => [{ hello: true }] }, { folder });
    expect(await askService(folder, 'control', { ask: 'hello' })).toMatchObject({ ok: true });
    stop();
    expect(existsSync(join(folder, 'control.sock'))).toBe(false);
    expect(await askService(folder, 'control', { ask: 'hello' })).toMatchObject({ reason: 'absent' });
  });

  it.each([
    ['a path that is too long', join('x'.repeat(60), 'y'.repeat(60)), 'at most 107 bytes'],
    ['a directory that is not there', 'none', 'none'],
  ])('are left out, and that is said, with %s', async (_, name, reason) => {
    const folder = join(ownFolder(), name);
    if (name !== 'none') mkdirSync(folder, { recursive: true });
    const { said } = await serve({ hello: () => [{ hello: true }] }, { folder });
    expect(said).toHaveLength(2);
    expect(said[0]).toContain(reason);
    expect(await askService(folder, 'control', { ask: 'hello' })).toMatchObject({ reason: 'absent' });
  });

  it.runIf(process.getuid?.() === 0)('are not open to others', async () => {
    const { folder } = await serve({ hello: () => [{ hello: true }] });
    let reply: unknown;
    await asNobody(async () => {
      reply = await askService(folder, 'control', { ask: 'hello' });
    });
    expect(reply).toMatchObject({ reason: 'denied', problem: 'this user may not ask the service' });
  });
});
