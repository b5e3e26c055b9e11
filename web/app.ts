/** The page: started by index.html. */

import { html, render } from 'lit-html';

render(html`<main><h1>heyu2mqtt</h1></main>`, document.body);
