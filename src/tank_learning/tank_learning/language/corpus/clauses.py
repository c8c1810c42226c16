"""One step of a plan as a clause of English: ``(text, shorthand)`` pairs, composed at random from ``phrases.py``."""

from __future__ import annotations

import random

from tank_learning.language.corpus import phrases as p
from tank_learning.language.corpus.numbers import FRACTIONS, pick_number, say, spell

Pair = tuple[str, str]
DISTANCE_UNITS = (
    ("m",) * 12
    + ("cm",) * 6
    + ("ft",) * 5
    + ("in",) * 4
    + ("yd",) * 3
    + ("mm",) * 2
    + ("step",) * 3
    + ("km", "mi")
)
KINDS = {
    "m": "small",
    "ft": "small",
    "yd": "small",
    "step": "few",
    "cm": "hundreds",
    "in": "hundreds",
    "mm": "thousands",
    "km": "few",
    "mi": "few",
    "rad": "few",
    "s": "seconds",
    "min": "few",
    "h": "few",
}


def join(*parts: str) -> str:
    """Parts with single spaces, the empty ones left out."""
    return " ".join(part for part in parts if part)


def quantity(rng: random.Random, unit: str, kind: str | None = None) -> Pair:
    """A number with its unit: ("two and a half feet", "2.5 ft")."""
    name = rng.choice(p.UNITS[unit])
    if unit not in ("deg",) and rng.random() < 0.16:
        return _fraction(rng, unit, name)
    number = pick_number(rng, kind or KINDS.get(unit, "angle"))
    if number in ("0", "0.0"):
        number = "1"
    if number == "1" and rng.random() < 0.6:
        words = f"{rng.choice(('a', 'one', 'an' if name[0] in 'aeiou' else 'a'))} {name.removesuffix('s') if name not in ('s', 'ms') else name}"
    else:
        words = say(number, rng)
        words += (
            "" if rng.random() < 0.5 and words[-1].isdigit() and len(name) < 4 else " "
        ) + name
    if rng.random() < 0.12:
        words = f"{rng.choice(p.NUMBER_FILLERS)} {words}"
    return words, f"{number} {unit}"


def _fraction(rng: random.Random, unit: str, name: str) -> Pair:
    single = name.removesuffix("s") if len(name) > 2 else name
    if rng.random() < 0.6:
        words, number = rng.choice(FRACTIONS)
        return f"{words} {single}", f"{number} {unit}"
    extra, number = rng.choice(
        (
            ("and a half", "1.5"),
            ("and a half", "1.5"),
            ("and a quarter", "1.25"),
            ("and three quarters", "1.75"),
        )
    )
    return rng.choice(
        (f"{rng.choice(('a', 'one'))} {single} {extra}", f"one {extra} {name}")
    ), f"{number} {unit}"


def distance(rng: random.Random) -> Pair:
    """How far: a quantity, a vague amount, a bare number, or nothing."""
    roll = rng.random()
    if roll < 0.60:
        return quantity(rng, rng.choice(DISTANCE_UNITS))
    if roll < 0.64:
        number = pick_number(rng, "small").removeprefix("0.0") or "1"
        return say(number, rng), f"{number} m"
    if roll < 0.70:
        return rng.choice((("a couple of meters", "2 m"), ("a couple meters", "2 m"), ("a couple of metres", "2 m"), ("a few meters", "3 m"), ("a few metres", "3 m"),
                           ("a couple of feet", "2 ft"), ("a dozen inches", "12 in"), ("a couple of steps", "2 step"), ("a couple of inches", "2 in"), ("one pace", "1 step")))  # fmt: skip
    return vague(rng, (("bit", 0.11), ("touch", 0.06), ("far", 0.04)), roll - 0.70)


def vague(rng: random.Random, shares: tuple[tuple[str, float], ...], roll: float) -> Pair:
    """A vague amount with the given shares, otherwise nothing at all."""
    lists = {"bit": p.BIT, "touch": p.TOUCH, "far": p.FAR}
    for word, share in shares:
        if roll < share:
            return rng.choice(lists[word]), word
        roll -= share
    return "", ""


