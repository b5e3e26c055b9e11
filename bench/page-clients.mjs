// Browsers that look at the page: streams that stay open, and, while the parent says so, questions about the past, one after
// the other: the timeline of a year, which a process of its own reads anew each time, and once a second that of a day.
import { get } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

const { fetch } = globalThis;
const YEAR_MS = 360 * 86_400_000;
const DAY_MS = 86_400_000;
const [url, count] = process.argv.slice(2);

/** Opens a stream and reads it; resolves with its first bytes. */
const open = () =>
  new Promise((resolve, reject) => {
    get(`${url}api/events`, (response) => {
      if (response.statusCode !== 200) reject(new Error(`a stream is answered with ${response.statusCode}`));
      response.on('data', resolve);
    }).on('error', reject);
  });

async function timeline(from, to) {
  const answer = await fetch(`${url}api/timeline?from=${from}&to=${to}&px=1200`);
  if (!answer.ok) throw new Error(`a timeline is answered with ${answer.status}`);
  await answer.arrayBuffer();
}

let isAsking = false;
let asked = 0;
/** What lasts until the parent says that it is enough. */
async function ask(what) {
  while (isAsking) await what();
}
const begun = Date.now();
// a window that begins earlier than the last one is not known yet
const year = () => timeline(begun - YEAR_MS - (asked += 1), Date.now());
const day = async () => {
  await timeline(Date.now() - DAY_MS, Date.now());
  await wait(1000);
};

let asking = Promise.resolve();
process.on('message', async (wanted) => {
  isAsking = wanted === 'ask';
  if (isAsking) asking = Promise.all([ask(year), ask(day)]);
  else await asking;
  process.send(asked);
});
await Promise.all(Array.from({ length: Number(count) }, open));
process.send('open');
