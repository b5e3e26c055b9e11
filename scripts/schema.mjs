// Writes what is made of the tables of keys: the JSON Schemas in config/ and the tables in docs/configuration.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { URL } from 'node:url';
import { aliasesSchema, configSchema, schemaText } from '../dist/reference/json-schema.js';
import { withReferenceTables } from '../dist/reference/key-tables.js';

const file = (path) => new URL(`../${path}`, import.meta.url);

writeFileSync(file('config/config.schema.json'), schemaText(configSchema()));
writeFileSync(file('config/aliases.schema.json'), schemaText(aliasesSchema()));

const document = file('docs/configuration.md');
writeFileSync(document, withReferenceTables(readFileSync(document, 'utf8')));
