"""Recognizes where the robot is by what stands around. Pure.

Things that were seen near a place are seen again, elsewhere in odom, because odometry has drifted.
What moves all of them at once onto what is seen is the drift: a shift and a turn. It is what makes
things and odometry's own doubt together most likely (least squares, Gauss and Newton), over what is
assigned to what: nearest neighbors while the doubt is small, else every pair of things that is as
far apart as a pair that is known (Fischler and Bolles 1981, RANSAC, with all samples). Where a
second explanation is about as good, none is taken.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations

import numpy as np

from tank_core.geometry import Place, Pose2D, wrap
from tank_core.state import OTHER_SHAPE, Array
from tank_executor.motion.drift import Doubt

MOST = 10  # of each kind that count, the surest: the work grows with their fourth power
GATE = 3.0  # standard deviations: what is farther off is something else
NEIGHBOR_M = 0.15  # [m] a doubt up to which the nearest thing is taken for the known one
GAIN = 4.0  # what one thing more explains, as logarithm of a likelihood
MARGIN = 3.0  # by which the best explanation must be better than none and than another one
OTHER_M, OTHER_RAD = 0.10, math.radians(6.0)  # so far off it is another explanation
BASE_M = 0.25  # things nearer to each other tell no direction
ROUNDS = 4
LEAST_YAW = math.radians(0.7) ** 2  # [rad^2] no match tells a heading better
LEAST = 0.01**2  # [m^2] nor a place


@dataclass(frozen=True)
class Landmark:
    """A thing that does not move, as it looked and where it was in odom [m]."""

    color: str
    shape: str | None
    place: Place
    variance: float  # [m^2] of its x, and of its y
    turned: float = 0.0  # [rad^2] of the heading with which it was noted, alike for all seen then

    def resembles(self, other: Landmark) -> bool:
        """Whether both may be one thing, by their looks."""
        told = (self.shape, other.shape)
        return self.color == other.color and (
            None in told or OTHER_SHAPE in told or self.shape == other.shape
        )


@dataclass(frozen=True)
class Fix:
    """The drift that was recognized.

    ``shift.to_world`` leads from where things were to where they are.

    ``rest`` is the doubt that is left, ``seen`` what it was recognized by.
    """

    shift: Pose2D
    rest: Doubt
    seen: tuple[Landmark, ...]


@dataclass(frozen=True)
class _Guess:
    """An explanation: a turn about the prior's center [rad] and a shift [m]."""

    turn: float
    shift: Place
    score: float = -math.inf
    pairs: tuple[tuple[int, int], ...] = ()


def recognized(
    known: Sequence[Landmark], seen: Sequence[Landmark], doubt: Doubt, at: Place
) -> Fix | None:
    """Return the drift since ``known`` was noted, by what is ``seen`` now.

    ``doubt`` is odometry's own of that time; ``at`` a place [m] that matters. None: nothing was
    recognized, or not without doubt.
    """
    known = sorted(known, key=lambda one: one.variance)[:MOST]
    seen = sorted(seen, key=lambda one: one.variance)[:MOST]
    problem = _Problem(known, seen, doubt)
    if not problem.alike.any():
        return None
    near = [one for one in known if math.sqrt(doubt.at(one.place)) <= NEIGHBOR_M]
    if near:
        best = problem.refined(_Guess(0.0, (0.0, 0.0)), unique=True)
        if len(best.pairs) >= 1 and best.score > 0.0:
            return problem.fix(best)
    guesses = sorted(problem.guesses(), key=lambda guess: -guess.score)
    if not guesses or len(guesses[0].pairs) < 2 or guesses[0].score < MARGIN:
        return None
    best = guesses[0]
    for other in guesses[1:]:
        if best.score - other.score < MARGIN and problem.differ(best, other, at):
            return None
    return problem.fix(best)


