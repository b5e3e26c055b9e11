/** `heyu2mqtt alias rename FROM TO`: another name, with the topics and the history of the old one. */

import { Command } from 'commander';
import { idOf, topicOf } from '../alias/entry.js';
import type { AliasEdit } from '../config/edit.js';
import { requireAlias } from './alias-add.js';
import { aliasNamed, editAliasFile } from './alias-file.js';
import { findPlace, withPlaceOptions, type PlaceOptions } from './alias-place.js';
import { CommandError } from './exit-code.js';
import { processTerminal } from './terminal.js';

type Options = PlaceOptions & { readonly moveTopic?: boolean };

/** The command `alias rename`. */
export function aliasRenameCommand(): Command {
  return withPlaceOptions(new Command('rename'))
    .description('give an alias another name; topics and history stay')
    .argument('<from>', 'the alias')
    .argument('<to>', 'its new name')
    .option('--move-topic', 'let its topics follow the new name')
    .action(renameAlias);
}

function renameAlias(from: string, to: string, options: Options): void {
  requireAlias(to);
  const place = findPlace(options);
  editAliasFile(place, (file) => {
    aliasNamed(file, from);
    if (file.entries.some(({ alias }) => alias === to && alias !== from))
      throw new CommandError(`there is an alias "${to}" already`);
    const entry = file.entries.find(({ alias }) => alias === from);
    if (entry === undefined || from === to) return [];
    const keeps: AliasEdit[] = [];
    if (entry.topic === undefined && options.moveTopic !== true)
      keeps.push({ kind: 'set', alias: from, key: 'topic', value: topicOf(entry) });
    if (entry.id === undefined) keeps.push({ kind: 'set', alias: from, key: 'id', value: idOf(entry) });
    return [...keeps, { kind: 'rename', alias: from, to }];
  });
  processTerminal().print(`renamed: ${from} is ${to} in ${place.path}`);
}
