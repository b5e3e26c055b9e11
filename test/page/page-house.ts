/** A house whose service serves its page. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort } from '../support/free-port.js';
import { makeHouse, type House, type HouseOptions } from '../support/house.js';

/** Every device of the recordings. */
export const ALIASES = readFileSync(
  fileURLToPath(new URL('../fixtures/house-aliases.yaml', import.meta.url)),
  'utf8',
);

const ZONES = `zones:
  ground: { name: Ground floor }
  cellar: { name: Cellar }
`;

/** Makes one; `url` is the page's. */
export async function pageHouse(
  mqttUrl: string,
  { config = ZONES, aliases = ALIASES, ...options }: HouseOptions = {},
): Promise<House & { readonly url: string }> {
  const port = await freePort();
  const web = `web: { listen: "127.0.0.1:${port}" }\n`;
  const house = makeHouse({ mqttUrl, aliases, ...options, config: web + config });
  return { ...house, url: `http://127.0.0.1:${port}/` };
}