class _Problem:
    """The known, the seen, and the doubt between them, as arrays."""

    def __init__(self, known: Sequence[Landmark], seen: Sequence[Landmark], doubt: Doubt) -> None:
        self.known, self.seen = known, seen
        center = doubt.center
        self.center = np.array(center)
        self.yaw = doubt.yaw + LEAST_YAW
        self.along = doubt.at(center) / 2 + LEAST
        self.before = np.array([one.place for one in known]).reshape(-1, 2) - self.center
        self.after = np.array([one.place for one in seen]).reshape(-1, 2) - self.center
        self.noise = np.array([[one.variance + two.variance for two in seen] for one in known])
        self.alike = np.array(
            [[one.resembles(two) for two in seen] for one in known], bool
        ).reshape(len(known), len(seen))

    def moved(self, guess: _Guess) -> Array:
        cosine, sine = math.cos(guess.turn), math.sin(guess.turn)
        turned = self.before @ np.array([[cosine, sine], [-sine, cosine]])
        moved: Array = turned + np.array(guess.shift)
        return moved

    def prior(self, guess: _Guess) -> float:
        """The cost of a guess by odometry's own doubt (chi-square)."""
        x, y = guess.shift
        return guess.turn**2 / self.yaw + (x * x + y * y) / self.along

    def guesses(self) -> Iterator[_Guess]:
        """Explain every pair of known things by every pair that is seen."""
        explained: set[tuple[tuple[int, int], tuple[int, int]]] = set()
        for one, two in combinations(range(len(self.known)), 2):
            for to_one, to_two in permutations(range(len(self.seen)), 2):
                if not (self.alike[one, to_one] and self.alike[two, to_two]):
                    continue
                if ((one, to_one), (two, to_two)) in explained:
                    continue
                guess = self._by_pair(one, two, to_one, to_two)
                if guess is not None and self.prior(guess) <= 4 * GATE**2:
                    guess = self.refined(guess)
                    explained.update(combinations(guess.pairs, 2))
                    yield guess

    def _by_pair(self, one: int, two: int, to_one: int, to_two: int) -> _Guess | None:
        before, after = self.before[two] - self.before[one], self.after[to_two] - self.after[to_one]
        length, other = math.hypot(*before), math.hypot(*after)
        unsure = math.sqrt(self.noise[one, to_one] + self.noise[two, to_two])
        if length < BASE_M or abs(length - other) > GATE * unsure:
            return None
        turn = wrap(math.atan2(after[1], after[0]) - math.atan2(before[1], before[0]))
        middle = (self.after[to_one] + self.after[to_two]) / 2
        off = middle - self.moved(_Guess(turn, (0.0, 0.0)))[[one, two]].mean(axis=0)
        return _Guess(turn, (float(off[0]), float(off[1])))

    def refined(self, guess: _Guess, unique: bool = False) -> _Guess:
        """Assign, fit, and again.

        ``unique``: what resembles two things that are near leads nowhere.
        """
        for number in range(ROUNDS):
            slack = self._slack(guess) if number == 0 else np.zeros((len(self.known), 1))
            pairs = self._assigned(guess, slack, unique)
            if number and pairs == guess.pairs:
                break
            guess = self._fitted(guess, pairs)
        return guess

    def _slack(self, guess: _Guess) -> Array:
        """The variance [m^2] of known things, before anything is fitted."""
        slack: Array
        if guess.turn == 0.0 and guess.shift == (0.0, 0.0):
            slack = self.along + self.yaw * (self.before**2).sum(axis=1) / 2
        else:
            slack = np.full(len(self.known), 0.05**2)
        return slack[:, None]

    def _assigned(self, guess: _Guess, slack: Array, unique: bool) -> tuple[tuple[int, int], ...]:
        off = np.linalg.norm(self.moved(guess)[:, None] - self.after[None], axis=2)
        cost = np.where(self.alike, off / np.sqrt(self.noise + slack), math.inf)
        pairs, taken = [], set()
        for index in np.argsort(cost, axis=None):
            one, two = divmod(int(index), len(self.seen))
            if cost[one, two] > GATE:
                break
            if unique and ((cost[one] <= GATE).sum() > 1 or (cost[:, two] <= GATE).sum() > 1):
                continue
            if ("known", one) not in taken and ("seen", two) not in taken:
                taken |= {("known", one), ("seen", two)}
                pairs.append((one, two))
        return tuple(sorted(pairs))

    def _fitted(self, guess: _Guess, pairs: tuple[tuple[int, int], ...]) -> _Guess:
        state = np.array([*guess.shift, guess.turn])
        for _ in range(ROUNDS):
            information, gradient, _ = self._equations(state, pairs)
            state = state - np.linalg.solve(information, gradient)
        _, _, cost = self._equations(state, pairs)
        x, y, turn = (float(value) for value in state)
        return _Guess(turn, (x, y), GAIN * len(pairs) - cost / 2, pairs)

    def _equations(
        self, state: Array, pairs: tuple[tuple[int, int], ...]
    ) -> tuple[Array, Array, float]:
        """Return information (3, 3), gradient (3,) and chi-square."""
        weights = np.array([1 / self.along, 1 / self.along, 1 / self.yaw])
        information, gradient = np.diag(weights), weights * state
        cost = float(state @ gradient)
        cosine, sine = math.cos(state[2]), math.sin(state[2])
        for one, two in pairs:
            x, y = self.before[one]
            turned = np.array([cosine * x - sine * y, sine * x + cosine * y])
            off = turned + state[:2] - self.after[two]
            slope = np.array([[1.0, 0.0, -turned[1]], [0.0, 1.0, turned[0]]])
            weight = 1 / self.noise[one, two]
            information = information + weight * slope.T @ slope
            gradient = gradient + weight * slope.T @ off
            cost += weight * float(off @ off)
        return information, gradient, cost

    def differ(self, one: _Guess, two: _Guess, at: Place) -> bool:
        """Whether two explanations lead to different places or headings there."""
        places = [self._pose(guess).to_world(at) for guess in (one, two)]
        return math.dist(*places) > OTHER_M or abs(wrap(one.turn - two.turn)) > OTHER_RAD

    def _pose(self, guess: _Guess) -> Pose2D:
        turned = Pose2D(0.0, 0.0, guess.turn).to_world((-self.center[0], -self.center[1]))
        x, y = (float(self.center[axis] + guess.shift[axis] + turned[axis]) for axis in (0, 1))
        return Pose2D(x, y, guess.turn)

    def fix(self, guess: _Guess) -> Fix:
        """Return a guess as a result, with the doubt that it leaves."""
        state = np.array([*guess.shift, guess.turn])
        spread = np.linalg.inv(self._equations(state, guess.pairs)[0])
        yaw = float(spread[2, 2])
        # a thing's errors are alike whenever it is seen: no match is better than its best
        best = min(float(self.noise[pair]) for pair in guess.pairs)
        # the place about which shift and turn know nothing of each other: there the shift is least
        center = self.center + np.array(guess.shift)
        center = center + np.array([-spread[1, 2], spread[0, 2]]) / yaw
        left = spread[0, 0] + spread[1, 1] - (spread[0, 2] ** 2 + spread[1, 2] ** 2) / yaw
        # what was noted with one wrong heading is turned by it alike: no average helps
        headings = sorted(self.known[one].turned for one, _ in guess.pairs)
        yaw = max(yaw, LEAST_YAW, *headings[1:2])
        rest = Doubt.about((float(center[0]), float(center[1])), max(float(left), best), yaw)
        seen = tuple(self.seen[two] for _, two in guess.pairs)
        return Fix(self._pose(guess), rest, seen)


def shifted(landmark: Landmark, shift: Pose2D) -> Landmark:
    """Return a landmark where the drift has carried it."""
    return replace(landmark, place=shift.to_world(landmark.place))