def pace(rng: random.Random, share: float = 0.16) -> Pair:
    """(adverb, "slow" or "fast"), mostly nothing."""
    if rng.random() > share:
        return "", ""
    return rng.choice(((rng.choice(p.SLOW), "slow"), (rng.choice(p.FAST), "fast")))


def move(rng: random.Random) -> Pair:
    """A straight move, timed now and then."""
    words, amount = (
        quantity(rng, rng.choice(("s", "s", "s", "min"))) if rng.random() < 0.08 else distance(rng)
    )
    if amount.endswith((" s", " min")):
        words = "for " + words
    adverb, speed = pace(rng)
    if rng.random() < 0.58:
        direction, phrase = "forward", _forward(rng, words)
    else:
        direction, phrase = "backward", _backward(rng, words)
    if not speed and rng.random() < 0.07:
        pair = rng.choice(((p.SLOW_GO, "slow"), (p.FAST_GO, "fast")))
        phrase, speed = (
            join(
                rng.choice(pair[0]),
                rng.choice(p.FORWARD if direction == "forward" else p.BACKWARD),
                words,
            ),
            pair[1],
        )
    if not adverb and rng.random() < 0.02:
        adverb = "at normal speed"
    if rng.random() < 0.15:
        phrase = phrase.replace(" a ", " another ", 1) if words.startswith("a ") else phrase
    return place_adverb(rng, phrase, adverb), join("move", direction, amount, speed)


def _forward(rng: random.Random, words: str) -> str:
    if words and rng.random() < 0.1:
        return join(
            rng.choice(
                (
                    "go",
                    "move",
                    "drive",
                    "roll",
                    "travel",
                    "scoot",
                    "head",
                    "proceed",
                    "keep going",
                    "continue",
                )
            ),
            words,
        )
    if words and rng.random() < 0.2:
        return join(rng.choice(p.GO), words, rng.choice(p.FORWARD))
    if rng.random() < 0.4:
        return join(
            rng.choice(p.FORWARD_VERBS)
            if words
            else rng.choice(
                (
                    "advance",
                    "move forward",
                    "go ahead",
                    "proceed",
                    "forward",
                    "drive forward",
                    "go straight",
                )
            ),
            words,
        )
    return join(
        rng.choice(p.GO),
        rng.choice(p.FORWARD),
        rng.choice(("", "", "", "by", "for")) if words else "",
        words,
    )


def _backward(rng: random.Random, words: str) -> str:
    if words and rng.random() < 0.2:
        return join(rng.choice(p.GO), words, rng.choice(p.BACKWARD))
    if rng.random() < 0.5:
        return join(
            rng.choice(p.BACKWARD_VERBS),
            rng.choice(("", "", "", "by", "for")) if words else "",
            words,
        )
    return join(
        rng.choice(p.GO),
        rng.choice(p.BACKWARD),
        rng.choice(("", "", "", "by", "for")) if words else "",
        words,
    )


def place_adverb(rng: random.Random, phrase: str, adverb: str) -> str:
    """The adverb in front of, behind, or after a comma behind the phrase."""
    if not adverb:
        return phrase
    return rng.choice(
        (
            f"{adverb} {phrase}",
            f"{phrase} {adverb}",
            f"{phrase} {adverb}",
            f"{phrase}, {adverb}",
            f"{adverb}, {phrase}",
        )
    )


