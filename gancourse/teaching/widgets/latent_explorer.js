// The page's half of LatentExplorer, after live.js: controls that ask, and a canvas that shows the answer.

const REACH = 3.5; // of a raw dimension

const PAGE = `<div class="page">
  <figure>
    <div class="picture">
      <canvas role="img"></canvas>
      <b class="side" aria-hidden="true">R</b><b class="side left" aria-hidden="true">L</b>
    </div>
    <figcaption></figcaption>
  </figure>
  <div class="controls">
    <fieldset>
      <legend>Choose a brain</legend>
      <div class="row">
        <label>Modality <select class="weights"></select></label>
        <label>Seed <input class="seed" type="number" min="0" max="2147483647" step="1"></label>
        <button class="new" type="button">New brain</button>
      </div>
      <div class="sliders truncation"></div>
    </fieldset>
    <fieldset>
      <legend>Change it</legend>
      <div class="sliders attributes"></div>
      <div class="sliders dimensions"></div>
    </fieldset>
    <fieldset>
      <legend>Walk from A to B</legend>
      <div class="row">
        <button class="keep" type="button" value="A">Keep as A</button>
        <canvas class="anchor" role="img" hidden></canvas>
        <span class="gap"></span>
        <canvas class="anchor" role="img" hidden></canvas>
        <button class="keep" type="button" value="B">Keep as B</button>
      </div>
      <div class="sliders path"></div>
    </fieldset>
    <div class="row">
      <button class="png" type="button">Save PNG</button>
      <button class="code" type="button">Copy latent as code</button>
      <span class="said" role="status"></span>
    </div>
    <textarea class="code-text" aria-label="The latent as code" rows="6" readonly hidden></textarea>
  </div></div>`;

/** A labelled range input in three parts: name, value, and the slider below them. */
function slider(label, { min, max, step, text, onMove }) {
  const name = document.createElement("label");
  const range = Object.assign(document.createElement("input"), { type: "range", min, max, step });
  const value = document.createElement("span");
  const words = document.createElement("span");
  words.textContent = label;
  value.className = "value"; // no <output>: a screen reader has aria-valuetext, and would hear it twice
  name.append(words, range);
  const row = document.createElement("div");
  row.className = "slider";
  row.append(name, value);
  const write = (number) => {
    value.textContent = text(number);
    range.setAttribute("aria-valuetext", text(number));
  };
  range.addEventListener("input", () => {
    write(range.valueAsNumber);
    onMove(range.valueAsNumber);
  });
  return {
    row,
    range,
    words: () => value.textContent,
    show(number) {
      range.value = number;
      write(number);
    },
  };
}

/** A step of 1, 2 or 5 times a power of ten, about a hundredth of the range. */
function niceStep(range) {
  const power = 10 ** Math.floor(Math.log10(range / 100));
  return [1, 2, 5, 10].map((k) => k * power).find((step) => step >= range / 100);
}

