// The page "Live without a kernel": sliders -> a latent -> the generator in ONNX Runtime -> a canvas.
// `moved`, `slerp` and `truncate` do what gancourse.gans.latent does; tests compare them.

const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
const scaled = (a, s) => a.map((x) => x * s);
const plus = (a, b) => a.map((x, i) => x + b[i]);
const minus = (a, b) => plus(a, scaled(b, -1));
const combined = (rows, by) => rows.map((row, k) => scaled(row, by[k])).reduce(plus);

/** What the regression expects of a latent, attribute by attribute. */
const predicted = (space, z) => space.weights.map((w, k) => dot(z, w) + space.intercept[k]);

/** The nearest latent of the same length of which the regression expects `wanted`. */
function moved(space, z, wanted) {
  const known = predicted(space, z);
  const there = plus(z, combined(space.back, wanted.map((value, k) => value - known[k])));
  const inside = combined(space.back, space.weights.map((w) => dot(there, w)));
  const free = minus(there, inside);
  const rest = Math.max(dot(z, z) - dot(inside, inside), 0);
  return plus(inside, scaled(free, Math.sqrt(rest / Math.max(dot(free, free), 1e-12))));
}

/** The point at t on the way along the sphere from a to b. */
function slerp(a, b, t) {
  const [long, short] = [Math.hypot(...a), Math.hypot(...b)];
  const [u, v] = [scaled(a, 1 / long), scaled(b, 1 / short)];
  const angle = 2 * Math.atan2(Math.hypot(...minus(u, v)), Math.hypot(...plus(u, v)));
  if (angle < 1e-6) return a;
  const way = plus(scaled(u, Math.sin((1 - t) * angle)), scaled(v, Math.sin(t * angle)));
  return scaled(way, ((1 - t) * long + t * short) / Math.sin(angle));
}

const truncate = (z, psi) => scaled(z, psi);

const PAGE = `
  <div class="picture">
    <canvas role="img"></canvas>
    <span class="side" aria-hidden="true">R</span><span class="side left" aria-hidden="true">L</span>
  </div>
  <div class="controls">
    <div class="line">
      <label>Modality <select class="modality"></select></label>
      <label>Seed <input class="seed" type="number" min="0" step="1"></label>
      <button class="new" type="button">New brain</button>
    </div>
    <div class="sliders"></div>
    <div class="line">
      <button class="keep" type="button" value="A">Keep as A</button>
      <button class="keep" type="button" value="B">Keep as B</button>
    </div>
    <p class="state" role="status"></p>
  </div>`;

class Live {
  constructor(root, spaces) {
    Object.assign(this, { root, spaces, kept: {}, painting: false, stale: false, times: [] });
    root.innerHTML = PAGE;
    this.find = (selector) => root.querySelector(selector);
    this.find(".modality").append(...spaces.map((s, k) => new Option(`${s.modality} (${s.name})`, k)));
    this.find(".seed").max = spaces[0].latents.length - 1;
    this.find(".modality").onchange = (event) => this.choose(spaces[event.target.value]);
    this.find(".seed").onchange = (event) => this.seed(event.target.valueAsNumber);
    this.find(".new").onclick = () => this.seed(this.number + 1);
    for (const button of root.querySelectorAll(".keep")) button.onclick = () => this.keep(button.value);
    this.number = 0;
    this.psi = 1;
  }

  /** Show another generator; its latents mean other things, so that A and B are forgotten. */
  async choose(space) {
    this.space = space;
    this.kept = {};
    const sliders = this.find(".sliders");
    if (sliders.matches(":focus-within")) this.find(".modality").focus();
    sliders.replaceChildren();
    this.attributes = space.attributes.map(({ label, low, high, unit }, k) =>
      this.slider(label, low, high, unit, (value) => this.ask(k, value)));
    this.truncation = this.slider("truncation", 0, 1, "", (value) => {
      this.psi = value;
      this.seed(this.number);
    });
    this.way = this.slider("from A to B", 0, 1, "", (value) => this.start(slerp(this.kept.A, this.kept.B, value)));
    this.way.set(0);
    this.way.input.disabled = true;
    await this.seed(this.number);
  }

