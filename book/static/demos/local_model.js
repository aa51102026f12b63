// What a widget's page knows of its notebook, without a notebook: a model whose frames come from JavaScript.

import { Refusal } from "./refusal.js";

const PACE = 1000 / 30; // ms from one frame that is played to the next

/** The part of anywidget's model that pages use. It answers as gancourse/teaching/widgets/live.py does.
 *
 * `logic` carries out commands (`apply`) and says what is to be drawn (`frame`). Both may return a promise. What
 * `apply` returns may hold a `message` to the page that asked, its `buffers`, and a `state` that changes besides.
 */
export class LocalModel {
  static async open(logic, state) {
    return new LocalModel(logic, { ...state, _frame: await logic.frame() });
  }

  constructor(logic, state) {
    Object.assign(this, { logic, state, listeners: [], next: 0, answers: Promise.resolve() });
  }

  get(name) {
    return this.state[name];
  }

  set(name, value) {
    this.state[name] = value;
    for (const { event, act } of [...this.listeners]) if (event === `change:${name}`) act();
  }

  save_changes() {}

  tell(content, buffers) {
    for (const { event, act } of [...this.listeners]) if (event === "msg:custom") act(content, buffers);
  }

  on(event, act) {
    this.listeners.push({ event, act });
  }

  off(event, act) {
    this.listeners = this.listeners.filter((it) => it.event !== event || (act && it.act !== act));
  }

  /** Answer a message, later and after those before it: pages do not expect an answer before `send` has returned. */
  send({ view, number, commands }) {
    if (!commands) return; // the page rests, and the notebook's picture would follow
    const plays = commands.some((command) => command.do === "play");
    if (plays) this.next = Math.max(this.next + PACE, performance.now());
    const pause = new Promise((go) => setTimeout(go, plays ? this.next - performance.now() : 0));
    this.answers = Promise.all([this.answers, pause]).then(() => this.answer(view, number, commands));
  }

  async answer(view, number, commands) {
    let said = "";
    const tell = (error) => {
      if (!(error instanceof Refusal)) throw error;
      said = error.message;
    };
    for (const command of commands) {
      try {
        const { state = {}, message, buffers } = (await this.logic.apply(command)) ?? {};
        for (const [name, value] of Object.entries(state)) this.set(name, value);
        if (message) this.tell({ ...message, view }, buffers);
      } catch (error) {
        tell(error);
      }
    }
    let frame = this.state._frame; // what was shown stays if nothing new can be made
    try {
      frame = await this.logic.frame();
    } catch (error) {
      tell(error);
    }
    this.set("_frame", { ...frame, answers: [view, number], said });
  }
}
