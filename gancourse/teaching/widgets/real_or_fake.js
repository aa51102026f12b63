// The page's half of RealOrFake, after live.js: a slice, two buttons, two keys, and what all slices were.

const PAGE = `<div class="page">
  <figure class="trial">
    <div class="picture"><canvas role="img"></canvas>
      <b class="side" aria-hidden="true">R</b><b class="side left" aria-hidden="true">L</b></div>
    <figcaption></figcaption>
  </figure>
  <div class="controls">
    <p class="task"></p>
    <div class="row answers">
      <button type="button"></button>
      <button type="button"></button>
    </div>
    <p class="keys"></p>
    <progress aria-label="Slices judged"></progress>
    <p class="noted" role="status"></p>
    <p class="score"></p>
    <div class="scale" aria-hidden="true">
      <div class="bar"><i class="interval"></i><i class="share"></i><i class="guess"></i></div>
      <div class="ends"><span>0 %</span><span>50 %: guessing</span><span>100 %</span></div>
    </div>
    <p class="meaning"></p>
    <button class="new" type="button">New test</button>
    <p class="said" role="status"></p>
  </div>
  <ul class="gallery" aria-label="All slices, those that you misjudged first" hidden></ul></div>`;

const Z = 1.959964; // of a 95 % interval

/** Wilson's interval of a share: [low, high]. */
function wilson(right, count) {
  const share = right / count;
  const shrink = 1 + Z ** 2 / count;
  const half = (Z / shrink) * Math.sqrt((share * (1 - share)) / count + Z ** 2 / (4 * count ** 2));
  const middle = (share + Z ** 2 / (2 * count)) / shrink;
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

const percent = (share) => `${Math.round(100 * share)} %`;

/** What an interval says about telling the two kinds apart. */
function meaning([low, high]) {
  if (low > 0.5) return "The whole interval lies above 50 %: you do see a difference, if not in every slice.";
  if (high < 0.5) return "The whole interval lies below 50 %: you do see a difference, but you read it the wrong way round.";
  return `The interval includes 50 %, so you may have guessed. It also includes ${percent(high)}, so this test does not show that you cannot tell them apart.`;
}

/** Draw gray pixels into a canvas, smoothly, as large as it is on the screen. */
function draw(canvas, pixels, height, width) {
  const small = new OffscreenCanvas(width, height);
  const image = new ImageData(width, height);
  pixels.forEach((value, k) => image.data.set([value, value, value, 255], 4 * k));
  small.getContext("2d").putImageData(image, 0, 0);
  const side = Math.max(width, Math.round(canvas.clientWidth * devicePixelRatio));
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const context = canvas.getContext("2d", { alpha: false });
  context.imageSmoothingQuality = "high";
  context.drawImage(small, 0, 0, side, side);
}

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "gancourse-live real-or-fake";
  root.innerHTML = PAGE;
  el.append(root);
  const find = (name) => root.querySelector(name);
  const buttons = [...root.querySelectorAll(".answers button")];
  const asker = new Asker(root, model, () => {});
  let slices, given, resting;

  function begin() {
    const { pixels, shape, truth, kinds } = model.get("_slices");
    const [count, height, width] = shape;
    const all = bytes(pixels);
    const image = (k) => all.subarray(k * height * width, (k + 1) * height * width);
    slices = { count, height, width, truth, kinds, image };
    buttons.forEach((button, k) => {
      const [first, rest] = [kinds[k][0].toUpperCase(), kinds[k].slice(1)];
      button.innerHTML = `<u>${first}</u>${rest}`;
      button.value = kinds[k];
    });
    const keys = kinds.map((kind) => kind[0].toUpperCase());
    find(".keys").textContent = `Keys: ${keys.join(" and ")}, once a button has the focus.`;
    find("progress").max = count;
  }

  function paint() {
    const { height, width } = slices;
    if (given.length < slices.count) draw(find(".picture canvas"), slices.image(given.length), height, width);
    root.querySelectorAll("li canvas").forEach((canvas) => {
      draw(canvas, slices.image(+canvas.dataset.slice), height, width);
    });
  }

  function item(k) {
    const [truth, answer] = [slices.truth[k], given[k]];
    const right = truth === answer;
    const element = document.createElement("li");
    element.className = right ? "right" : "wrong";
    const canvas = document.createElement("canvas");
    canvas.dataset.slice = k;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Slice ${k + 1}`);
    const was = Object.assign(document.createElement("span"), { textContent: `${k + 1}: ${truth}` });
    const came = Object.assign(document.createElement("b"), { textContent: `${right ? "✓ right" : "✗ wrong"}, you: ${answer}` });
    element.append(canvas, was, came);
    return element;
  }

  function show() {
    const { count, truth, kinds } = slices;
    const done = given.length;
    const over = done === count;
    const question = `A ${kinds[0]} slice, or a ${kinds[1]} one?`;
    find(".trial").hidden = over;
    find(".picture canvas").setAttribute("aria-label", `Slice ${done + 1} of ${count}: ${kinds.join(" or ")}?`);
    find("figcaption").textContent = `Slice ${done + 1} of ${count}. The patient's right is on the left.`;
    find(".task").textContent = over
      ? "Below is every slice, with what it was and what you said. In each, the patient's right is on the left. Which ones fooled you, and what gave the others away?"
      : `${question} Each was chosen by the toss of a coin. After the last one, you learn what they were.`;
    find(".new").hidden = !over;
    if (over) passFocus(find(".answers"), find(".new"));
    find(".answers").hidden = find(".keys").hidden = over;
    find("progress").value = done;
    find("progress").hidden = over;
    find(".noted").textContent = over ? "All slices have been judged." : done ? `Slice ${done}: you said ${given.at(-1)}.` : "";
    find(".scale").hidden = find(".score").hidden = find(".meaning").hidden = !over;
    const order = over ? [...given.keys()].sort((a, b) => (given[a] === truth[a]) - (given[b] === truth[b])) : [];
    find(".gallery").hidden = !over;
    find(".gallery").replaceChildren(...order.map(item));
    if (over) {
      const right = given.filter((kind, k) => kind === truth[k]).length;
      const [low, high] = wilson(right, count);
      find(".interval").style.left = `${100 * low}%`;
      find(".interval").style.width = `${100 * (high - low)}%`;
      find(".share").style.left = `${(100 * right) / count}%`;
      find(".score").textContent = `${right} of ${count} right: ${percent(right / count)} (95 % interval ${percent(low)} to ${percent(high)}).`;
      find(".meaning").textContent = meaning([low, high]);
    }
    paint();
    root.dataset.painted = 1 + +(root.dataset.painted ?? 0);
  }

  function answer(kind) {
    if (given.length === slices.count) return;
    given = [...given, kind];
    show();
    asker.ask({ do: "judge", value: given });
  }

  function restart() {
    begin();
    given = [];
    const here = find(".controls").matches(":focus-within"); // on the button that asked, about to be hidden
    show();
    if (here) buttons[0].focus({ preventScroll: true });
  }

  function hear() {
    const { answers, said, given: known } = model.get("_frame");
    if (!asker.answered(answers)) {
      given = [...known]; // another view of the same test
      show();
    }
    find(".said").textContent = said ?? "";
    clearTimeout(resting);
    resting = setTimeout(() => model.send({ rests: true }), REST);
  }

  for (const button of buttons) button.addEventListener("click", () => answer(button.value));
  find(".new").addEventListener("click", () => {
    asker.ask({ do: "new" });
    setTimeout(() => {
      if (asker.awaits("new")) find(".said").textContent = "A new test needs Python: run the cell again.";
    }, PATIENCE);
  });
  root.addEventListener("keydown", (event) => {
    const kind = slices.kinds.find((kind) => kind[0] === event.key.toLowerCase());
    if (kind && !event.repeat && !event.ctrlKey && !event.metaKey && !event.altKey) answer(kind);
  });
  keepKeys(root);

  begin();
  given = [...model.get("_frame").given];
  model.on("change:_slices", restart);
  model.on("change:_frame", hear);
  const resized = new ResizeObserver(paint);
  show();
  resized.observe(root);
  return () => {
    clearTimeout(resting);
    resized.disconnect();
    model.off("change:_slices", restart);
    model.off("change:_frame", hear);
  };
}

export default { render };
