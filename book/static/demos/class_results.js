// Results of many games in a link, and what they say together. Pure: no page, no address.
//
// In a link, `results=` is followed by a version, eight characters for each game, and two that show damage. A game
// has a random name (five characters are the player's, one is the number of the game), and how many answers were
// right of how many. So a game that arrives twice is counted once, and games of one player are known to be.

export const VERSION = "1";
export const MOST = 900; // games in a link
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const [PLAYER, GAME, WORD, CHECK] = [5, 6, 8, 2];
const Z = 1.959964; // of a 95 % interval

/** A player's random name, which says nothing about who it is. */
export function newPlayer() {
  return [...crypto.getRandomValues(new Uint8Array(PLAYER))].map((byte) => DIGITS[byte % DIGITS.length]).join("");
}

/** The name of a player's game: numbers start again after 64 games. */
export const nameGame = (player, number) => player + DIGITS[number % DIGITS.length];

/** Two characters that other letters would hardly have (FNV-1a, cut to 12 bits). */
function check(text) {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  hash ^= hash >>> 15;
  return DIGITS[(hash >>> 6) & 63] + DIGITS[hash & 63];
}

/** Games as text for a link: a Map from names to {right, count}. */
export function encode(games) {
  const words = [...games].map(([name, { right, count }]) => name + DIGITS[right] + DIGITS[count]);
  const text = VERSION + words.join("");
  return text + check(text);
}

/** The games of such a text, or null if it is damaged. */
function decode(text) {
  const body = text.slice(0, -CHECK);
  if (text[0] !== VERSION || (body.length - 1) % WORD || check(body) !== text.slice(-CHECK)) return null;
  const games = new Map();
  for (let at = 1; at < body.length; at += WORD) {
    const [right, count] = [DIGITS.indexOf(body[at + GAME]), DIGITS.indexOf(body[at + GAME + 1])];
    if (!count || right > count) return null;
    games.set(body.slice(at, at + GAME), { right, count });
  }
  return games;
}

/** All games of the links in a text, how many links have games, and how many are damaged. */
export function read(text) {
  const found = [...text.matchAll(/results(?:=|%3D)([\w-]*)/gi)].map(([, coded]) => decode(coded));
  const whole = found.filter(Boolean);
  const games = new Map(whole.flatMap((some) => [...some]));
  return { games, links: whole.length, damaged: found.length - whole.length };
}

/** Wilson's interval for a share of `n` answers, where `n` need not be whole. */
function wilson(share, n) {
  const shrink = 1 + Z ** 2 / n;
  const half = (Z / shrink) * Math.sqrt((share * (1 - share)) / n + Z ** 2 / (4 * n ** 2));
  const middle = (share + Z ** 2 / (2 * n)) / shrink;
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** What games say together.
 *
 * Answers of one person hang together, so people are what is independent: the variance of the share comes from
 * how people's numbers of right answers differ (a ratio's, linearised). `alike` is how many independent answers
 * would be as informative; never more than there are, and fewer for few people, by Student's t (after Korn and
 * Graubard 1998). The interval is Wilson's for so many. Of one person, it is null.
 *
 * `student` holds the 97.5 % quantiles of Student's t for 1, 2, ... degrees of freedom.
 */
export function summarise(games, student) {
  const people = new Map();
  for (const [name, { right, count }] of games) {
    const person = people.get(name.slice(0, PLAYER)) ?? { right: 0, count: 0 };
    people.set(name.slice(0, PLAYER), { right: person.right + right, count: person.count + count });
  }
  const all = [...people.values()];
  const sum = (of) => all.reduce((total, person) => total + of(person), 0);
  const [m, right, answers] = [all.length, sum((it) => it.right), sum((it) => it.count)];
  const share = right / answers;
  const told = { games: games.size, people: m, right, answers, share };
  if (m < 2) return { ...told, alike: null, interval: null };
  const squares = sum((it) => (it.right - share * it.count) ** 2);
  const variance = ((m / (m - 1)) * squares) / answers ** 2;
  const independent = variance ? Math.min(answers, (share * (1 - share)) / variance) : answers;
  const alike = independent * (Z / student[Math.min(m - 1, student.length) - 1]) ** 2;
  return { ...told, alike, interval: wilson(share, alike) };
}

/** How many of the games had each share right, in steps of 1 / `steps`, from none to all. */
export function histogram(games, steps) {
  const bins = new Array(steps + 1).fill(0);
  for (const { right, count } of games.values()) bins[Math.round((right / count) * steps)] += 1;
  return bins;
}

/** How many of `games` would have each number right of `steps` by guessing. */
export function guessed(games, steps) {
  const bins = [games / 2 ** steps];
  for (let k = 1; k <= steps; k++) bins.push((bins[k - 1] * (steps - k + 1)) / k);
  return bins;
}
