"""Clauses for a step without an object: to drive, to turn, to wait, to stop."""

from __future__ import annotations

import random

from tank_learning.language.corpus.grammar import phrases as p
from tank_learning.language.corpus.grammar.amounts import compound_time, distance, quantity, vague
from tank_learning.language.corpus.grammar.numbers import pick_number, say, spell
from tank_learning.language.corpus.grammar.phrases import Pair, fill, join

_DURATIONS = p.pairs(p.AMOUNTS["durations"])
_OTHER_PARTS = p.pairs(p.TURNING["other_parts"])
_NAMED_ANGLES = {"90 deg": "quarter", "45 deg": "eighth", "270 deg": "three_quarter"}


def pace(rng: random.Random, share: float = 0.16) -> Pair:
    """(adverb, "slow" or "fast"), mostly nothing."""
    if rng.random() > share:
        return "", ""
    return rng.choice([(rng.choice(p.PACE[speed]), speed) for speed in ("slow", "fast")])


def place_adverb(rng: random.Random, phrase: str, adverb: str) -> str:
    """The adverb in front of, behind, or after a comma behind the phrase."""
    return fill(rng, p.PACE["order"], adverb=adverb, phrase=phrase) if adverb else phrase


def move(rng: random.Random) -> Pair:
    """A straight move, timed now and then."""
    timed = rng.random() < 0.08
    words, amount = quantity(rng, rng.choice(("s", "s", "s", "min"))) if timed else distance(rng)
    if amount.endswith((" s", " min")):
        words = "for " + words
    adverb, speed = pace(rng)
    if rng.random() < 0.58:
        direction, phrase = "forward", _forward(rng, words)
    else:
        direction, phrase = "backward", _backward(rng, words)
    if not speed and rng.random() < 0.07:
        speed = rng.choice(("slow", "fast"))
        verb = rng.choice(p.PACE[f"{speed}_go"])
        phrase = join(verb, rng.choice(p.MOVING[direction]), words)
    if (
        adverb.startswith("in ") and amount.endswith(" m") and "m" not in words
    ):  # "go 1 in slow motion"
        adverb = "slowly" if speed == "slow" else "fast"
    if not adverb and rng.random() < 0.02:
        adverb = "at normal speed"
    if rng.random() < 0.15 and words.startswith("a "):
        phrase = phrase.replace(" a ", " another ", 1)
    return place_adverb(rng, phrase, adverb), join("move", direction, amount, speed)


def _forward(rng: random.Random, words: str) -> str:
    if words and rng.random() < 0.1:
        return join(rng.choice(p.MOVING["go_how_far"]), words)
    if words and rng.random() < 0.2:
        return join(rng.choice(p.MOVING["go"]), words, rng.choice(p.MOVING["forward"]))
    if rng.random() < 0.4:
        verbs = p.MOVING["forward_verbs" if words else "forward_alone"]
        return join(rng.choice(verbs), words)
    return _directed(rng, "forward", words)


def _backward(rng: random.Random, words: str) -> str:
    if words and rng.random() < 0.2:
        return join(rng.choice(p.MOVING["go"]), words, rng.choice(p.MOVING["backward"]))
    if rng.random() < 0.5:
        return join(rng.choice(p.MOVING["backward_verbs"]), _by(rng, words), words)
    return _directed(rng, "backward", words)


def _directed(rng: random.Random, direction: str, words: str) -> str:
    verb, way = rng.choice(p.MOVING["go"]), rng.choice(p.MOVING[direction])
    if not words and verb in p.MOVING["going_on"]:
        verb = "go"
    if words in p.AMOUNTS["bit"] and rng.random() < 0.2:
        words = rng.choice(p.AMOUNTS["bit_more"])
    return join(verb, way, _by(rng, words), words)


def _by(rng: random.Random, words: str) -> str:
    return rng.choice(p.MOVING["before_distance"]) if words else ""


def turn(rng: random.Random) -> Pair:
    """Make a turn in place.

    It has a direction, a named turn, a clock direction or a time.
    """
    roll = rng.random()
    adverb, speed = pace(rng)
    if roll < 0.10:
        words, answer = rng.choice(p.TURNING["around"]), join("turn right 180 deg", speed)
    elif roll < 0.19:
        words, answer = _spin(rng, speed)
    elif roll < 0.25:
        words, answer = _clock(rng, speed)
    elif roll < 0.31:
        words, answer = _by_degrees(rng, speed)
    else:
        words, answer = _sided(rng, speed)
    return place_adverb(rng, words, adverb), answer


def _clock(rng: random.Random, speed: str) -> Pair:
    hour = rng.randint(1, 11)
    words = rng.choice((str(hour), spell(hour, rng))) + rng.choice(p.TURNING["oclock"])
    return f"{rng.choice(p.TURNING['clock'])} {words}", join(f"turn clock {hour}", speed)


def _by_degrees(rng: random.Random, speed: str) -> Pair:
    """A turn by any verb of motion: "move 40 degrees to the left"."""
    words, amount = quantity(rng, "deg", "angle")
    direction, verb = rng.choice(("left", "right")), rng.choice(p.TURNING["moving"])
    parts = {"verb": verb, "words": words, "direction": direction}
    return fill(rng, p.TURNING["by_degrees"], **parts), join("turn", direction, amount, speed)


