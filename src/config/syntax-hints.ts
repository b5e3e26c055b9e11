/**
 * What is wrong in a line of YAML and what to do, for mistakes that people really make. The parser reports only where
 * it could not continue, often a line too late and in its own words; here the line itself is examined.
 */
import type { ErrorCode } from 'yaml';
import { type Diagnosis, indentMistake, indentOf, isBlank, KEYS, SECTIONS, valueIn } from './indentation.js';
import { ALIAS_KEYS } from './keys-and-defaults.js';
import type { Problem } from './problem.js';

type Mistake = Omit<Diagnosis, 'line'>;

/** Keys whose values are texts that may hold anything. */
const FREE_TEXTS = new Set(['name', 'area', 'username', 'password']);

/** Blanks that look like one and are none to YAML, and signs that are not seen at all. */
const ODD_BLANK = '[\u00a0\u1680\u2000-\u200f\u202f\u205f\u2060\u3000\ufeff]';
const INDENTED_ODDLY = new RegExp(`^[ \t]*${ODD_BLANK}`, 'u');
const ODD_BLANK_AT_KEY = new RegExp(`[:,{[-]${ODD_BLANK}|${ODD_BLANK}[^:]*:(?=\\s|$)`, 'u');
const CURLY_QUOTES = /(?:^|[:,{[-])\s*[\u2018-\u201f\u00ab\u00bb]/u;
const IN_QUOTES = /(^\s*|[:,{[-]\s*)("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')(?=\s*(?:[:,}\]#]|$))/g;

const quoteIt = (what: string): string => `put ${what} into quotes`;

/** The line without its comment and without what stands in quotes. */
function bareLine(line: string): string {
  const unquoted = line.replace(
    IN_QUOTES,
    (_, before: string, text: string) =>
      `${before}${/^['"][\w.-]+['"]$/.test(text) ? text.slice(1, -1) : '""'}`,
  );
  return unquoted.replace(/(^|\s)#.*$/, '').trimEnd();
}

/** Mistakes that are certain from the line alone. */
function certainMistake(line: string): Mistake | undefined {
  const bare = bareLine(line);
  if (INDENTED_ODDLY.test(line))
    return {
      problem: 'the line begins with a no-break space or another sign that only looks like a blank',
      hint: 'delete everything before the first word and type the blanks again',
    };
  if (ODD_BLANK_AT_KEY.test(bare))
    return {
      problem: 'there is a no-break space, or another sign that only looks like a blank',
      hint: 'delete the blanks beside the colon and type them again',
    };
  if (bare.includes('：'))
    return { problem: 'the colon is a wide one of another script', hint: 'write : and a blank' };
  if (CURLY_QUOTES.test(line))
    return { problem: 'typographic quotes are not valid here', hint: 'write straight quotes: "..."' };
  if (/^ *\t/.test(line))
    return { problem: 'tabs are not allowed as indentation', hint: 'indent with blanks, not with tabs' };
  if (/^(<{7}|={7}|>{7})( |$)/.test(line))
    return {
      problem: 'holds the mark of a merge conflict',
      hint: 'keep one of the versions, remove the marks',
    };
  if (/^\s*(\/\/|;|--(?!-))|[}\]]\s+\/\//.test(bare))
    return { problem: 'this is not a comment', hint: 'a comment begins with #' };
  const assigned = /^\s*([\w.-]+)\s*=\s*(?![=>])/.exec(bare)?.[1];
  if (assigned !== undefined && !bare.includes(': '))
    return { problem: 'there is = for a colon', hint: `write ${assigned}: and the value` };
  const glued = /(?:^\s*(?:- +)?|[{,]\s*)([\w.-]+):(?=[^\s:/])(?!\d\d\b)/.exec(bare)?.[1];
  if (glued !== undefined)
    return { problem: `a blank is missing behind "${glued}:"`, hint: `write ${glued}: and a blank` };
  const braced = /^\s*([\w.-]+)\s+\{/.exec(bare)?.[1];
  if (braced !== undefined)
    return { problem: `a colon is missing behind "${braced}"`, hint: `write ${braced}: { ... }` };
  const doubled = /^\s*([\w.-]+)\s*::(?=\s|$)/.exec(bare)?.[1];
  if (doubled !== undefined) return { problem: 'there are two colons', hint: `write ${doubled}: with one` };
  const dashed = /^\s*-([\w.]+):/.exec(bare)?.[1];
  if (dashed !== undefined)
    return { problem: `there is a dash before "${dashed}"`, hint: `write ${dashed}: without it` };
  return undefined;
}

/** What is wrong with quotes in a line that YAML cannot read. */
function quoteMistake(line: string): Mistake | undefined {
  const [mark, inside] = /(?:^\s*|[:,{[-]\s+|[{[])(["'])(.*)$/.exec(line)?.slice(1) ?? [];
  if (mark === undefined || inside === undefined) return undefined;
  const rest = inside.replaceAll(mark === '"' ? /\\./g : /''/g, '');
  const end = rest.indexOf(mark);
  if (end < 0)
    return { problem: `the quote ${mark} is not closed`, hint: `put ${mark} at the end of the text` };
  if (!/^\s*([:,}\]]|$|\s#)/.test(rest.slice(end + 1)))
    return {
      problem: `the quote ${mark} ends in the middle of the text`,
      hint:
        mark === "'"
          ? 'put the whole text between double quotes: "..."'
          : "put the whole text between single quotes: '...'",
    };
  return undefined;
}

/** What is wrong with colons, commas and the first sign of a value in a line that YAML cannot read. */
function colonMistake(line: string): Mistake | undefined {
  const bare = bareLine(line);
  const [, uncoloned] = /[{,]\s*([\w.-]+)\s+[^\s:,}][^:,}]*[,}]/.exec(bare) ?? [];
  if (uncoloned !== undefined && KEYS.has(uncoloned))
    return { problem: `a colon is missing behind "${uncoloned}"`, hint: `write ${uncoloned}: and the value` };
  const [, first, separator = '', second = ''] =
    /[{,]\s*([\w.-]+)\s*:\s+[^,{}[\]]*?([;\s]?)\s*([\w.-]*)\s*:(?=\s|$)/.exec(bare) ?? [];
  if (first !== undefined)
    return KEYS.has(second)
      ? {
          problem: separator === ';' ? 'there is ; for a comma' : `a comma is missing before "${second}"`,
          hint: `write , before ${second}:`,
        }
      : { problem: 'a text contains ": "', hint: `${quoteIt('the text')}: ${first}: "..."` };
  const [key, value] = valueIn(bare) ?? [];
  if (key === undefined || value === undefined) return undefined;
  if (/^-\s/.test(value)) return { problem: 'a value begins with a dash', hint: `${quoteIt('it')}: "- ..."` };
  const [sign = ''] = value;
  if ('@`%&*!?|>'.includes(sign)) {
    const example = sign === '*' ? ': "*/5 * * * *"' : '';
    return {
      problem: `a value begins with ${sign}`,
      hint: quoteIt(`text that begins with ${sign}`) + example,
    };
  }
  if (/^(\[[^\]]*\]|\{.*\})\s*,$/.test(value))
    return { problem: 'there is a comma at the end of the line', hint: 'remove it' };
  if (/^\{.*\}\s*\}$|^\[.*\]\s*\]$/.test(value))
    return { problem: 'there is one bracket too many', hint: 'remove the last one' };
  if (/^(\[[^\]]*\]|\{[^}]*\})\s*\S/.test(value))
    return { problem: `a text begins with ${sign}`, hint: `${quoteIt('the text')}: "..."` };
  const inner = /^([\w.-]+)\s*:(?=\s|$)/.exec(value)?.[1];
  if (inner !== undefined && (SECTIONS.has(key) || KEYS.has(inner)))
    return {
      problem: `"${inner}:" is in the line of "${key}:"`,
      hint: `write ${inner}: into the next line, indented, or everything behind ${key}: between { and }`,
    };
  if (sign === '(') return { problem: 'a section is in round brackets', hint: 'write { and }' };
  if (/:(\s|$)/.test(value) && !/^[{[]/.test(value))
    return { problem: 'a text contains ": "', hint: `${quoteIt('the text')}: ${key}: "..."` };
  return undefined;
}

const count = (text: string, sign: string): number => text.split(sign).length - 1;

/** A bracket that the line or one above it opens and does not close. */
function openBracket(lines: readonly string[], from: number): Diagnosis | undefined {
  for (let index = Math.min(from, lines.length - 1); index >= Math.max(0, from - 20); index -= 1) {
    const line = lines[index] ?? '';
    const bare = bareLine(line);
    for (const [open, close] of ['{}', '[]'] as const) {
      if (open === undefined || close === undefined || count(bare, open) <= count(bare, close)) continue;
      if (line.slice(bare.length).includes(close))
        return {
          line: index + 1,
          problem: 'the text after # is a comment, including the closing bracket',
          hint: 'put text that contains # into quotes',
        };
      return {
        line: index + 1,
        problem: `the bracket ${open} is not closed`,
        hint: `put ${close} behind the last value`,
      };
    }
  }
  return undefined;
}

/** What is wrong with a line that has a word and no colon. */
function missingColon(line: string): Mistake | undefined {
  const bare = bareLine(line).trim();
  const [word = ''] = /^(?:- +)?([\w.-]+)/.exec(bare)?.slice(1) ?? [];
  if (word === '' || /:(\s|$)/.test(bare)) return undefined;
  return {
    problem: `a colon is missing behind "${word}"`,
    hint: bare.endsWith(word) ? `write ${word}:` : `write ${word}: and the value`,
  };
}

/** What is wrong where YAML cannot continue, if we know it. `at` is the line of the parser, 1-based. */
export function diagnose(code: ErrorCode, text: string, at: number): Diagnosis | undefined {
  const lines = text.split(/\r?\n/);
  // the parser names the comment above a line
  const line = lines.findIndex((each, index) => index >= at - 1 && !isBlank(each)) + 1 || at;
  const here = lines[line - 1] ?? '';
  const inLine = (mistake: Mistake | undefined): Diagnosis | undefined => mistake && { line, ...mistake };
  const certain = inLine(certainMistake(here));
  if (certain !== undefined) return certain;
  // a line without a colon runs into the next one
  const next = certainMistake(lines[line] ?? '');
  if (next !== undefined && /^[^:#]*$/.test(here) && !isBlank(here)) return { line: line + 1, ...next };
  if (code === 'MULTIPLE_DOCS')
    return inLine({
      problem: 'holds two documents',
      hint: 'the file must hold one document: remove the line ---',
    });
  if (code === 'BAD_DQ_ESCAPE')
    return inLine({
      problem: 'there is a backslash between double quotes',
      hint: "put the text between single quotes: '...'",
    });
  return (
    inLine(quoteMistake(here)) ??
    inLine(colonMistake(here)) ??
    openBracket(lines, line - 1) ??
    inLine(missingColon(here)) ??
    indentMistake(lines, line - 1)
  );
}

/** The dotted path of the key in a line, as far as its indentation tells; '' when the line names none. */
export function pathAt(text: string, line: number): string {
  const lines = text.split(/\r?\n/);
  const parts: string[] = [];
  let within = Infinity;
  for (let index = line - 1; index >= 0 && within > 0; index -= 1) {
    const candidate = lines[index] ?? '';
    const word = /^\s*(?:- +)?["']?(\w[\w.-]*)/u.exec(candidate)?.[1];
    if (word === undefined || isBlank(candidate)) continue;
    // a wrongly indented line belongs to the section above it
    const indent = (/^\s*/u.exec(candidate)?.[0] ?? '').replaceAll('\t', '        ').length;
    const opens = /:\s*(#.*)?$/.test(candidate);
    if (index < line - 1 && indent >= within) continue;
    within = indent;
    if (index === line - 1 || opens) parts.unshift(word);
  }
  return parts.join('.');
}

/** A text of which YAML takes another part than was meant: what is doubtful in the line of a key, if anything is. */
export function doubtfulText(key: string, text: string, line: string): Mistake | undefined {
  if (!FREE_TEXTS.has(key)) return undefined;
  const from = line.search(new RegExp(`\\b${key}["']?\\s*:`));
  if (from < 0) return undefined;
  const [, written = ''] = /^[^:]*:\s*(.*)$/.exec(line.slice(from)) ?? [];
  if (/^[^"'].*?\s#\S/.test(written) && !/\s#\s/.test(written) && !text.includes('#'))
    return { problem: 'the text after # is a comment', hint: quoteIt('text that contains #') };
  if (/^[\u2018-\u201f\u00ab\u00bb]/u.test(written))
    return { problem: 'typographic quotes are part of the text', hint: 'write straight quotes: "..."' };
  if (!/^["']/.test(written) && /^[^"]*"$/.test(text))
    return {
      problem: 'the quote at the end is part of the text',
      hint: 'put " before the text, too, or remove it',
    };
  return undefined;
}

const hintOf = ({ problem, hint }: Mistake): string => `${problem}: ${hint}`;

/** What to do about a section that is none: its first line may be a list, or hold a mistake. */
function sectionHint(found: Problem, lines: readonly string[]): Problem {
  const { key, line = 1 } = found;
  const word = /[^.]+$/.exec(key)?.[0] ?? '';
  const isWhole = found.problem === 'holds no keys';
  const next = lines.findIndex((other, index) => index >= (isWhole ? line - 1 : line) && !isBlank(other));
  const below = next < 0 ? '' : (lines[next] ?? '');
  if (isWhole && SECTIONS.has(below.trim()))
    return {
      ...found,
      problem: `a colon is missing behind "${below.trim()}"`,
      hint: `write ${below.trim()}:`,
    };
  if (/^\s*-\s/.test(below))
    return {
      ...found,
      line: next + 1,
      problem: 'is a list',
      hint: 'remove the dash at the beginning of each of its lines, and indent them alike',
    };
  if (/^aliases\.[^.]+$/.test(key) && Object.hasOwn(ALIAS_KEYS, word))
    return {
      ...found,
      hint: `${word} is a key of the alias above: indent it deeper than the name of the alias`,
    };
  const isInside = indentOf(below) > indentOf(lines[line - 1] ?? '');
  const mistake = isInside && (certainMistake(below) ?? missingColon(below));
  if (mistake) return { ...found, line: next + 1, ...mistake };
  const own = certainMistake(lines[line - 1] ?? '');
  if (own !== undefined) return { ...found, hint: hintOf(own) };
  const inner = /^\s*([\w.-]+)\s*:/.exec(below)?.[1];
  if (inner !== undefined && /:\s*$/.test(bareLine(lines[line - 1] ?? '')))
    return { ...found, hint: `indent ${inner} and the lines that belong to ${word} deeper than ${word}` };
  return found;
}

/** Errors of a file with better hints where its text shows what was meant. */
export function withHints(problems: readonly Problem[], text: string): readonly Problem[] {
  if (problems.length === 0) return problems;
  const lines = text.split(/\r?\n/);
  const hinted = problems.map((found) => {
    if (found.line === undefined || found.problem.startsWith('not YAML')) return found;
    if (found.problem === 'must be a section' || found.problem === 'holds no keys')
      return sectionHint(found, lines);
    const line = lines[found.line - 1] ?? '';
    if (found.problem === 'has no value') {
      const key = /[^.]+$/.exec(found.key)?.[0] ?? '';
      if (new RegExp(`\\b${key}["']?\\s*:\\s+#\\S`).test(line))
        return { ...found, hint: quoteIt('text that begins with #') };
      const sign = new RegExp(`\\b${key}["']?\\s*:\\s+([&*!])`).exec(line)?.[1];
      return sign === undefined ? found : { ...found, hint: quoteIt(`text that begins with ${sign}`) };
    }
    if (/^(unknown key|has no address)|is not an? /.test(found.problem)) {
      const mistake =
        certainMistake(line) ?? (found.problem === 'unknown key' ? colonMistake(line) : undefined);
      if (mistake !== undefined) return { ...found, hint: hintOf(mistake) };
      const end = /[,;]$/.exec(bareLine(line))?.[0];
      if (end !== undefined) return { ...found, hint: `remove the ${end} at the end of the line` };
    }
    return found;
  });
  const isConsequence = ({ problem, line, hint }: Problem, index: number): boolean =>
    (problem === 'has no address' || problem === 'must be a section') &&
    hinted.slice(0, index).some((other) => other.line === line && other.hint === hint);
  return hinted.filter((found, index) => !isConsequence(found, index));
}
