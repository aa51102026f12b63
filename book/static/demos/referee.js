// Who has won how many stars of a challenge: what gancourse/teaching/widgets/playground_challenges.py does.

export class Referee {
  constructor(challenges) {
    const stars = Object.fromEntries(Object.keys(challenges).map((name) => [name, 0]));
    Object.assign(this, { challenges, challenge: null, stars });
    this.restart();
  }

  /** Forget how long the limits were held: a new game begins. */
  restart() {
    this.since = [null, null, null];
  }

  /** Look at what was measured at a moment. */
  see({ rounds, divergence, found }) {
    if (this.challenge === null) return;
    const { found: [least, most], below, rounds: enough } = this.challenges[this.challenge];
    below.forEach((limit, k) => {
      const holds = least <= found && found <= most && divergence < limit;
      this.since[k] = holds ? this.since[k] ?? rounds : null;
      if (holds && rounds - this.since[k] >= enough) {
        this.stars[this.challenge] = Math.max(this.stars[this.challenge], k + 1);
      }
    });
  }
}
