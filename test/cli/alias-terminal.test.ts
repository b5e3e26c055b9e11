import { appendFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { house } from './run-cli.js';
import { atTerminal, KEY } from './terminal-session.js';

const at = (args: readonly string[], config: string) => atTerminal([...args, '--config', config]);

describe('alias import at a terminal', () => {
  it('asks what heyu does not say, and writes when it may', async () => {
    const { path, read } = house({
      x10config: 'ALIAS hall A3 MS14A RFFORWARD\nALIAS stairs A4 MS14A RFFORWARD\nALIAS kitchen C1\n',
    });
    rmSync(path('aliases.yaml'));
    const session = at(['alias', 'import'], path('config.yaml'));
    await session.sees('What is kitchen (C1)?');
    session.types(KEY.down); // from the last-but-one, an appliance, to a remote control
    session.types(KEY.enter);
    await session.sees('Is stairs (A4) the dusk sensor of hall?');
    session.types('y');
    await session.sees('Write ');
    session.types(KEY.enter);
    await session.sees('written: ');
    expect(await session.ends()).toBe(0);
    expect(read('aliases.yaml')).toContain(
      '  hall:\n    address: A3\n    model: MS14A\n    name: Hall\n    dusk: A4\n',
    );
    expect(read('aliases.yaml')).toContain('type: remote');
    expect(read('aliases.yaml')).not.toContain('stairs');
  });

  it('writes nothing when it is called off', async () => {
    const { path, read } = house({ x10config: 'ALIAS porch A9 MS13A RFFORWARD\n' });
    const before = read('aliases.yaml');
    const session = at(['alias', 'import'], path('config.yaml'));
    await session.sees('Write ');
    session.types(KEY.ctrlC);
    await session.sees('called off, nothing was written');
    expect(await session.ends()).toBe(1);
    expect(read('aliases.yaml')).toBe(before);
  });
});

describe('alias learn at a terminal', () => {
  it('shows what is heard, and names it', async () => {
    const { path, read } = house();
    const heard = (unit: number, label: string) =>
      appendFileSync(
        path('heyu.log'),
        `11/22 15:00:00  rcvi addr unit      ${unit} : hu A${unit}  (${label})\n11/22 15:00:00  rcvi func           On : hc A\n`,
      );
    const session = at(['alias', 'learn'], path('config.yaml'));
    await session.sees('Enter = name what was heard');
    heard(3, 'hall_motion');
    await session.sees('hall_motion');
    heard(9, '_no_alias_');
    await session.sees('no name yet');
    session.types(KEY.enter);
    await session.sees('A9 has no name here');
    session.types(KEY.enter);
    await session.sees('What shall its alias be?');
    session.types(`porch${KEY.enter}`);
    await session.sees('What is A9?');
    session.types(KEY.enter);
    await session.sees('Its name for people?');
    session.types(KEY.enter);
    await session.sees('written: ');
    heard(9, '_no_alias_');
    await session.sees('porch');
    session.types('q');
    expect(await session.ends()).toBe(0);
    expect(read('aliases.yaml')).toContain('  porch:\n    address: A9\n    name: Porch\n');
  });

  it('waits for a log that does not exist yet', async () => {
    const { path } = house();
    rmSync(path('heyu.log'));
    const session = at(['alias', 'learn'], path('config.yaml'));
    await session.sees('does not exist');
    session.types('q');
    expect(await session.ends()).toBe(0);
  });
});