def _sided(rng: random.Random, speed: str) -> Pair:
    direction = rng.choice(("left", "right"))
    words, amount = _angle(rng)
    side = rng.choice(p.TURNING[direction])
    if amount in _NAMED_ANGLES and rng.random() < 0.5:
        words = rng.choice(p.TURNING[_NAMED_ANGLES[amount]])
    if rng.random() < 0.05 and amount:  # unstated direction is right
        verb = rng.choice(p.TURNING["without_side"])
        return join(verb, words), join("turn right", amount, speed)
    if not amount and rng.random() < 0.2:  # "spin left" is a full turn
        verb = rng.choice(p.TURNING["spinners"])
        return join(verb, side), join("turn", direction, "360 deg", speed)
    return _turn_phrase(rng, direction, side, words, amount), join("turn", direction, amount, speed)


def _turn_phrase(rng: random.Random, direction: str, side: str, words: str, amount: str) -> str:
    verbs = p.TURNING["turn"]
    verb = rng.choice((*verbs, *p.TURNING["spinners"]) if amount else verbs)
    if verb == "go" and words:  # "go left a bit" is a turn, and then a way
        verb = "turn"
    if words or " " in side:  # no "turn to to your left"
        verb = verb.removesuffix(" to").removesuffix(" towards")
    if not amount and rng.random() < 0.15:
        return f"{verb} {rng.choice(p.TURNING['sharp'])} {side}"
    if not amount and rng.random() < 0.2:
        return fill(rng, p.TURNING["side_alone"], side=side)
    if words and rng.random() < 0.3 and not words.startswith(("another", "a further", "an add")):
        return fill(rng, p.TURNING["angle_order"], verb=verb, words=words, side=side, way=direction)
    if words and rng.random() < 0.12:
        return f"{side} {words}"
    counted = words and amount[0].isdigit()
    return join(verb, side, rng.choice(p.TURNING["before_angle"]) if counted else "", words)


def _spin(rng: random.Random, speed: str) -> Pair:
    direction = rng.choice(("", "", "left", "right"))
    sides = {"": "", **{name: rng.choice(p.TURNING[name]) for name in ("left", "right")}}
    side = sides[direction]
    count = rng.choice((1, 1, 1, 2, 3, 4))
    steps = join("turn", direction or "right", "360 deg", speed)
    if count == 1:
        return join(rng.choice(p.TURNING["spin"]), side), steps
    times, spelled = rng.choice(p.TIMES[str(count)]), spell(count, rng)
    parts = {"side": side, "times": times, "count": spelled, "digits": str(count)}
    return join(*fill(rng, p.TURNING["spins"], **parts).split()), f"{count}x( {steps} )"


def _angle(rng: random.Random) -> Pair:
    roll = rng.random()
    if roll < 0.42:
        return quantity(rng, "deg", "angle")
    if roll < 0.50:
        number = pick_number(rng, "angle")
        return say(number, rng), f"{number} deg"
    if roll < 0.54:
        return quantity(rng, "rad")
    if roll < 0.60:
        words, amount = quantity(rng, "s")
        return "for " + words, amount
    if roll < 0.68:
        named = [(rng.choice(p.TURNING[part]), angle) for angle, part in _NAMED_ANGLES.items()]
        return rng.choice((*named, *_OTHER_PARTS))
    return vague(rng, (("bit", 0.09), ("touch", 0.07)), roll - 0.68)


def sideways(rng: random.Random) -> Pair:
    """ "go left 2 meters": a turn, then a move."""
    direction = rng.choice(("left", "right"))
    verb = rng.choice(p.MOVING["sideways"])
    words, amount = distance(rng)
    while amount.endswith(" m") and "m" not in words:  # "go left 5" may be degrees
        words, amount = distance(rng)
    adverb, speed = pace(rng, 0.12)
    if amount.endswith((" s", " min")) or not amount:
        phrase, answer = (
            f"{rng.choice(p.MOVING['sideways_alone'])} {direction}",
            join("turn", direction, speed),
        )
    else:
        side = fill(rng, p.MOVING["sideways_side"], direction=direction)
        phrase = fill(rng, p.MOVING["sideways_order"], verb=verb, side=side, words=words)
        answer = f"{join('turn', direction, speed)} ; {join('move forward', amount, speed)}"
    return place_adverb(rng, phrase, adverb), answer


def wait(rng: random.Random) -> Pair:
    """To stand still for a while."""
    roll = rng.random()
    if roll < 0.14:
        return rng.choice(p.WAITING["wait_alone"]), "wait"
    if roll < 0.28:
        return rng.choice(p.WAITING["wait_bit"]), "wait bit"
    if roll < 0.35:
        return rng.choice(p.WAITING["wait_far"]), "wait far"
    verb = rng.choice(p.WAITING["wait"])
    if roll < 0.42:
        number = str(rng.randint(1, 60))
        verb = rng.choice(p.WAITING["wait_number"])
        return f"{verb} {say(number, rng)}", f"wait {number} s"
    if roll < 0.49:
        words, amount = rng.choice(_DURATIONS)
    elif roll < 0.52:
        words, amount = compound_time(rng)
    else:
        words, amount = quantity(rng, rng.choice(("s", "s", "s", "s", "min")))
    return f"{verb} {rng.choice(p.WAITING['for'])}{words}", f"wait {amount}"


def stop(rng: random.Random) -> Pair:
    """A stop as a step of a sequence."""
    return rng.choice(p.WAITING["stop_step"]), "stop"


def stop_alone(rng: random.Random) -> Pair:
    """Stop words, said once or in a row."""
    words = rng.choice(p.WAITING["stop"])
    if rng.random() < 0.2:
        between = rng.choice(p.WAITING["stop_again"])
        again = rng.choice((words, rng.choice(p.WAITING["stop"])))
        words = f"{words}{between}{again}"
    return words, "stop"
