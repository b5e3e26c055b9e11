/** The trace in words, as `explain`, the demo and the page show it. */

import type { Finding } from './core.js';

/** How it is shown where there are colours. */
type Emphasis = 'bold' | 'dim' | 'green' | 'yellow' | 'cyan';

const named = (address: string, alias: string | null): string =>
  alias === null ? address : `${address} ${alias}`;

/** What a finding says in words: a lead, a text and how it is shown. */
export function findingWords(finding: Finding): readonly [lead: string, text: string, how?: Emphasis] {
  const who = 'address' in finding ? named(finding.address, finding.alias) : '';
  switch (finding.kind) {
    case 'address':
      return [finding.source, `${who} is addressed`, 'dim'];
    case 'unit': {
      const note = finding.note === undefined ? '' : ` (${finding.note})`;
      return [finding.source, `${who}: ${finding.function}${note}`, 'bold'];
    }
    case 'house':
      return [finding.source, `house ${finding.house}: ${finding.function} ${finding.args}`.trimEnd()];
    case 'preset':
      return [finding.source, `preset level ${finding.level}`];
    case 'extended':
    case 'reading':
      return [finding.source, `${who}: ${finding.function} ${finding.args}`.trimEnd()];
    case 'security':
      return [finding.source, `${who}: ${[finding.function, ...finding.flags].join(' ')}`, 'bold'];
    case 'inactive':
      return [finding.source, `${who}: not heard for a long time`];
    case 'unmapped':
      return ['rcva', `${finding.type} ${finding.id}: heyu has no alias for this id (${finding.args})`];
    case 'orphan': {
      const { source, house } = finding;
      return [
        source,
        `house ${house}: ${finding.function}, but nothing is addressed (orphan function)`,
        'yellow',
      ];
    }
    case 'message':
      return ['heyu', finding.text, 'dim'];
    case 'noise':
      return ['noise', finding.text, 'dim'];
    case 'unrecognised':
      return ['?', `${finding.text}  (${finding.reason})`, 'yellow'];
    case 'change':
      return ['  ->', `${finding.alias}: ${finding.channel} ${finding.value}  (${finding.reason})`, 'cyan'];
    case 'kept':
      return ['  --', `${finding.alias === null ? '' : `${finding.alias}: `}${finding.reason}`, 'dim'];
    case 'judged': {
      const { zone, alias, verdict, reason } = finding;
      const where = zone === null ? `${alias}, without a zone` : `zone ${zone}`;
      if (verdict === 'alert') return ['  ->', `${where}: alert  (${reason})`, 'cyan'];
      // an arrow would say that the zone has changed
      const isOpen = verdict === 'waiting' || verdict === 'entry';
      return ['  --', `${where}: no alert${isOpen ? ' yet' : ''}  (${reason})`, 'dim'];
    }
    case 'publish':
      return ['  =>', `${finding.topic}  ${finding.payload}${finding.retain ? '' : '  (event)'}`, 'green'];
  }
}
