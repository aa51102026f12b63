// A class' results, under the game: a histogram, the share right, a link to pass on, and links pasted in.

import { encode, guessed, histogram, MOST, nameGame, newPlayer, read, summarise } from "./class_results.js";
import { qrCode } from "./qr_code.js";

const STEPS = 20; // of the histogram's shares
const SCANNED = 660; // characters that a phone still reads off a projector's QR code
const KEY = "#results=";

const PAGE = `<h2>Results of a class</h2>
  <p class="told"></p>
  <div class="shown" hidden>
    <figure>
      <div class="bars" role="img"></div>
      <div class="ends" aria-hidden="true"><span>0 %</span><span>50 %</span><span>100 %</span></div>
      <figcaption>Games by their share of right answers. The dashed steps are what guessing would give, and the
      triangle marks your last game.</figcaption>
    </figure>
    <p class="share"></p>
    <p class="meaning"></p>
    <details><summary>How the interval is computed</summary><p class="how"></p></details>
  </div>
  <div class="pass" hidden>
    <label>Link with all these results <input type="text" readonly></label>
    <div class="row"><button class="copy" type="button">Copy link</button>
      <button class="scan" type="button" aria-expanded="false">QR code of this link</button></div>
    <div class="picture"></div>
  </div>
  <details class="paste"><summary>Add results from other links</summary>
    <label>Links, one or several <textarea rows="3" spellcheck="false"></textarea></label>
    <button class="merge" type="button">Add results</button>
  </details>
  <p class="heard" role="status"></p>`;

const percent = (share) => `${Math.round(100 * share)} %`;
/** As percent, but never 50 % for what is not, since words hang on it. */
const precise = (share) => (Math.round(100 * share) === 50 ? `${(100 * share).toFixed(1)} %` : percent(share));
const many = (n, word, plural = `${word}s`) => `${n.toLocaleString("en")} ${n === 1 ? word : plural}`;

/** What the interval says about people like these. */
function meaning([low, high]) {
  if (low > 0.5) return "The whole interval lies above 50 %: people like these do see a difference, if not in every slice.";
  if (high < 0.5) return "The whole interval lies below 50 %: people like these see a difference, but read it the wrong way round.";
  return `The interval includes 50 %, so this class may have guessed. It also includes ${precise(high)}, so these results do not show that nobody can tell the two apart.`;
}

export class ClassPanel {
  constructor(student) {
    Object.assign(this, { student, games: new Map(), player: newPlayer(), mine: new Map(), revealed: false });
  }

  /** Show the panel below a game, with the results that the page's address brings. */
  show(el) {
    this.root = Object.assign(document.createElement("section"), { className: "gancourse-live class-results", innerHTML: PAGE });
    const find = (name) => this.root.querySelector(name);
    this.find = find;
    find("h2").id = "class-results";
    this.root.setAttribute("aria-labelledby", "class-results");
    el.append(this.root);
    find(".copy").addEventListener("click", () => this.copy());
    find(".scan").addEventListener("click", () => this.scan());
    find(".merge").addEventListener("click", () => this.merge());
    window.addEventListener("hashchange", () => this.arrive());
    this.arrive();
  }

  /** Take up what the address brings. */
  arrive() {
    const { hash } = location;
    if (hash.startsWith(KEY)) {
      const found = read(hash);
      this.take(found, "The link of this page");
      if (!found.damaged && !this.revealed) this.say(""); // what is told above it says it
    }
    this.refresh();
  }

  /** Take up games, those that are new, and say what became of them. */
  take({ games, damaged }, whose) {
    const fresh = [...games].filter(([name]) => !this.games.has(name));
    const known = games.size - fresh.length;
    const room = MOST - this.games.size;
    fresh.slice(0, room).forEach(([name, result]) => this.games.set(name, result));
    const said = [];
    if (games.size) said.push(`${whose} brought ${many(fresh.length, "game")}${known ? `, and ${many(known, "game")} that you had already` : ""}.`);
    if (fresh.length > room) said.push(`A link holds ${MOST} games, so the last ones were left out.`);
    if (damaged) said.push(`${games.size ? "One part" : whose} is damaged, so its results were left out: ask for the link again.`);
    this.say(said.join(" "));
  }

  say(text) {
    this.find(".heard").textContent = text;
  }

