// What a widget's page knows of its notebook, without a notebook: a model whose frames come from JavaScript.

import { Refusal } from "./points.js";

const PACE = 1000 / 30; // ms from one frame that is played to the next

/** The part of anywidget's model that pages use. It answers as gancourse/teaching/widgets/live.py does.
 *
 * `logic` carries out commands (`apply`) and says what is to be drawn (`frame`).
 */
export class LocalModel {
  constructor(logic, state) {
    Object.assign(this, { logic, state: { ...state, _frame: logic.frame() }, listeners: [], next: 0 });
  }

  get(name) {
    return this.state[name];
  }

  set(name, value) {
    this.state[name] = value;
    for (const { event, act } of [...this.listeners]) if (event === `change:${name}`) act();
  }

  save_changes() {}

  on(event, act) {
    this.listeners.push({ event, act });
  }

  off(event, act) {
    this.listeners = this.listeners.filter((it) => it.event !== event || (act && it.act !== act));
  }

  /** Answer a message, later: pages do not expect the answer before `send` has returned. */
  send({ view, number, commands }) {
    if (!commands) return; // the page rests, and the notebook's picture would follow
    const plays = commands.some((command) => command.do === "play");
    if (plays) this.next = Math.max(this.next + PACE, performance.now());
    setTimeout(() => this.answer(view, number, commands), plays ? this.next - performance.now() : 0);
  }

  answer(view, number, commands) {
    let said = "";
    for (const command of commands) {
      try {
        this.logic.apply(command);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        said = error.message;
      }
    }
    this.set("_frame", { ...this.logic.frame(), answers: [view, number], said });
  }
}
