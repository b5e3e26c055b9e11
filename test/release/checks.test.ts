import { describe, expect, test } from 'vitest';
import {
  type PackageJson,
  pagesUrl,
  type ReleaseFacts,
  releaseProblems,
} from '../../scripts/release-checks.js';

const packageJson: PackageJson = {
  version: '1.2.0',
  author: 'A Person <person@example.org>',
  homepage: 'https://github.com/person/heyu2mqtt#readme',
  repository: { url: 'git+https://github.com/person/heyu2mqtt.git' },
  bugs: { url: 'https://github.com/person/heyu2mqtt/issues' },
};
const good: ReleaseFacts = {
  packageJson,
  changelog: '# Changelog\n\n## [1.2.0] - 2026-12-01\n\n## [1.1.0] - 2026-11-01\n',
  tags: ['v1.2.0'],
  isDirty: false,
  hasKey: true,
};

describe('a release', () => {
  test.each<[string, Partial<ReleaseFacts>, readonly (RegExp | string)[]]>([
    ['is made of a commit in which everything agrees', {}, []],
    ['may have other tags as well', { tags: ['stable', 'v1.2.0'] }, []],
    ['needs the tag', { tags: [''] }, [/no tag v1\.2\.0/]],
    ['needs the tag of its own version', { tags: ['v1.1.0'] }, [/no tag v1\.2\.0/]],
    [
      'is at the top of the changelog',
      { changelog: '## [Unreleased]\n\n## [1.2.0] - 2026-12-01\n' },
      [/top entry of CHANGELOG\.md is \[Unreleased\]/],
    ],
    ['has a changelog', { changelog: '' }, [/top entry/]],
    ['has nothing that is not committed', { isDirty: true }, [/not committed/]],
    ['is signed', { hasKey: false }, [/APT_SIGNING_KEY/]],
    [
      'names its owner',
      {
        packageJson: {
          ...packageJson,
          author: 'heyu2mqtt <heyu2mqtt@localhost>',
          homepage: 'https://github.com/OWNER/heyu2mqtt#readme',
          repository: { url: 'git+https://github.com/OWNER/heyu2mqtt.git' },
          bugs: { url: 'https://github.com/OWNER/heyu2mqtt/issues' },
        },
      },
      [/^repository\.url/, /^bugs\.url/, /^homepage/, /^author/],
    ],
  ])('%s', (_name, facts, expected) => {
    const problems = releaseProblems({ ...good, ...facts });
    expect(problems).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(problems[index]).toMatch(pattern);
  });

  test('is found by apt where GitHub Pages serves it', () => {
    expect(pagesUrl(packageJson)).toBe('https://person.github.io/heyu2mqtt');
  });
});
