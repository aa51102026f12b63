// What the pages of games share, after live.js: two answers by buttons or keys, and pictures judged one by one.

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

/** Draw gray pixels into a canvas, smoothly, as wide as it is on the screen. */
function draw(canvas, pixels, height, width) {
  const small = new OffscreenCanvas(width, height);
  const image = new ImageData(width, height);
  pixels.forEach((value, k) => image.data.set([value, value, value, 255], 4 * k));
  small.getContext("2d").putImageData(image, 0, 0);
  const wide = Math.max(width, Math.round(canvas.clientWidth * devicePixelRatio));
  const high = Math.round((wide * height) / width);
  if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
  const context = canvas.getContext("2d", { alpha: false });
  context.imageSmoothingQuality = "high";
  context.drawImage(small, 0, 0, wide, high);
}

/** Judge with the two buttons of `.answers`, or with their first letters as keys.
 *
 * The page knows all of a game, so it goes on without a kernel; Python hears of every answer, tells other views
 * of them, and makes a new game. `begin(frame)` takes up such a game, `closed(given)` says whether nothing can be
 * answered, `show(given)` fills the page, `paint(given)` draws its pictures; `needs` are the first words of what
 * is said when a new game does not come.
 */
function play(model, root, { begin, closed, show, paint, needs }) {
  const find = (name) => root.querySelector(name);
  const buttons = [...root.querySelectorAll(".answers button")];
  const asker = new Asker(root, model, () => {});
  let given, seed, resting;

  function refresh() {
    show(given);
    paint(given);
    root.dataset.painted = 1 + +(root.dataset.painted ?? 0);
  }

  function take(frame) {
    given = [...frame.given];
    if (frame.seed !== seed) begin(frame);
    seed = frame.seed;
    refresh();
  }

  function answer(kind) {
    if (closed(given)) return;
    given = [...given, kind];
    refresh();
    asker.ask({ do: "judge", value: given });
  }

  function again() {
    asker.ask({ do: "new" });
    setTimeout(() => {
      if (asker.awaits("new")) find(".said").textContent = `${needs} Python: run the cell again.`;
    }, PATIENCE);
  }

  function hear() {
    const frame = model.get("_frame");
    const fresh = frame.seed !== seed;
    if (!asker.answered(frame.answers) || fresh) {
      const here = find(".controls").matches(":focus-within"); // on the button that asked, about to be hidden
      take(frame);
      if (fresh && here) buttons[0].focus({ preventScroll: true });
    }
    find(".said").textContent = frame.said ?? "";
    clearTimeout(resting);
    resting = setTimeout(() => model.send({ rests: true }), REST);
  }

  for (const button of buttons) button.addEventListener("click", () => answer(button.value));
  root.addEventListener("keydown", (event) => {
    const button = buttons.find(({ textContent }) => textContent[0].toLowerCase() === event.key.toLowerCase());
    if (button && !event.repeat && !event.ctrlKey && !event.metaKey && !event.altKey) answer(button.value);
  });
  keepKeys(root);
  take(model.get("_frame"));
  model.on("change:_frame", hear);
  const resized = new ResizeObserver(() => paint(given));
  resized.observe(root);
  const stop = () => {
    clearTimeout(resting);
    resized.disconnect();
    model.off("change:_frame", hear);
  };
  return { again, refresh, stop };
}

/** Judge pictures one by one. Nothing is said of them before the end, which shows them all.
 *
 * The words of a game: `thing`, `things` and `all` of them, `judged`, `again`, the `task` of two kinds, what is
 * said when it has `ended`; HTML `beside` the question and of the `result`; `told(game, k, answer)`, elements
 * about one picture at the end; `end(find, game, right)`, which fills the result.
 */
