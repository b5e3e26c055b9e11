/** The golden files of discovery: what each kind of device looks like to Home Assistant, in both forms. */
import { fileURLToPath } from 'node:url';
import { discoveryMessages, type DiscoveryMessage } from '../../src/homeassistant/discovery.js';
import { inForm, type Example } from './examples.js';

/** Where the golden file of an example lies. */
export function goldenFile(example: Example): string {
  return fileURLToPath(new URL(`../golden/discovery/${example.file}.json`, import.meta.url));
}

/** The messages of the example's own device, without those of the bridge that every house has. */
export function messagesOf(example: Example, form: 'device' | 'entity'): readonly DiscoveryMessage[] {
  return discoveryMessages(inForm(example.core, form)).filter(
    ({ objectId }) => objectId === example.objectId,
  );
}

/** The text of the golden file as it would be written now. */
export function goldenText(example: Example): string {
  const forms = (['device', 'entity'] as const).map((form) => [
    form,
    messagesOf(example, form).map(({ topic, payload }) => ({
      topic,
      payload: JSON.parse(payload) as unknown,
    })),
  ]);
  return `${JSON.stringify(Object.fromEntries(forms), undefined, 2)}\n`;
}
