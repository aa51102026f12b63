// A widget's page in the book: its own JavaScript, as in a notebook, with a model that answers in the browser.
// The page says in `data-demo` which one: `open(files)` of `<name>_demo.js` returns its logic and its state.

import { LocalModel } from "./local_model.js";
import { qrCode } from "./qr_code.js";

const SORRY = "This demo could not be loaded:";

/** What a demo reads of its own folder, as JSON or as bytes. */
const files = {
  address: (name) => new URL(name, import.meta.url).href,
  async fetch(name) {
    const answer = await fetch(this.address(name));
    if (!answer.ok) throw new Error(`the site answers ${answer.status} for ${name}. Load the page again.`);
    return answer;
  },
  async json(name) {
    return (await this.fetch(name)).json();
  },
  async bytes(name) {
    return new Uint8Array(await (await this.fetch(name)).arrayBuffer());
  },
};

/** Pages know Jupyter's mark of a dark theme; the book's is on another element. */
function followTheme() {
  const { documentElement: book, body } = document;
  const copy = () => (body.dataset.jpThemeLight = String(book.dataset.theme !== "dark"));
  new MutationObserver(copy).observe(book, { attributes: true, attributeFilter: ["data-theme"] });
  copy();
}

const button = (className, textContent, act) => {
  const made = Object.assign(document.createElement("button"), { type: "button", className, textContent });
  made.addEventListener("click", act);
  return made;
};

/** For a projector: a button that fills the screen with the demo, where the browser can, and the page's QR code. */
function offerProjector(home) {
  const row = Object.assign(document.createElement("div"), { className: "projector" });
  if (document.fullscreenEnabled) {
    const name = () => (full.textContent = document.fullscreenElement ? "Leave full screen" : "Full screen");
    const full = button("full", "", () =>
      document.fullscreenElement ? document.exitFullscreen() : home.requestFullscreen());
    document.addEventListener("fullscreenchange", name);
    name();
    row.append(full);
  }
  const code = button("code", "QR code", () => {
    const shown = row.querySelector("figure");
    code.setAttribute("aria-expanded", String(!shown));
    if (shown) return shown.remove();
    const figure = document.createElement("figure");
    const address = location.href.split("#")[0];
    const words = Object.assign(document.createElement("figcaption"), { textContent: address });
    figure.append(qrCode(address), words);
    row.append(figure);
  });
  code.setAttribute("aria-expanded", "false");
  row.append(code);
  home.append(row);
}

/** Keep what this page has loaded, so that it opens without a network, where the browser can. */
async function keep(home) {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register(new URL("../../service_worker.js", import.meta.url));
  const { active } = await navigator.serviceWorker.ready;
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  const channel = new MessageChannel();
  channel.port1.onmessage = () => (home.dataset.kept = "true");
  active.postMessage([location.href.split("#")[0], ...loaded], [channel.port2]);
}

async function begin(home) {
  const name = home.dataset.demo;
  const [{ default: page }, { open }] = await Promise.all([import(`./${name}.js`), import(`./${name}_demo.js`)]);
  const say = (text) => (home.querySelector(".state").textContent = text);
  const { logic, state } = await open(files, say);
  const model = await LocalModel.open(logic, state);
  followTheme();
  home.replaceChildren();
  page.render({ model, el: home });
  offerProjector(home);
  await keep(home).catch((error) => console.warn("This page is not kept for later:", error.message));
}

const home = document.getElementById("demo");
begin(home).catch((error) => {
  console.error(error);
  home.querySelector(".state").textContent = `${SORRY} ${error.message}`;
});
