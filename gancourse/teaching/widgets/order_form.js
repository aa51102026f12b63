// The page's half of OrderForm, after live.js and game.js: an order, four brains, and a table of what was read.

const PAGE = `<div class="page">
  <form class="controls">
    <fieldset>
      <legend>Your order</legend>
      <label class="row">Grade <select name="grade"></select></label>
      <div class="sliders"></div>
      <div class="row">
        <button class="place" type="submit">Order</button>
        <button class="more" type="button">Four other brains</button>
      </div>
    </fieldset>
    <p class="said" role="status"></p>
  </form>
  <figure class="painted">
    <div class="brains"></div>
    <figcaption></figcaption>
  </figure>
  <div class="reading">
    <table><caption>What the reader finds in each brain</caption>
      <thead></thead><tbody></tbody></table>
    <p class="verdict" role="status"></p>
    <p class="rarity"></p>
  </div></div>`;

// Sliders: name, words, least, most, step, the ends in words, digits. They reach beyond what was learned.
const SLIDERS = [
  ["area_cm2", "Tumour's area, cm²", 0, 60, 1, "", "", 0],
  ["enhancing_cm2", "Of which enhances, cm²", 0, 15, 0.5, "", "", 1],
  ["side", "Side", -1, 1, 0.1, "right", "left", 1],
  ["place", "Front to back", -1, 1, 0.05, "front", "back", 2],
  ["height", "Height of the slice", 0.3, 1, 0.05, "low", "high", 2],
];

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "gancourse-live gancourse-game order-form";
  root.innerHTML = PAGE;
  el.append(root);
  const find = (name) => root.querySelector(name);
  const frame = () => model.get("_frame");
  const { grades, modalities } = model.get("_words");
  const asker = new Asker(root, model, () => (find(".said").textContent = "Waiting for Python. If this stays, run the cell again."));
  const sliders = {};
  let resting;

  for (const grade of grades) find("select").append(new Option(grade));
  for (const [name, words, min, max, step, low, high, digits] of SLIDERS) {
    const label = document.createElement("label");
    label.className = "slider";
    label.innerHTML = `<span></span><span class="ends"><i>${low}</i><input type="range" name="${name}"><i>${high}</i></span><output class="value"></output>`;
    label.querySelector("span").textContent = words;
    const range = label.querySelector("input");
    Object.assign(range, { min, max, step });
    const text = () => range.valueAsNumber.toFixed(digits).replace("-", "−");
    const show = () => {
      label.querySelector("output").textContent = text();
      range.setAttribute("aria-valuetext", text());
    };
    range.addEventListener("input", show);
    sliders[name] = { range, show };
    find(".sliders").append(label);
  }

  frame().all.forEach((_, k) => {
    const brain = document.createElement("div");
    brain.className = "brain";
    brain.innerHTML = `<b class="number">Brain ${k + 1}</b>${modalities.map((name) => `<div class="picture"><b class="name">${name}</b>
      <canvas role="img"></canvas><b class="side" aria-hidden="true">R</b><b class="side left" aria-hidden="true">L</b></div>`).join("")}`;
    find(".brains").append(brain);
  });
  const canvases = [...root.querySelectorAll("canvas")];

  /** A healthy slice has no tumour to be described. */
  function dim() {
    const healthy = find("select").value === "healthy";
    for (const name of ["area_cm2", "enhancing_cm2", "side", "place"]) sliders[name].range.disabled = healthy;
  }

  function paint() {
    const { pixels, shape } = frame();
    const [, , height, width] = shape;
    const size = height * width;
    const all = bytes(pixels);
    canvases.forEach((canvas, k) => draw(canvas, all.subarray(k * size, (k + 1) * size), height, width));
    root.dataset.painted = 1 + +(root.dataset.painted ?? 0);
  }

  function element(kind, textContent, options = {}) {
    return Object.assign(document.createElement(kind), { textContent, ...options });
  }

  function line(kind, name, cells) {
    const row = document.createElement("tr");
    row.append(element("th", name, { scope: kind === "head" ? "col" : "row" }), ...cells);
    return row;
  }

  function table({ rows, all }) {
    const head = (text) => element("th", text, { scope: "col" });
    find("thead").replaceChildren(line("head", "", ["asked", ...all.map((_, k) => `brain ${k + 1}`), "tolerance"].map(head)));
    const verdict = (right, text) => element("td", `${right ? "✓" : "✗"} ${text}`, { className: right ? "right" : "wrong" });
    const lines = rows.map(({ label, asked, read, right, tolerance }) =>
      line("body", label, [element("td", asked), ...read.map((text, k) => verdict(right[k], text)), element("td", tolerance)]),
    );
    const total = line("body", "all of it", [element("td", ""), ...all.map((right) => verdict(right, right ? "yes" : "no")), element("td", "")]);
    total.className = "total";
    find("tbody").replaceChildren(...lines, total);
  }

  /** The order in words, as it was accepted. */
  function ordered({ grade, area_cm2, enhancing_cm2, side, place, height }) {
    const at = `height ${height.toFixed(2)}`;
    if (grade === "healthy") return `healthy, ${at}`;
    const sign = (value) => value.toFixed(2).replace("-", "−");
    const area = `${area_cm2.toFixed(0)} cm², of which ${enhancing_cm2.toFixed(1)} cm² enhance`;
    return `${grade}, ${area}, side ${sign(side)}, place ${sign(place)}, ${at}`;
  }

  function show() {
    const { answers, said, order, all, verdict, rarity } = frame();
    if (asker.answered(answers)) {
      root.removeAttribute("aria-busy");
      find(".said").textContent = said ? `Refused: ${said}. The brains below are those of the last order.` : "";
      clearTimeout(resting);
      resting = setTimeout(() => model.send({ rests: true }), REST);
    }
    const words = ordered(order);
    find("figcaption").textContent = `Generated for this order: ${words}. None of these brains exists. The patient's right is on the left.`;
    canvases.forEach((canvas, k) => {
      const brain = Math.floor(k / modalities.length);
      canvas.setAttribute("aria-label", `Brain ${brain + 1}, ${modalities[k % modalities.length]}, ${all[brain] ? "delivered" : "not delivered"}`);
    });
    table(frame());
    find(".verdict").textContent = verdict;
    find(".rarity").textContent = rarity;
    paint();
  }

  /** Set the controls to the order that Python has. */
  function set({ grade, ...numbers }) {
    find("select").value = grade;
    for (const [name, value] of Object.entries(numbers)) {
      sliders[name].range.value = value;
      sliders[name].show();
    }
    dim();
  }

  find("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const values = Object.fromEntries(Object.entries(sliders).map(([name, { range }]) => [name, range.valueAsNumber]));
    root.setAttribute("aria-busy", "true");
    asker.ask({ do: "order", grade: find("select").value, ...values });
  });
  find(".more").addEventListener("click", () => {
    root.setAttribute("aria-busy", "true");
    asker.ask({ do: "more" });
  });
  find("select").addEventListener("change", dim);
  keepKeys(root);
  set(frame().order);
  model.on("change:_frame", show);
  const resized = new ResizeObserver(() => paint());
  show();
  resized.observe(find(".brains"));
  return () => {
    clearTimeout(resting);
    resized.disconnect();
    model.off("change:_frame", show);
  };
}

export default { render };