  slider(label, low, high, unit, act) {
    const row = document.createElement("label");
    row.className = "slider";
    row.innerHTML = '<span></span><input type="range"><output></output>';
    const [name, input, output] = row.children;
    name.textContent = label;
    Object.assign(input, { min: low, max: high, step: (high - low) / 100 });
    const set = (value) => {
      input.value = value;
      const digits = high - low > 10 ? 0 : 2;
      output.textContent = `${value.toFixed(digits)} ${unit.replace("mm2", "mm²")}`.trim();
      input.setAttribute("aria-valuetext", output.textContent);
    };
    input.oninput = () => {
      set(input.valueAsNumber);
      act(input.valueAsNumber);
    };
    this.find(".sliders").append(row);
    return { input, set };
  }

  /** The brain of a seed. */
  seed(number) {
    const count = this.space.latents.length;
    this.number = Number.isInteger(number) ? ((number % count) + count) % count : 0;
    this.find(".seed").value = this.number;
    return this.start(truncate(this.space.latents[this.number], this.psi));
  }

  /** A brain from which the attributes' sliders move. */
  start(latent) {
    this.origin = latent;
    this.wanted = predicted(this.space, latent);
    return this.show(latent);
  }

  ask(k, value) {
    this.wanted[k] = value;
    this.show(moved(this.space, this.origin, this.wanted));
  }

  keep(name) {
    this.kept[name] = this.latent;
    this.way.input.disabled = !(this.kept.A && this.kept.B);
    this.way.set(name === "B" ? 1 : 0);
    this.say(`Kept as ${name}.`);
  }

  show(latent) {
    this.latent = latent;
    this.attributes.forEach((slider, k) => slider.set(this.wanted[k]));
    this.truncation.set(this.psi);
    return this.paint();
  }

  /** Paint the latent that is there now; moves that come meanwhile are painted once, at the end. */
  async paint() {
    this.stale = true;
    if (this.painting) return;
    this.painting = true;
    try {
      while (this.stale) {
        this.stale = false;
        const { space, latent } = this;
        space.session ??= await load(space);
        const start = performance.now();
        const input = new ort.Tensor("float32", Float32Array.from(latent), [1, latent.length]);
        const answer = await space.session.run({ [space.session.inputNames[0]]: input });
        this.image = answer[space.session.outputNames[0]].data;
        this.draw(space);
        this.times.push(performance.now() - start);
        this.painted = Array.from(latent);
        this.root.dataset.painted = this.times.length;
        await new Promise(requestAnimationFrame);
      }
    } finally {
      this.painting = false;
    }
  }

  draw({ size, modality }) {
    const canvas = this.find("canvas");
    canvas.width = canvas.height = size;
    const pixels = new Uint8ClampedArray(4 * size * size).fill(255);
    this.image.forEach((value, k) => pixels.fill(127.5 * value + 127.5, 4 * k, 4 * k + 3));
    canvas.getContext("2d").putImageData(new ImageData(pixels, size, size), 0, 0);
    canvas.setAttribute("aria-label", `A generated ${modality} slice of a brain, seed ${this.number}`);
    const recent = this.times.slice(-20).sort((a, b) => a - b);
    if (recent.length > 2) this.say(`${recent[recent.length >> 1].toFixed(0)} ms an image, in your browser.`);
  }

  say(text) {
    this.find(".state").textContent = text;
  }
}

const load = ({ address }) => ort.InferenceSession.create(address, { executionProviders: ["wasm"] });

async function begin() {
  const root = document.getElementById("live");
  const say = (text) => (root.querySelector(".state").textContent = text);
  const place = new URL(root.dataset.static, location);
  if (location.protocol === "file:") return say("Opened as a file, this page cannot load its network; see below.");
  say("The generator is loading.");
  ort.env.wasm.wasmPaths = new URL("onnxruntime/", place).href;
  ort.env.wasm.numThreads = 1;
  try {
    const names = ["dcgan-t1", "dcgan-flair"];
    const spaces = await Promise.all(names.map(async (name) => {
      const space = await (await fetch(new URL(`live/${name}.json`, place))).json();
      return { ...space, address: new URL(`live/${name}.onnx`, place).href };
    }));
    spaces[0].session = await load(spaces[0]); // the picture stays until there is something to show
    window.live = new Live(root, spaces);
    await window.live.choose(spaces[0]);
  } catch (error) {
    console.error(error);
    (root.querySelector(".state") ?? root).textContent = `The generator could not be loaded: ${error.message}`;
  }
}

begin();