def turn(rng: random.Random) -> Pair:
    """A turn in place: with a direction, a named turn, a clock direction or a time."""
    roll = rng.random()
    adverb, speed = pace(rng)
    if roll < 0.10:
        return place_adverb(rng, rng.choice(p.AROUND), adverb), join("turn right 180 deg", speed)
    if roll < 0.19:
        return _spin(rng, adverb, speed)
    if roll < 0.25:
        hour = rng.randint(1, 11)
        words = rng.choice((str(hour), spell(hour, rng))) + rng.choice(
            (" o'clock", " o clock", " oclock", " o'clock", "-o'clock")
        )
        lead = rng.choice(
            (
                "turn to",
                "face",
                "turn to your",
                "rotate to",
                "point to",
                "go to",
                "turn toward",
                "swing to",
                "spin to",
                "head to",
                "aim for",
                "turn to the",
                "pivot to face",
                "heading",
            )
        )
        return place_adverb(rng, f"{lead} {words}", adverb), join(f"turn clock {hour}", speed)
    direction = rng.choice(("left", "right"))
    words, amount = _angle(rng)
    named = {"90 deg": p.QUARTER, "45 deg": p.EIGHTH, "270 deg": p.THREEQUARTER}
    side = rng.choice(p.LEFT if direction == "left" else p.RIGHT)
    if amount in named and rng.random() < 0.5:
        words = rng.choice(named[amount])
    if rng.random() < 0.05 and amount:  # unstated direction is right
        return place_adverb(
            rng,
            join(rng.choice(("turn", "rotate", "spin", "pivot", "swivel", "yaw")), words),
            adverb,
        ), join("turn right", amount, speed)
    if not amount and rng.random() < 0.2:  # "spin left" is a full turn
        return place_adverb(rng, join(rng.choice(p.SPINNERS), side), adverb), join(
            "turn", direction, "360 deg", speed
        )
    phrase = _turn_phrase(rng, side, words, amount)
    return place_adverb(rng, phrase, adverb), join("turn", direction, amount, speed)


def _turn_phrase(rng: random.Random, side: str, words: str, amount: str) -> str:
    verb = rng.choice((*p.TURN, *p.SPINNERS) if amount else p.TURN)
    if not amount and rng.random() < 0.15:
        return f"{verb} {rng.choice(p.SHARP)} {side}"
    if not amount and rng.random() < 0.2:
        return rng.choice(
            (
                f"{side} turn",
                f"hang a {side}",
                f"make a {side}",
                f"take a {side} turn",
                f"{side}",
                f"{side} face",
                f"a {side} turn",
                f"do a {side} turn",
            )
        )
    if words and rng.random() < 0.3:
        return rng.choice(
            (
                f"{verb} {words} {side}",
                f"{words} {side}",
                f"{verb} {words} to the {side}",
                f"{verb} by {words} {side}",
            )
        )
    if words and rng.random() < 0.12:
        return f"{side} {words}"
    return join(
        verb,
        side,
        rng.choice(("", "", "", "by", "through")) if words and amount[0].isdigit() else "",
        words,
    )


def _spin(rng: random.Random, adverb: str, speed: str) -> Pair:
    direction = rng.choice(("", "", "left", "right"))
    side = {"": "", "left": rng.choice(p.LEFT), "right": rng.choice(p.RIGHT)}[direction]
    count = rng.choice((1, 1, 1, 2, 3, 4))
    steps = join("turn", direction or "right", "360 deg", speed)
    if count == 1:
        return place_adverb(rng, join(rng.choice(p.SPIN), side), adverb), steps
    times = rng.choice(p.TIMES[count])
    phrase = rng.choice((join("spin around", side, times), join("turn around", side, spell(count, rng), "full times"), join("do", spell(count, rng), "full turns", side), join("spin", times, side), join("rotate", times, "around", side), join("make", str(count), "complete turns", side), join("go", times, "around", side), join(spell(count, rng), "times around", side)))  # fmt: skip
    return place_adverb(rng, phrase, adverb), f"{count}x( {steps} )"


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
        return rng.choice(
            (
                (rng.choice(p.QUARTER), "90 deg"),
                (rng.choice(p.EIGHTH), "45 deg"),
                (rng.choice(p.THREEQUARTER), "270 deg"),
                ("halfway around", "180 deg"),
                ("all the way around", "360 deg"),
                ("a full circle", "360 deg"),
                ("a full turn", "360 deg"),
                ("half a turn", "180 deg"),
            )
        )
    return vague(rng, (("bit", 0.09), ("touch", 0.07)), roll - 0.68)


