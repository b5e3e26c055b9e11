/** What to do about the errors of YAML that people really make. */
import type { ErrorCode } from 'yaml';

/** A hint for an error of the YAML parser at a position of the text, if we know one. */
export function syntaxHint(code: ErrorCode, text: string, position: number): string | undefined {
  const start = text.lastIndexOf('\n', Math.max(0, position - 1)) + 1;
  const end = text.indexOf('\n', position);
  const line = text.slice(start, end < 0 ? undefined : end);
  if (/^ *\t/.test(line) || code === 'TAB_AS_INDENT') return 'indent with blanks, not with tabs';
  if (code === 'BAD_ALIAS' || /:\s+\*/.test(line))
    return 'put text that begins with * into quotes: "*/5 * * * *"';
  if (code === 'BAD_SCALAR_START') return 'put text that begins with @, ` or % into quotes';
  if (code === 'MULTIPLE_DOCS') return 'the file must hold one document: remove the line ---';
  if (code === 'BAD_INDENT' || code === 'BLOCK_AS_IMPLICIT_KEY') {
    return 'indent the keys of a section by the same number of blanks, and close every bracket';
  }
  if (code === 'MISSING_CHAR')
    return 'a quote or bracket is not closed, or a colon is missing here or in the line above';
  if (code === 'TAG_RESOLVE_FAILED') return 'put text that begins with ! into quotes';
  if (/: .*: /.test(line)) return 'put text that contains ": " into quotes';
  return undefined;
}
