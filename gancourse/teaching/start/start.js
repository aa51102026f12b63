// The start page: what the learner has solved, and whether the machine is ready. Its map is there without this.

const part = (id) => document.getElementById(id);

// How the doctor marks a finding, and how the page says it.
const WORDS = { ok: "ready", note: "note", LACKS: "lacking" };
let checking = false;

function say(element, words) {
  if (element.textContent !== words) element.textContent = words; // a screen reader announces every change
}

// A hub answers scripts only with the token of its cookie, and never modules: these are not sent as a page's own.
async function ask(address) {
  const token = document.cookie.match(/\b_xsrf=([^;]*)/)?.[1] ?? "";
  const answer = await fetch(address, { cache: "no-store", headers: { "X-XSRFToken": token } });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

function inWords({ passed, exercises, tried }) {
  if (!exercises) return "";
  if (passed === exercises) return `Done: all ${exercises} exercises solved`;
  if (!tried) return `Not started: ${exercises} exercises`;
  return `${passed} of ${exercises} exercises solved`;
}

async function showProgress() {
  let found;
  try {
    found = await ask("progress");
  } catch {
    say(part("summary"), "Your progress could not be read. Is the course still running? If it is, reload this page.");
    return;
  }
  for (const card of document.querySelectorAll("[data-lesson]")) {
    const lesson = found.lessons[card.dataset.lesson] ?? {};
    const status = card.querySelector(".status");
    say(status, inWords(lesson));
    status.classList.toggle("done", lesson.exercises > 0 && lesson.passed === lesson.exercises);
    card.querySelector(".earlier").replaceChildren(...(lesson.earlier ?? []).flatMap(earlierCopy));
  }
  const { passed, exercises } = found;
  say(part("summary"), exercises ? `You have solved ${passed} of ${exercises} exercises.` : "You have no lessons here yet.");
  Object.assign(part("bar"), { max: exercises || 1, value: passed, hidden: !exercises });
  fill(part("problems"), found.problems);
  part("kept").hidden = !found.kept.length;
  part("gallery").replaceChildren(...found.kept.map(picture));
  if (found.next) {
    part("next").href = found.next.address;
    say(part("next"), found.next.words);
  }
}

function earlierCopy({ name, address }, index) {
  const link = document.createElement("a");
  Object.assign(link, { href: address, textContent: name });
  return [index ? ", " : "What you had before: ", link];
}

function picture({ name, address }) {
  const [item, figure, link, image, caption] = ["li", "figure", "a", "img", "figcaption"].map((tag) => document.createElement(tag));
  Object.assign(image, { src: address, alt: "" });
  Object.assign(link, { href: address, textContent: name });
  caption.append(link);
  figure.append(image, caption);
  item.append(figure);
  return item;
}

function fill(list, lines) {
  list.replaceChildren(
    ...lines.map((line) => {
      const item = document.createElement("li");
      if (typeof line === "string") {
        item.textContent = line;
      } else {
        const mark = document.createElement("strong");
        mark.textContent = `${line.subject}: ${WORDS[line.mark]}.`;
        item.className = WORDS[line.mark];
        item.append(mark, ` ${line.text}`);
      }
      return item;
    }),
  );
  list.hidden = !lines.length;
}

async function checkMachine(again) {
  if (checking) return; // the button stays enabled, so that it keeps the focus
  checking = true;
  const verdict = part("verdict");
  verdict.className = "verdict";
  say(verdict, "Checking. This takes up to a minute, and you can start in the meantime.");
  try {
    const findings = await ask(again ? "doctor?again=1" : "doctor");
    const lacking = findings.filter((finding) => finding.mark === "LACKS");
    const notes = findings.filter((finding) => finding.mark === "note");
    const noted = notes.length ? `, with ${notes.length === 1 ? "a remark" : `${notes.length} remarks`}` : "";
    verdict.classList.add(lacking.length ? "lacks" : "ok");
    say(verdict, lacking.length ? "Not ready. This machine lacks something that the course needs." : `Ready${noted}.`);
    fill(part("lacking"), [...lacking, ...notes]);
    fill(part("findings"), findings);
    part("details").hidden = false;
    say(part("check"), "Check again");
  } catch {
    say(verdict, "The check could not be run. Type `gancourse doctor` in a terminal.");
  }
  checking = false;
}

part("check").addEventListener("click", () => checkMachine(true));
window.addEventListener("pageshow", showProgress);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && showProgress());
if (document.body.dataset.look === "now") checkMachine(false);