def sideways(rng: random.Random) -> Pair:
    """ "go left 2 meters": a turn, then a move."""
    direction = rng.choice(("left", "right"))
    verb = rng.choice(
        (
            "go",
            "strafe",
            "move",
            "slide",
            "shift",
            "scoot",
            "head",
            "drive",
            "sidestep",
            "go",
            "roll",
            "travel",
            "scooch",
            "step",
            "run",
            "slip",
        )
    )
    words, amount = distance(rng)
    adverb, speed = pace(rng, 0.12)
    if amount.endswith((" s", " min")) or not amount:
        return place_adverb(rng, f"{rng.choice(('go', 'head'))} {direction}", adverb), join(
            "turn", direction, speed
        )
    side = rng.choice(
        (
            direction,
            direction,
            f"to the {direction}",
            f"to your {direction}",
            f"{direction}wards",
            f"over to the {direction}",
            f"sideways to the {direction}",
        )
    )
    phrase = rng.choice(
        (f"{verb} {side} {words}", f"{verb} {words} {side}", f"{verb} {side} for {words}")
    )
    return place_adverb(
        rng, phrase, adverb
    ), f"{join('turn', direction, speed)} ; {join('move forward', amount, speed)}"


def wait(rng: random.Random) -> Pair:
    """Standing still for a while."""
    roll = rng.random()
    if roll < 0.14:
        return rng.choice(p.WAIT_BARE), "wait"
    if roll < 0.28:
        return rng.choice(p.WAIT_BIT), "wait bit"
    if roll < 0.35:
        return rng.choice(p.WAIT_FAR), "wait far"
    verb = rng.choice(p.WAIT)
    if roll < 0.42:
        number = str(rng.randint(1, 60))
        return (
            f"{rng.choice(('wait', 'pause', 'hold on', 'stay', 'hold', 'rest'))} {say(number, rng)}",
            f"wait {number} s",
        )
    if roll < 0.52:
        words, amount = rng.choice((("half a minute", "0.5 min"), ("half a second", "0.5 s"), ("a minute", "1 min"), ("a minute and a half", "1.5 min"), ("a couple of seconds", "2 s"), ("a couple of minutes", "2 min"), ("a quarter of a minute", "0.25 min"), ("a second and a half", "1.5 s"), ("one and a half minutes", "1.5 min"), ("a quarter of an hour", "0.25 h"), ("a full minute", "1 min")))  # fmt: skip
    else:
        words, amount = quantity(rng, rng.choice(("s", "s", "s", "s", "min")))
    return f"{verb} {rng.choice(('for ', 'for ', '', ''))}{words}", f"wait {amount}"


def stop(rng: random.Random) -> Pair:
    """A stop as a step of a sequence."""
    return rng.choice(p.STOP_STEP), "stop"


def thing(rng: random.Random, plain: float = 0.15) -> tuple[str, str, str]:
    """(words, color, shape) of an object; with probability ``plain`` neither color nor shape."""
    if rng.random() < plain:
        return rng.choice(p.THINGS), "", ""
    color = rng.choice((*p.COLORS, "", "", ""))
    shape = rng.choice((*p.SHAPES, *p.SHAPES, ""))
    noun = (
        rng.choice(p.SHAPES[shape])
        if shape
        else rng.choice((*p.THINGS, *p.NOUNS) if color and rng.random() < 0.3 else p.THINGS)
    )
    return join(rng.choice(p.COLORS[color]) if color else "", noun), color, shape


def the(rng: random.Random, words: str) -> str:
    """With an article, mostly "the"."""
    return f"{rng.choice(('the', 'the', 'the', 'that', 'a', 'the', '', 'this', 'the nearest' if rng.random() < 0.15 else 'the', 'my'))} {words}".strip()