function judge(model, root, words) {
  root.innerHTML = `<div class="page">
  <figure class="trial">
    <div class="picture"><canvas role="img"></canvas>
      <b class="side" aria-hidden="true">R</b><b class="side left" aria-hidden="true">L</b></div>
    <figcaption></figcaption>
  </figure>
  <div class="controls">
    <p class="task"></p>
    ${words.beside}
    <div class="row answers"><button type="button"></button><button type="button"></button></div>
    <p class="keys"></p>
    <progress aria-label="${words.things} judged"></progress>
    <p class="noted" role="status"></p>
    <div class="result"><p class="score"></p>${words.result}</div>
    <button class="new" type="button">${words.again}</button>
    <p class="said" role="status"></p>
  </div>
  <ul class="gallery" aria-label="${words.all}, those that you misjudged first" hidden></ul></div>`;
  const find = (name) => root.querySelector(name);
  const buttons = [...root.querySelectorAll(".answers button")];
  let game;

  function begin() {
    game = model.get("_things"); // with the truth, and what else belongs to each picture
    buttons.forEach((button, k) => {
      const kind = game.kinds[k];
      button.innerHTML = `<u>${kind[0].toUpperCase()}</u>${kind.slice(1)}`;
      button.value = kind;
    });
    const keys = game.kinds.map((kind) => kind[0].toUpperCase());
    find(".keys").textContent = `Keys: ${keys.join(" and ")}, once a button has the focus.`;
    find("progress").max = game.truth.length;
  }

  function paint(given) {
    const [height, width] = game.shape.slice(-2);
    const [all, size, count] = [bytes(game.pixels), height * width, game.truth.length];
    const shown = all.length / (count * size); // pictures for each question
    const image = (k, j) => all.subarray((k * shown + j) * size, (k * shown + j + 1) * size);
    if (given.length < count) {
      root.querySelectorAll("figure canvas").forEach((canvas, j) => draw(canvas, image(given.length, j), height, width));
    }
    root.querySelectorAll("li canvas").forEach((canvas) => draw(canvas, image(+canvas.dataset.place, 0), height, width));
  }

  function item(k, answer) {
    const element = document.createElement("li");
    element.className = answer === game.truth[k] ? "right" : "wrong";
    const canvas = document.createElement("canvas");
    canvas.dataset.place = k;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `${words.thing} ${k + 1}`);
    const told = [["span", `${k + 1}: ${game.truth[k]}`], ...words.told(game, k, answer)];
    element.append(canvas, ...told.map(([kind, textContent]) => Object.assign(document.createElement(kind), { textContent })));
    return element;
  }

  function show(given) {
    const { truth, kinds } = game;
    const [count, done] = [truth.length, given.length];
    const over = done === count;
    const here = `${words.thing} ${done + 1} of ${count}`;
    root.querySelectorAll("figure").forEach((figure) => (figure.hidden = over));
    find(".picture canvas").setAttribute("aria-label", `${here}: ${kinds.join(" or ")}?`);
    find(".trial figcaption").textContent = `${here}. The patient's right is on the left.`;
    find(".task").textContent = over ? words.ended : words.task(kinds, game);
    find(".new").hidden = !over;
    if (over) passFocus(find(".answers"), find(".new"));
    find(".answers").hidden = find(".keys").hidden = over;
    find("progress").value = done;
    find("progress").hidden = over;
    find(".noted").textContent = over ? words.judged : done ? `${words.thing} ${done}: you said ${given.at(-1)}.` : "";
    const order = over ? [...given.keys()].sort((a, b) => (given[a] === truth[a]) - (given[b] === truth[b])) : [];
    find(".gallery").hidden = find(".result").hidden = !over;
    find(".gallery").replaceChildren(...order.map((k) => item(k, given[k])));
    if (over) words.end(find, game, given.filter((kind, k) => kind === truth[k]).length);
  }

  const closed = (given) => given.length === game.truth.length;
  const { again, stop } = play(model, root, { begin, closed, show, paint, needs: `A ${words.again.toLowerCase()} needs` });
  find(".new").addEventListener("click", again);
  return stop;
}
