/** What a release must be: its version said in one way everywhere, and the owner named. */

/** What is known of the project when something is to be released. */
export type ReleaseFacts = {
  readonly packageJson: PackageJson;
  /** The text of CHANGELOG.md. */
  readonly changelog: string;
  /** The tags of the commit that is built. */
  readonly tags: readonly string[];
  /** Whether there are changes that are not committed. */
  readonly isDirty: boolean;
  /** Whether there is a key to sign the apt repository with. */
  readonly hasKey: boolean;
};

/** The keys of package.json that a release reads. */
export type PackageJson = {
  readonly version: string;
  readonly author: string;
  readonly homepage: string;
  readonly repository: { readonly url: string };
  readonly bugs: { readonly url: string };
};

/** Everything that keeps the commit from being released, in words for people; empty when it may be. */
export function releaseProblems({
  packageJson,
  changelog,
  tags,
  isDirty,
  hasKey,
}: ReleaseFacts): readonly string[] {
  const { version, author, homepage, repository, bugs } = packageJson;
  const top = /^## \[(.*?)\]/m.exec(changelog)?.[1];
  const placeholders = Object.entries({
    'repository.url': repository.url,
    'bugs.url': bugs.url,
    homepage,
    author,
  }).filter(([, value]) => /OWNER|@localhost/.test(value));
  return [
    ...(tags.includes(`v${version}`)
      ? []
      : [`the commit has no tag v${version}, which is the version in package.json: git tag v${version}`]),
    ...(top === version
      ? []
      : [`the top entry of CHANGELOG.md is [${top ?? ''}], the version in package.json is ${version}`]),
    ...(isDirty ? ['there are changes that are not committed: git status'] : []),
    ...placeholders.map(([key, value]) => `${key} in package.json is a placeholder: ${value}`),
    ...(hasKey ? [] : ['APT_SIGNING_KEY is not set: the secret key (armored) that signs the apt repository']),
  ];
}

/** Where GitHub Pages serves what belongs to the repository (https://docs.github.com/pages). */
export function pagesUrl({ repository }: PackageJson): string {
  const [, owner = '', name = ''] = /github\.com\/([^/]+)\/([^/]+?)(?:\.git)?$/.exec(repository.url) ?? [];
  return `https://${owner}.github.io/${name}`;
}
