"""What the playground does, without a notebook: a GAN of points in two dimensions, its settings, its scene.

Points, noise and networks belong to a game: changing them begins a new one. Loss, optimiser, rates and steps
act at once. The kernel plays only while somebody asks for the next frame.
"""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import norm

from gancourse.errors import InputError
from gancourse.teaching.widgets.commands import MAX_SEED, Commanded, check_choice, check_whole
from gancourse.teaching.widgets.playground_challenges import CHALLENGES, Referee
from gancourse.teaching.widgets.playground_points import (
    BLOBS,
    DISTRIBUTIONS,
    EMPTY,
    HOOK,
    REACH,
    divergence,
    draw_points,
    found_blobs,
    histogram,
)
from gancourse.teaching.widgets.playground_presets import choose_preset

if TYPE_CHECKING:
    from gancourse.gans.plane_gan import OwnParts, PlaneGAN, Rules

#: Points of either kind that are shown.
SHOWN = 200
#: Fresh points of either kind that are measured at each moment.
MEASURED = 2000
#: Squares across the map of what the discriminator believes.
CELLS = 40
#: Lines each way in the grid that the generator bends, and points along the curve of one-dimensional noise.
LINES, CURVE = 21, 200
#: Steps of D and G together for one frame of a game that is played.
STEPS = {"slow": 1, "normal": 20, "fast": 80}
#: Moments of a game that are kept; when there are more, every second one goes.
MOMENTS = 400
#: Dots of a drawing.
DOTS = 2000


