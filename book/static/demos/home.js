// A widget's page in the book: its own JavaScript, as in a notebook, with a model that answers in the browser.

import { LocalModel } from "./local_model.js";
import { Playground } from "./playground_game.js";

const WAITING = "Waiting for your device, which needs longer than usual.";

/** Pages know Jupyter's mark of a dark theme; the book's is on another element. */
function followTheme() {
  const { documentElement: book, body } = document;
  const copy = () => (body.dataset.jpThemeLight = String(book.dataset.theme !== "dark"));
  new MutationObserver(copy).observe(book, { attributes: true, attributeFilter: ["data-theme"] });
  copy();
}

/** A button that fills the screen with the demo, for a projector, where the browser can. */
function offerFullScreen(home) {
  if (!document.fullscreenEnabled) return;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "full" });
  const name = () => (button.textContent = document.fullscreenElement ? "Leave full screen" : "Full screen");
  button.addEventListener("click", () =>
    document.fullscreenElement ? document.exitFullscreen() : home.requestFullscreen());
  document.addEventListener("fullscreenchange", name);
  name();
  home.append(button);
}

async function begin(home) {
  const read = async (name) => (await fetch(new URL(name, import.meta.url))).json();
  const [{ default: page }, facts] = await Promise.all([import("./playground.js"), read("playground.json")]);
  const choices = Object.entries(facts.presets).map(([name, preset]) =>
    [name, { ...preset, mend: Object.keys(preset.mend).length > 0 }]);
  const state = { _choices: Object.fromEntries(choices), _challenges: facts.challenges, _own: "", _waiting: WAITING };
  const model = new LocalModel(new Playground(facts), state);
  followTheme();
  home.replaceChildren();
  page.render({ model, el: home });
  offerFullScreen(home);
}

const home = document.getElementById("demo");
begin(home).catch((error) => {
  console.error(error);
  home.querySelector(".state").textContent = `The playground could not be loaded: ${error.message}`;
});
