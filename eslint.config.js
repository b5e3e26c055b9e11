import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Folders of the pure core: no clock, no file, no socket, no library that has one. */
const core = ['common', 'x10', 'heyu', 'sensor', 'security', 'homeassistant', 'mqtt', 'alias'];

/** Folders that know neither clock nor files: the core, and what stands on it with ports alone. */
const pure = [...core, 'bridge', 'history', 'report', 'service', 'web'];

/**
 * Imports go one way: common <- x10 <- heyu <- sensor, security <- homeassistant <- bridge <- history <- report, service
 * <- web <- cli.
 */
const mayNotImport = {
  common: [
    'x10',
    'heyu',
    'sensor',
    'security',
    'homeassistant',
    'mqtt',
    'alias',
    'broker-check',
    'bridge',
    'history',
    'service',
    'io',
    'config',
    'cli',
  ],
  x10: [
    'heyu',
    'sensor',
    'security',
    'homeassistant',
    'mqtt',
    'io',
    'config',
    'cli',
    'bridge',
    'history',
    'service',
  ],
  heyu: [
    'sensor',
    'security',
    'homeassistant',
    'mqtt',
    'io',
    'config',
    'cli',
    'bridge',
    'history',
    'service',
  ],
  sensor: ['security', 'homeassistant', 'io', 'config', 'cli', 'bridge', 'history', 'service'],
  security: ['sensor', 'homeassistant', 'io', 'config', 'cli', 'bridge', 'history', 'service'],
  homeassistant: ['io', 'config', 'cli', 'bridge', 'history', 'service'],
  mqtt: [
    'heyu',
    'sensor',
    'security',
    'homeassistant',
    'io',
    'config',
    'cli',
    'bridge',
    'history',
    'service',
  ],
  alias: ['security', 'homeassistant', 'io', 'config', 'cli', 'bridge', 'history', 'service'],
  'broker-check': [
    'heyu',
    'sensor',
    'security',
    'homeassistant',
    'mqtt',
    'config',
    'cli',
    'bridge',
    'history',
    'service',
  ],
  bridge: ['io', 'config', 'cli', 'history', 'service'],
  history: ['io', 'config', 'cli', 'service', 'web'],
  report: ['io', 'config', 'cli', 'service', 'web'],
  service: ['io', 'config', 'cli', 'web'],
  web: ['io', 'config', 'cli'],
  io: ['config', 'cli', 'broker-check'],
  config: ['io', 'cli'],
};

const layer = (folder) => ({
  files: [`src/${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: [
              ...mayNotImport[folder].map((other) => `**/${other}/**`),
              // commands and the service write files in one way
              ...(folder === 'config' ? ['!**/io/files.js'] : []),
            ],
            message: `src/${folder} lies below these folders: see "Layout" in docs/design.md`,
          },
          ...(pure.includes(folder)
            ? [
                {
                  // An expression, because a group named mqtt would also match our own src/mqtt.
                  regex: '^(node:.*|mqtt|pino|chokidar|convict|node-cron|commander|aedes|yaml)$',
                  message: 'the core is pure: no I/O here, see docs/design.md',
                },
              ]
            : []),
        ],
      },
    ],
    ...(pure.includes(folder)
      ? {
          'no-restricted-globals': [
            'error',
            ...[
              'process',
              'setTimeout',
              'setInterval',
              'setImmediate',
              'console',
              'performance',
              'Buffer',
            ].map((name) => ({
              name,
              message: 'the core is pure: no clock and no I/O here, see docs/design.md',
            })),
          ],
          'no-restricted-syntax': [
            'error',
            {
              selector: "MemberExpression[object.name='Date'][property.name='now']",
              message: 'the core has no clock: time is an argument',
            },
            {
              selector: "NewExpression[callee.name='Date'][arguments.length=0]",
              message: 'the core has no clock: time is an argument',
            },
            {
              selector: "MemberExpression[object.name='Math'][property.name='random']",
              message: 'the core is deterministic: chance is an argument',
            },
          ],
        }
      : {}),
  },
});

export default tseslint.config(
  { ignores: ['dist/', 'build/', 'coverage/', 'test/fixtures/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./test/tsconfig.json', './web/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
    },
  },
  {
    files: ['src/**/*.ts', 'web/**/*.ts'],
    rules: {
      'max-params': ['error', 5],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
    },
  },
  ...Object.keys(mayNotImport).map(layer),
  {
    files: ['web/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['**/src/**'],
              allowTypeImports: true,
              message: 'the page takes types alone from the service: see docs/design.md',
            },
            { regex: '^node:', message: 'the page runs in a browser' },
          ],
        },
      ],
    },
  },
  {
    files: ['**/vitest.config.ts', 'eslint.config.js'],
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'Buffer', 'performance', 'URL'].map((name) => [name, 'readonly']),
      ),
    },
  },
);