  /** Count a game that has ended here; the page may tell it more than once. */
  add(seed, right, count) {
    if (this.mine.has(seed)) return;
    const name = nameGame(this.player, this.mine.size);
    this.mine.set(seed, name);
    this.games.set(name, { right, count });
    this.revealed = true;
    this.refresh();
    history.replaceState(null, "", this.link()); // a page that is loaded again still has it
  }

  link() {
    return location.href.split("#")[0] + KEY + encode(this.games);
  }

  merge() {
    const box = this.find("textarea");
    const found = read(box.value);
    if (!found.links && !found.damaged) {
      this.say("This text holds no results. Copy the whole link, up to its last letter.");
      return;
    }
    this.take(found, "Your text");
    if (found.links) box.value = "";
    this.revealed ||= found.games.size > 0;
    this.refresh();
  }

  refresh() {
    const { find, games, revealed } = this;
    if (!this.root) return;
    const told = summarise(games, this.student);
    find(".shown").hidden = find(".pass").hidden = !revealed;
    find(".told").hidden = revealed;
    find(".told").textContent = games.size
      ? `The link of this page carries ${many(games.size, "game")}. You see the results when you have judged your own slices.`
      : "After your last slice you get a link that carries your number of right answers, without your name. Whoever opens it can add theirs.";
    if (!revealed) return;
    const link = this.link();
    find("input").value = link;
    find(".scan").hidden = link.length > SCANNED;
    find(".picture").replaceChildren();
    find(".scan").setAttribute("aria-expanded", "false");
    find("figure").hidden = games.size < 2;
    this.draw();
    const { right, answers, share, interval, people, alike } = told;
    const who = `${many(told.games, "game")} of ${many(people, "person", "people")}`;
    find(".share").textContent = `${who}: ${right.toLocaleString("en")} of ${answers.toLocaleString("en")} answers right, ${percent(share)}${
      interval ? ` (95 % interval ${precise(interval[0])} to ${precise(interval[1])})` : ""}.`;
    find(".meaning").textContent = interval ? meaning(interval)
      : "One person says nothing about a class. Pass the link on: an interval needs two people, and means something from about ten.";
    find("details").hidden = !interval;
    if (interval) find(".how").textContent = this.how(alike, answers);
  }

  how(alike, answers) {
    return `Somebody with a good eye is right again and again, so answers of one person hang together. The interval takes people for independent, and not their answers. These ${
      answers.toLocaleString("en")} answers tell as much as ${many(Math.max(1, Math.round(alike)), "independent answer")} would, and the interval is Wilson's for so many. With few people, it is wider by the ratio of Student's t to 1.96. It holds for people like these and for the slices of this page, and not for other generators. Whoever loads the page again counts as another person.`;
  }

  /** The histogram, with what guessing would give. */
  draw() {
    const bins = histogram(this.games, STEPS);
    const chance = guessed(this.games.size, STEPS);
    const last = this.games.get([...this.mine.values()].at(-1));
    const own = last ? Math.round((last.right / last.count) * STEPS) : -1;
    const high = Math.max(...bins, ...chance);
    const bars = bins.map((n, k) => {
      const bar = document.createElement("div");
      bar.className = k === own ? "bar own" : "bar";
      bar.innerHTML = `<i class="chance" style="height: ${(100 * chance[k]) / high}%"></i><i class="games" style="height: ${(100 * n) / high}%"></i>`;
      return bar;
    });
    const list = bins.flatMap((n, k) => (n ? [`${many(n, "game")} with ${percent(k / STEPS)}`] : []));
    this.find(".bars").setAttribute("aria-label", `Histogram of right answers: ${list.join(", ")}.`);
    this.find(".bars").replaceChildren(...bars);
  }

  /** Copy the link, or select it where the browser does not let a page copy. */
  async copy() {
    const field = this.find("input");
    try {
      await navigator.clipboard.writeText(field.value);
      this.say("The link is copied. Send it to your class.");
    } catch {
      field.focus();
      field.select();
      this.say("Your browser does not let this page copy. The link is selected: copy it as you copy text.");
    }
  }

  scan() {
    const shown = this.find(".picture svg");
    this.find(".scan").setAttribute("aria-expanded", String(!shown));
    if (shown) return shown.remove();
    const code = qrCode(this.link());
    code.setAttribute("aria-label", "QR code of the link with these results");
    this.find(".picture").append(code);
  }
}
