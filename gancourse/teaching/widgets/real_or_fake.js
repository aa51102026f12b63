// The page's half of RealOrFake, after live.js: a slice, two buttons, two keys, and what came of it.

const PAGE = `<div class="page">
  <figure class="trial">
    <div class="picture"><canvas role="img"></canvas>
      <b class="side" aria-hidden="true">R</b><b class="side left" aria-hidden="true">L</b></div>
    <figcaption></figcaption>
  </figure>
  <div class="controls">
    <p class="task">A real slice, or a generated one? Each is the toss of a coin.</p>
    <div class="row answers">
      <button type="button" value="real"><u>R</u>eal</button>
      <button type="button" value="generated"><u>G</u>enerated</button>
    </div>
    <p class="keys">Keys: R and G, once a button has the focus.</p>
    <p class="verdict" role="status"></p>
    <div class="bar" aria-hidden="true"><i class="interval"></i><i class="share"></i><i class="guess"></i></div>
    <p class="score"></p>
    <button class="new" type="button">New game</button>
    <p class="said" role="status"></p>
  </div>
  <ul class="gallery" aria-label="All slices, those that fooled you first" hidden></ul></div>`;

/** Draw gray pixels into a canvas, smoothly, as large as it is on the screen. */
function draw(canvas, pixels, [height, width]) {
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
  const frame = () => model.get("_frame");
  const asker = new Asker(root, model, () => (find(".said").textContent = "Waiting for Python. If this stays, run the cell again."));
  const percent = (share) => `${Math.round(100 * share)} %`;
  let resting;
  let begins = false; // a new game was asked for

  function paint() {
    const { pixels, shape } = frame();
    if (pixels) draw(find(".picture canvas"), bytes(pixels), shape);
  }

  function showGallery() {
    const { gallery } = frame();
    const list = find(".gallery");
    list.hidden = !gallery.length;
    list.replaceChildren(...gallery.map(({ image, shape, number, truth, verdict }) => {
      const item = document.createElement("li");
      item.className = verdict === "right" ? "right" : "wrong";
      const canvas = document.createElement("canvas");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `Slice ${number}`);
      const what = Object.assign(document.createElement("span"), { textContent: `${number}: ${truth}` });
      const came = Object.assign(document.createElement("b"), { textContent: verdict === "right" ? "✓ right" : `✗ ${verdict}` });
      item.append(canvas, what, came);
      draw(canvas, bytes(image), shape);
      return item;
    }));
  }

  function show() {
    const { answers, said, verdict, count, done, score } = frame();
    if (asker.answered(answers)) {
      clearTimeout(resting);
      resting = setTimeout(() => model.send({ rests: true }), REST);
      find(".said").textContent = said;
      find(".verdict").textContent = verdict ? `Slice ${done}: ${verdict.toLowerCase()}.` : "";
    }
    const over = done === count;
    find(".trial").hidden = over;
    find(".picture canvas").setAttribute("aria-label", `Slice ${done + 1} of ${count}: real or generated?`);
    find("figcaption").textContent = `Slice ${done + 1} of ${count}. The patient's right is on the left.`;
    find(".task").textContent = over ? "All are judged. Which of them fooled you, and what gave the others away? In each, the patient's right is on the left."
      : "A real slice, or a generated one? Each is the toss of a coin.";
    if (over) passFocus(find(".answers"), find(".new"));
    for (const button of root.querySelectorAll(".answers button")) button.disabled = over;
    find(".keys").hidden = over;
    if (begins && !over) {
      begins = false;
      find(".answers button").focus({ preventScroll: true });
    }
    find(".bar").hidden = !score;
    if (score) {
      find(".interval").style.left = `${100 * score.low}%`;
      find(".interval").style.width = `${100 * (score.high - score.low)}%`;
      find(".share").style.left = `${100 * score.share}%`;
    }
    find(".score").textContent = score
      ? `${score.right} of ${score.answers} right: ${percent(score.share)} (95 % interval ${percent(score.low)} to ${percent(score.high)}). Guessing gives 50 %.`
      : "No answer yet. Guessing gives 50 %.";
    paint();
    showGallery();
    root.dataset.painted = 1 + +(root.dataset.painted ?? 0);
  }

  const answer = (kind) => {
    if (frame().done < frame().count && !asker.awaits("answer")) asker.ask({ do: "answer", kind });
  };
  for (const button of root.querySelectorAll(".answers button")) button.addEventListener("click", () => answer(button.value));
  find(".new").addEventListener("click", () => {
    asker.ask({ do: "new" });
    begins = true;
  });
  root.addEventListener("keydown", (event) => {
    const kind = { r: "real", g: "generated" }[event.key.toLowerCase()];
    if (kind && !event.repeat && !event.ctrlKey && !event.metaKey && !event.altKey) answer(kind);
  });
  keepKeys(root);

  model.on("change:_frame", show);
  const resized = new ResizeObserver(paint);
  show();
  resized.observe(find(".picture"));
  return () => {
    clearTimeout(resting);
    resized.disconnect();
    model.off("change:_frame", show);
  };
}

export default { render };
