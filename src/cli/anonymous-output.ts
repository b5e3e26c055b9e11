/** `--anonymous`: what is hidden in the output of commands that show a house. */

import { hostname, userInfo } from 'node:os';
import { Anonymizer } from '../bridge/anonymous.js';
import { orElse } from '../common/error.js';
import { ALIAS_KEYS, CONFIG_KEY_NAMES, ZONE_KEYS } from '../config/keys-and-defaults.js';
import type { Loaded } from '../config/load.js';
import { readDocument, type Written } from '../config/yaml.js';
import { accounts } from './heyu-install.js';
import type { Terminal } from './terminal.js';

/** Lines of x10config that give names. */
const LABEL = /^[ \t]*(?:ALIAS|SCENE|USERSYN|SCRIPT)[ \t]+(\S+)/gim;

/** Numbers of users that are people (login.defs(5)). */
const [FIRST_PERSON, LAST_PERSON] = [1000, 60_000];

/** Knows the names of a configuration and of this machine. */
export function anonymizerOf(loaded: Loaded | undefined): Anonymizer {
  const words = [...CONFIG_KEY_NAMES, ...Object.keys(ZONE_KEYS), ...Object.keys(ALIAS_KEYS)];
  const anonymizer = new Anonymizer(words);
  if (loaded?.ok === true) anonymizer.learn(loaded.configuration);
  // what has errors, too, and what is only written
  for (const text of loaded?.texts.values() ?? []) {
    const { written } = readDocument(text, '');
    if (written !== undefined) anonymizer.learn(namesIn(written));
    for (const [, label = ''] of text.matchAll(LABEL)) anonymizer.learn(label, 'label');
  }
  return anonymizer.learn([hostname(), ...people()], 'person');
}

/** What a command complains of has no names either. */
export function anonymousTerminal(terminal: Terminal, hide: Anonymizer | undefined): Terminal {
  if (hide === undefined) return terminal;
  return { ...terminal, complain: (text) => terminal.complain(hide.sentence(text)) };
}

/** Keys and texts of a file: which of them are names is not known. */
function namesIn(written: Written): readonly string[] {
  switch (written.kind) {
    case 'text':
      return written.text === undefined ? [] : [written.text];
    case 'list':
      return written.items.flatMap(namesIn);
    case 'section':
      return [...written.entries.values()].flatMap(({ key, value }) => [key, ...namesIn(value)]);
  }
}

function people(): readonly string[] {
  const others = accounts().flatMap(([name = '', , uid, , person = '']) => {
    const isPerson = Number(uid) >= FIRST_PERSON && Number(uid) <= LAST_PERSON;
    return isPerson ? [name, ...person.split(',')] : [];
  });
  // there may be no entry of a container's user
  return [...orElse(() => [userInfo().username], []), ...others];
}
