/** The tokens of the page: a file of lines `SHA-256 date name`. It contains hashes, not tokens. */

/** A token that a person has. */
export type Token = {
  /** SHA-256, 64 hexadecimal digits. Of 256 random bits: they cannot be found by trying, so no slow hash is needed. */
  readonly hash: string;
  /** The day on which it was made, `2026-11-26`. */
  readonly date: string;
  /** Whose it is, or for what. */
  readonly name: string;
};

const LINE = /^([0-9a-f]{64}) {1,4}(\d{4}-\d\d-\d\d) {1,4}(\S.*)$/;
const NAME = /^[\p{L}\p{N}](?:[\p{L}\p{N} ._-]{0,38}[\p{L}\p{N}._-])?$/u;

/** Why a name cannot be that of a token; undefined = it can. */
export function tokenNameProblem(name: string): string | undefined {
  return NAME.test(name) ? undefined : 'a name has letters, digits, blanks, . _ -; at most 40 of them';
}

/** Reads the text of the file. Lines in another form are ignored. */
export function parseTokens(text: string): readonly Token[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [, hash = '', date = '', name = ''] = LINE.exec(line) ?? [];
    return NAME.test(name) ? [{ hash, date, name }] : [];
  });
}

/** The text of the file. */
export function writeTokens(tokens: readonly Token[]): string {
  const lines = tokens.map(({ hash, date, name }) => `${hash}  ${date}  ${name}`);
  return ['# Who may log in to the page of heyu2mqtt. Written by "heyu2mqtt web token".', ...lines, ''].join(
    '\n',
  );
}

/** A token as it is typed or scanned: 43 letters, digits, `-` and `_` for 256 bits. */
export function isTokenText(text: string): boolean {
  return /^[\w-]{43}$/.test(text);
}
