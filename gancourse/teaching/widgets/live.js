// What the pages of all widgets share; each widget's own JavaScript follows in the same module.

const PATIENCE = 800; // ms without an answer before the page says so
const REST = 700; // ms without a move before the picture in the notebook's file follows

const bytes = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

/** Sends commands, one message at a time. What waits is only the latest of each control's moves.
 *
 * The page's root says in `data-asked` and `data-answered` which message was the last: equal when it rests.
 */
class Asker {
  constructor(root, model, onWait) {
    Object.assign(this, { root, model, onWait, view: String(Math.random()), number: 0, sent: [], waiting: [] });
  }

  ask(command) {
    const last = this.waiting.at(-1);
    if ("value" in command && last?.do === command.do && last.name === command.name) this.waiting.pop();
    this.waiting.push(command);
    if (!this.sent.length) this.send();
  }

  send() {
    this.sent = this.waiting.splice(0);
    this.timer = setTimeout(this.onWait, PATIENCE);
    this.root.dataset.asked = this.number + 1;
    this.model.send({ view: this.view, number: ++this.number, commands: this.sent });
  }

  /** Whether a frame answers this view's last message; if so, what waits is sent. */
  answered([view, number] = []) {
    if (view !== this.view || number !== this.number) return false;
    clearTimeout(this.timer);
    this.sent = [];
    this.root.dataset.answered = number;
    if (this.waiting.length) this.send();
    return true;
  }

  /** Whether a control's move has not been answered yet, so that an older frame must not set it back. */
  awaits(name) {
    return [...this.sent, ...this.waiting].some((command) => command.do + (command.name ?? "") === name);
  }
}

/** Move the focus to `next` if it is in `element`, which is about to be disabled, hidden or removed.
 *
 * What becomes of the focus otherwise differs from one version of a browser to the next.
 */
function passFocus(element, next) {
  if (element.matches(":focus-within")) next.focus({ preventScroll: true });
}

/** JupyterLab and Notebook take arrow keys and letters for their own shortcuts: keep them from both.
 *
 * JupyterLab listens after the page's handlers. Notebook 7 listens before them, and passes over a key whose target has
 * the attribute.
 */
function keepKeys(root) {
  const plain = (event) => !event.ctrlKey && !event.metaKey && !event.altKey;
  root.addEventListener("keydown", (event) => plain(event) && event.stopPropagation());
  window.addEventListener("keydown", (event) => {
    if (root.contains(event.target)) event.target.toggleAttribute("data-lm-suppress-shortcuts", plain(event));
  }, true);
}