def grasp(rng: random.Random) -> Pair:
    """Picking up: a cell, a color, a shape, any of them or none."""
    roll = rng.random()
    if roll < 0.14:
        return rng.choice(p.GRASP_BARE), "grasp"
    cell = rng.choice(tuple(p.CELLS)) if rng.random() < 0.42 else ""
    where = rng.choice(p.CELLS[cell]) if cell else ""
    verb = rng.choice(p.GRASP)
    if roll < 0.26:
        words, color, shape = rng.choice(p.NOUNS), "", ""
    else:
        words, color, shape = thing(rng)
    if cell and rng.random() < 0.25:
        whatever = rng.choice(
            (
                "whatever's",
                "whatever is",
                "what's",
                "the thing that is",
                "the one",
                "what you find",
                "something",
                "anything",
                "it",
                "the object that's",
                "what is",
            )
        )
        return f"{verb} {whatever} {where}", join("grasp", cell)
    phrase = f"{verb} {the(rng, words)}"
    if where:
        phrase = rng.choice(
            (
                f"{phrase} {where}",
                f"{phrase} {where}",
                f"{phrase}, {where}",
                f"{where}, {phrase}",
                f"{phrase} that's {where}",
                f"{phrase} from {where}",
            )
        )
    elif rng.random() < 0.05:
        phrase += rng.choice(
            (
                " with your claw",
                " with the gripper",
                " off the floor",
                " from the ground",
                " up",
                " over there",
                " for me",
            )
        )
    return phrase, join("grasp", cell, color, shape)


def release(rng: random.Random) -> Pair:
    """Putting down, in a cell or not."""
    cell = rng.choice(tuple(p.CELLS)) if rng.random() < 0.45 else ""
    where = rng.choice(p.CELLS[cell]) if cell else ""
    if rng.random() < 0.45:
        phrase = rng.choice(p.RELEASE_BARE)
    else:
        verb, held = rng.choice(p.RELEASE), rng.choice(p.HELD)
        phrase = f"{verb} {held}"
        first, _, last = verb.partition(" ")
        if last in ("down", "loose", "up") and rng.random() < 0.6:
            phrase = f"{first} {held} {last}"
    return join(phrase, where), join("release", cell)


def face(rng: random.Random) -> Pair:
    """Turning to an object."""
    words, color, shape = thing(rng, 0.1)
    return f"{rng.choice(p.FACE)} {the(rng, words)}", join("face", color, shape)


def approach(rng: random.Random) -> Pair:
    """Driving up to an object."""
    words, color, shape = thing(rng, 0.1)
    adverb = rng.choice((*p.SLOW, *p.FAST)) if rng.random() < 0.05 else ""
    return place_adverb(rng, f"{rng.choice(p.APPROACH)} {the(rng, words)}", adverb), join(
        "approach", color, shape
    )


def fetch(rng: random.Random) -> Pair:
    """An object named once and taken up again by a pronoun: "go to the red cube and grab it"."""
    words, color, shape = thing(rng, 0.05)
    if not color and not shape:
        return approach(rng)
    lead = rng.choice(((p.APPROACH, "approach"), (p.APPROACH, "approach"), (p.FACE, "face")))
    second = rng.choice(
        (
            (p.GRASP, "grasp"),
            (p.GRASP, "grasp"),
            (p.APPROACH, "approach") if lead[1] == "face" else (p.GRASP, "grasp"),
        )
    )
    verb = rng.choice(second[0])
    head, _, tail = verb.partition(" ")
    pronoun = rng.choice(("it", "it", "it", "that", "it please"))
    phrase = f"{head} {pronoun} up" if tail == "up" else f"{verb} {pronoun}"
    text = f"{rng.choice(lead[0])} {the(rng, words)}{rng.choice((' and ', ' and then ', ', then ', ', ', ' then ', ' and '))}{phrase}"
    return text, f"{join(lead[1], color, shape)} ; {join(second[1], color, shape)}"
