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

async function timeline(span, px) {
  const to = Date.now();
  const answer = await fetch(`${url}api/timeline?from=${to - span}&to=${to}&px=${px}`);
  if (!answer.ok) throw new Error(`a timeline is answered with ${answer.status}`);
  await answer.arrayBuffer();
}

let isAsking = false;
let asked = 0;
/** What lasts until the parent says that it is enough. */
async function ask(what) {
  while (isAsking) await what();
}
// for another width it is drawn anew
const year = () => timeline(YEAR_MS, 1200 + (asked += 1));
const day = async () => {
  await timeline(DAY_MS, 1200);
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