class Playground(Commanded):
    """A GAN of points in two dimensions, as somebody plays with it.

    Args:
        preset: the first game, a name in `playground_presets.PRESETS`.
        own: losses and a training step to play with, instead of the course's non-saturating ones.

    Attributes:
        own: those, or None.
        data: the distribution: one of `playground_points.DISTRIBUTIONS`, or "drawn".
        dots: (k, 2) of a drawing.
        seed: of the game.
        rounds: played; in each D takes its steps, and then G takes its own.
        preset: whose game this is; None once a setting was changed.
        mended: whether it is the preset's game with its mend.
        referee: knows which challenge is played, and the stars that were won.

    Every method raises `InputError` for a value that is impossible, and then changes nothing.
    """

    COMMANDS = {
        "play": ("play", "value"),
        "step": ("step", "who"),
        "set": ("set", "name", "value"),
        "seed": ("reset", "value"),
        "reset": ("reset",),
        "preset": ("use_preset", "value"),
        "mend": ("mend",),
        "challenge": ("use_challenge", "value"),
        "draw": ("draw", "dots"),
        "clear": ("clear",),
    }
    rules: "Rules"
    preset: str | None
    mended: bool
    seed: int
    _gan: "PlaneGAN"

    def __init__(self, preset: str = "convergence", *, own: "OwnParts | None" = None):
        self.own = own
        self._games: dict[tuple, PlaneGAN] = {}  # compiled once for each graph
        self.dots = HOOK
        self.referee = Referee()
        self.use_preset(preset)

    def use_preset(self, name: str) -> None:
        """Begin the game of a preset."""
        self._begin(choose_preset(name).settings)
        self.preset, self.mended = name, False

    def use_challenge(self, name: str) -> None:
        """Begin a challenge, a name in `playground_challenges.CHALLENGES`."""
        challenge = CHALLENGES[check_choice("challenge", name, CHALLENGES)]
        self._begin(challenge.settings, name)
        self.preset, self.mended = None, False

    def mend(self) -> None:
        """Begin the preset's game again, with its mend."""
        if self.preset is None:
            raise InputError("mend: choose a preset first; this game has settings of its own")
        preset = choose_preset(self.preset)
        self._begin(preset.settings | preset.mend)
        self.mended = True

    def reset(self, seed: int | None = None) -> None:
        """Begin the game again, with the same seed or another, 0 to 2**31 - 1."""
        self.seed = check_whole("seed", self.seed if seed is None else seed, MAX_SEED)
        self._restart()

    def set(self, name: str, value: Any) -> None:
        """Change one setting: "data", or a field of `Rules`."""
        if name == "data":
            self.data = check_choice("points", value, (*DISTRIBUTIONS, "drawn"))
            self.referee.challenge = None  # it is about other points
            self._restart()
        else:
            before = self.rules
            check_choice("setting", name, ("data", *dataclasses.asdict(before)))
            rules = dataclasses.replace(before, **{name: value})
            game = self._game(rules)
            self.rules = rules
            if self.rules.networks != before.networks:
                self._restart()
            else:
                old, self._gan = self._gan, game
                if old is not self._gan:
                    self._gan.take_over(old)
                self._gan.rules = self.rules
        self.preset, self.mended = None, False

    def draw(self, dots: Any) -> None:
        """Add dots [[x, y], ...] to the drawing. The game goes on, with what there is now to imitate."""
        try:
            dots = np.array(dots, float)
        except (ValueError, TypeError, OverflowError):
            dots = np.empty(0)
        if dots.ndim != 2 or dots.shape[1] != 2 or not np.isfinite(dots).all():
            raise InputError("dots: expected pairs of numbers, [[x, y], ...]")
        if np.abs(dots).max(initial=0) > REACH:
            raise InputError(f"dots: expected numbers from {-REACH} to {REACH}")
        self.dots = np.concatenate([self.dots, dots])[-DOTS:]
        self._show_points()

    def clear(self) -> None:
        """Erase the drawing; there is nothing to learn until new dots are drawn."""
        self.dots = np.empty((0, 2))
        self._show_points()

    def play(self, speed: str = "normal") -> None:
        """Play as many rounds as belong to a frame."""
        check_choice("speed", speed, STEPS)
        self.play_rounds(max(1, STEPS[speed] // (self.rules.d_steps + self.rules.g_steps)))

    def play_rounds(self, rounds: int) -> None:
        """Play a number of rounds."""
        self._need_points()
        self._gan.train(rounds)
        self.rounds += rounds
        self._note()

    def step(self, who: str) -> None:
        """Have only "D" or only "G" learn, one step."""
        check_choice("step", who, ("D", "G"))
        self._need_points()
        self._gan.train(1, int(who == "D"), int(who == "G"))
        self._note()

    @property
    def settings(self) -> dict[str, Any]:
        """Return the data, the seed and the rules, by name."""
        return {"data": self.data, "seed": self.seed, **dataclasses.asdict(self.rules)}

    @property
    def now(self) -> dict[str, Any]:
        """Return what was measured at this moment: numbers by name, on 2,000 fresh points of either kind.

        `rounds`; `d_loss`, `g_loss`; `accuracy` (0 to 1); `pull`, the arrows' mean length; `divergence`, the
        Jensen-Shannon divergence of two histograms (24 x 24 squares) in nats, 0 to ln 2 = 0.69, and
        `floor`, what it is for real points themselves, the method's bias; `centre` of the generated points,
        and `spread`, their mean distance from it; `found` blobs of how many, `blobs`, 0 of 0 without blobs.
        """
        return dict(self._now)

    @property
    def history(self) -> np.ndarray:
        """Return an array (moments, 4), float32: round, D's loss, G's loss, divergence."""
        return np.asarray(self._history, np.float32).reshape(-1, 4)

    def scene(self) -> dict[str, np.ndarray]:
        """Return what is to be drawn, all float32.

        `real`, `fake` and `pull` (N, 2); `belief` (40, 40), 0 fake to 1 real, the first row at the top;
        `grid` (21, 21, 2), or (1, 200, 2) of one-dimensional noise.
        """
        return dict(self._scene)

    def _begin(self, settings: Mapping[str, Any], challenge: str | None = None) -> None:
        from gancourse.gans.plane_gan import Rules

        self.referee.challenge = challenge
        settings = dict(settings)
        self.data, self.seed = settings.pop("data"), settings.pop("seed", 0)
        self.rules = Rules(**settings)
        if self.own and self.rules.loss == "bce":
            self.rules = dataclasses.replace(self.rules, loss="own")
        self._restart()

    def _restart(self) -> None:
        self._gan = self._game(self.rules)
        self._gan.rules = self.rules
        self._gan.restart(self.seed)
        self.rounds = 0
        self.referee.restart()
        self._history: list[tuple] = []
        self._noise = _noise(self.rules, np.random.default_rng(self.seed))
        self._show_points()

    def _game(self, rules: "Rules") -> "PlaneGAN":
        from gancourse.gans.plane_gan import PlaneGAN

        if rules.graph not in self._games:
            self._games[rules.graph] = PlaneGAN(rules, self.own)
        return self._games[rules.graph]

    def _need_points(self) -> None:
        if self.data == "drawn" and not len(self.dots):
            raise InputError(EMPTY)

    def _show_points(self) -> None:
        """Give the game its real points, and look at it."""
        from gancourse.gans.plane_gan import POOL

        rng = np.random.default_rng(self.seed)
        if self.data == "drawn" and not len(self.dots):
            self._real, self._floor = np.empty((0, 2), np.float32), 0.0
            self._truth = histogram(np.zeros((1, 2)))
        else:
            points = draw_points(self.data, POOL, rng, self.dots)
            self._gan.points.assign(points)
            self._real, self._truth = points[:SHOWN], histogram(points)
            self._floor = self._divergence(draw_points(self.data, MEASURED, rng, self.dots))
        self._note()

    def _divergence(self, points: np.ndarray) -> float:
        return divergence(self._truth, histogram(points))

    def _note(self) -> None:
        """Look at the game, and remember what was measured."""
        seen = {name: value.numpy() for name, value in self._gan.look(self._noise, PLACES, MEASURED).items()}
        sample, blobs = seen["sample"], BLOBS.get(self.data)
        self._now = {
            "rounds": self.rounds,
            **{name: float(seen[name]) for name in ("d_loss", "g_loss", "accuracy")},
            "pull": float(np.linalg.norm(seen["pull"], axis=1).mean()),
            "divergence": self._divergence(sample),
            "floor": self._floor,
            "centre": tuple(map(float, sample.mean(0))),
            "spread": float(np.linalg.norm(sample - sample.mean(0), axis=1).mean()),
            "found": 0 if blobs is None else found_blobs(sample, blobs),
            "blobs": 0 if blobs is None else len(blobs),
        }
        self.referee.see(self._now)
        self._history.append((self.rounds, *(self._now[k] for k in ("d_loss", "g_loss", "divergence"))))
        if len(self._history) > MOMENTS:
            self._history = self._history[::2]
        shape = (LINES, LINES, 2) if self.rules.noise_dim == 2 else (1, CURVE, 2)
        self._scene = {
            "real": self._real,
            "fake": seen["fake"][:SHOWN],
            "pull": seen["pull"][:SHOWN],
            "grid": seen["fake"][SHOWN:].reshape(shape),
            "belief": belief(self.rules.loss, seen).reshape(CELLS, CELLS),
        }


#: Middles of the squares of the map of beliefs, (CELLS ** 2, 2), row by row from the top.
PLACES = (
    np.stack(np.meshgrid(middles := (np.arange(CELLS) + 0.5) / CELLS * 2 * REACH - REACH, -middles), 2)
    .reshape(-1, 2)
    .astype(np.float32)
)


def belief(loss: str, seen: Mapping[str, np.ndarray]) -> np.ndarray:
    """Turn D's logits at each place into its belief, 0 fake to 1 real.

    Cross-entropy, and losses of one's own: the probability. Least squares: from the target of fake points to
    that of real ones.
    Wasserstein: only differences mean something, so 1/2 is between the means of both kinds.
    """
    logits = seen["logits"]
    if loss in ("minimax", "bce", "own"):
        return 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    if loss == "wasserstein":
        middle, width = (seen["real_logit"] + seen["fake_logit"]) / 2, max(float(logits.std()), 1e-6)
        logits = (logits - middle) / width / 2
    return np.clip((logits + 1) / 2, 0, 1)


def _noise(rules: "Rules", rng: np.random.Generator) -> np.ndarray:
    """Draw the noise whose points are shown, and after it the grid's: (n, noise_dim) float32."""
    normal = rules.noise == "normal"
    shape = (SHOWN, rules.noise_dim)
    noise = rng.normal(size=shape) if normal else rng.uniform(-1, 1, shape)
    along = grid_places(rules.noise, LINES if rules.noise_dim == 2 else CURVE)
    grid = np.stack(np.meshgrid(along, along), 2).reshape(-1, 2) if rules.noise_dim == 2 else along[:, None]
    return np.concatenate([noise, grid]).astype(np.float32)


def grid_places(noise: str, n: int) -> np.ndarray:
    """Return where n lines of the grid lie in the noise: between neighbours lies as much of it everywhere."""
    share = np.linspace(0.01, 0.99, n)
    return norm.ppf(share) if noise == "normal" else 2 * share - 1
