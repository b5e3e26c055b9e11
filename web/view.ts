/** What the views have in common. */

import type { TemplateResult } from 'lit-html';
import type { Answer } from './api.js';
import type { Live } from './live.js';
import type { Model } from './model.js';

/** What a view is given. */
export type Page = {
  readonly live: Live;
  /** Shows what has changed in the view itself. */
  readonly refresh: () => void;
};

/** One of the views. */
export type View = {
  /** Of the menu, and of the heading. */
  readonly name: string;
  /** `rest` = what stands behind its name in the address: `#/sensor/hall` gives `hall`. */
  readonly show: (model: Model, rest: string) => TemplateResult;
  /** The model is another one, also while another view is shown. */
  readonly heard?: (model: Model) => void;
};

/** A state in words: `armed_away` is "armed away". */
export const words = (state: string): string => state.replaceAll('_', ' ');

/** With a capital at its beginning, but for the name of heyu. */
export const capital = (text: string): string =>
  text.startsWith('heyu') ? text : text.charAt(0).toUpperCase() + text.slice(1);

/** A number and a noun: "1 sensor", "3 sensors". */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Why something was not done, and what to do. */
export const refusal = ({ error, hint }: Extract<Answer<unknown>, { readonly ok: false }>): string =>
  hint === undefined ? error : `${error}. ${hint}`;