/** Draw gray pixels into a canvas of the size that it has on the screen, smoothly. */
function draw(canvas, pixels, [height, width]) {
  const small = new OffscreenCanvas(width, height);
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    image.data.fill(pixels[i], 4 * i, 4 * i + 3);
    image.data[4 * i + 3] = 255;
  }
  small.getContext("2d").putImageData(image, 0, 0);
  const side = Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio));
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const context = canvas.getContext("2d", { alpha: false });
  context.imageSmoothingQuality = "high";
  context.drawImage(small, 0, 0, side, side);
}

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "gancourse-live latent-explorer";
  root.innerHTML = PAGE;
  el.append(root);
  const find = (name) => root.querySelector(name);
  const say = (text) => (find(".said").textContent = text);
  let before = ""; // what was said before the page had to wait
  const asker = new Asker(root, model, () => {
    root.setAttribute("aria-busy", "true");
    before = find(".said").textContent;
    say(model.get("_waiting") ?? "Waiting for Python. If this message stays, run the cell again.");
  });
  const ask = (what, name) => (value) => asker.ask({ do: what, name, value });
  let resting; // the timer that runs while nothing moves
  const frame = () => model.get("_frame");
  const two = (number) => number.toFixed(2);

  const sliders = {}; // by what is awaited: "truncation", "attributesize", ...
  const add = (place, key, label, options) => {
    sliders[key] = slider(label, options);
    find(place).append(sliders[key].row);
  };
  add(".truncation", "truncation", "Truncation", { min: 0, max: 1, step: 0.01, text: two, onMove: ask("truncation") });
  add(".path", "path", "Position", {
    min: 0, max: 1, step: 0.01, text: (t) => `${Math.round(100 * t)} %`, onMove: ask("path"),
  });
  add(".dimensions", "dimension", "Value of the dimension", {
    min: -REACH, max: REACH, step: 0.05, text: two, onMove: (value) => asker.ask({ do: "dimension", name: dimension(), value }),
  });

  sliders.path.show(0);

  // The raw dimension's number stands beside its slider's name.
  const chooser = document.createElement("label");
  chooser.className = "chooser";
  chooser.innerHTML = `Dimension <input type="number" min="0" step="1" value="0">`;
  sliders.dimension.row.prepend(chooser);
  const which = chooser.querySelector("input");
  const dimension = () => Math.min(Math.max(0, Math.round(which.valueAsNumber || 0)), +which.max);
  which.addEventListener("input", () => showDimension());

  function showDimension() {
    const latent = frame().latent;
    which.max = latent.byteLength / 4 - 1;
    sliders.dimension.show(latent.getFloat32(4 * dimension(), true));
  }

  function showAttributes(attributes) {
    const place = find(".attributes");
    const names = attributes.map((a) => a.name).join();
    if (place.dataset.names !== names) {
      passFocus(place, find(".weights"));
      place.replaceChildren(...(names ? [] : ["No directions are known for this generator."]));
      place.dataset.names = names;
      for (const { name, label, unit, low, high } of attributes) {
        const step = niceStep(high - low);
        const digits = Math.max(0, -Math.floor(Math.log10(step)));
        const places = { minimumFractionDigits: digits, maximumFractionDigits: digits };
        const text = (value) => `${value.toLocaleString("en", places)} ${unit.replace("mm2", "mm²")}`;
        const min = Math.floor(low / step) * step;
        add(".attributes", `attribute${name}`, label, { min, max: high, step, text, onMove: ask("attribute", name) });
      }
    }
    for (const { name, value } of attributes) {
      if (!asker.awaits(`attribute${name}`)) sliders[`attribute${name}`].show(value);
    }
  }

  function paint() {
    const { pixels, shape, modality, weights, seed, attributes } = frame();
    const canvas = find(".picture canvas");
    draw(canvas, bytes(pixels), shape);
    const values = attributes.map(({ name, label }) => `${label} ${sliders[`attribute${name}`].words()}`);
    canvas.setAttribute("aria-label", [`Generated ${modality} brain slice, seed ${seed}`, ...values].join(", "));
    find("figcaption").textContent = `This brain does not exist. ${modality}, ${weights}, seed ${seed}`;
    root.dataset.painted = 1 + +(root.dataset.painted ?? 0);
  }

  function show() {
    const { answers, said, weights, seed, psi, position, attributes } = frame();
    if (asker.answered(answers)) {
      root.removeAttribute("aria-busy");
      clearTimeout(resting);
      resting = setTimeout(() => model.send({ rests: true }), REST);
      if (said || find(".said").textContent.startsWith("Waiting")) say(said || before);
    }
    find(".weights").value = weights;
    if (!asker.awaits("seed")) find(".seed").value = seed;
    if (!asker.awaits("truncation")) sliders.truncation.show(psi);
    if (position !== null && !asker.awaits("path")) sliders.path.show(position);
    if (!asker.awaits(`dimension${dimension()}`)) showDimension();
    showAttributes(attributes);
    paint();
  }

  function showAnchors() {
    const anchors = model.get("_anchors");
    root.querySelectorAll(".anchor").forEach((canvas, k) => {
      const name = "AB"[k];
      canvas.hidden = !anchors[name];
      canvas.setAttribute("aria-label", `Brain kept as ${name}`);
      if (anchors[name]) draw(canvas, bytes(anchors[name]), frame().shape);
    });
    const noPath = !(anchors.A && anchors.B);
    if (noPath) passFocus(sliders.path.range, find(".keep"));
    sliders.path.range.disabled = noPath;
  }

  async function receive(content, buffers) {
    if (content.view !== asker.view) return;
    if (content.png) {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([buffers[0]], { type: "image/png" }));
      link.download = content.png;
      link.click();
      URL.revokeObjectURL(link.href);
      say(`Saved as ${content.png}`);
    }
    if (content.code) {
      const text = find(".code-text");
      try {
        await navigator.clipboard.writeText(content.code);
        passFocus(text, find("button.code"));
        text.hidden = true;
        say("Copied: paste it into a cell.");
      } catch {
        text.value = content.code;
        text.hidden = false;
        text.focus();
        text.select();
        say("The browser does not allow copying: press Ctrl+C in the box.");
      }
    }
  }

  for (const [name, label] of model.get("_choices")) find(".weights").append(new Option(label, name));
  find(".weights").addEventListener("change", (event) => {
    ask("weights")(event.target.value);
    say("");
  });
  find(".seed").addEventListener("input", (event) => {
    if (event.target.value && event.target.validity.valid) ask("seed")(event.target.valueAsNumber);
  });
  find(".new").addEventListener("click", () => asker.ask({ do: "new" }));
  root.querySelectorAll(".keep").forEach((button) =>
    button.addEventListener("click", () => {
      ask("keep")(button.value);
      say(`Kept as ${button.value}.`);
    }),
  );
  find(".png").addEventListener("click", () => asker.ask({ do: "png" }));
  find(".code").addEventListener("click", () => asker.ask({ do: "code" }));
  keepKeys(root);

  model.on("change:_frame", show);
  model.on("change:_anchors", showAnchors);
  model.on("msg:custom", receive);
  const resized = new ResizeObserver(() => paint());
  show();
  showAnchors();
  resized.observe(find(".picture"));
  return () => {
    clearTimeout(resting);
    resized.disconnect();
    model.off("change:_frame", show);
    model.off("change:_anchors", showAnchors);
    model.off("msg:custom", receive);
  };
}

export default { render };
