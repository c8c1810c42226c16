"""Sentences composed from clauses.

Order, repetition, shapes, corrections, negation, courtesy, refusals. Seeded.

Each sentence comes with the name of its template, so that whole templates can be held out of
training.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

from tank_learning.language.corpus import clauses as c
from tank_learning.language.corpus import phrases as p
from tank_learning.language.corpus.clauses import Pair, join
from tank_learning.language.corpus.numbers import pick_number, say, spell

Clause = Callable[[random.Random], Pair]
SINGLE: tuple[tuple[Clause, int], ...] = (
    (c.move, 10), (c.turn, 10), (c.grasp, 6), (c.release, 4), (c.wait, 3), (c.face, 3),
    (c.approach, 3), (c.sideways, 2), (c.fetch, 2), (c.stop, 1),
)  # fmt: skip
ROUTE: tuple[tuple[Clause, int], ...] = ((c.move, 6), (c.turn, 6), (c.wait, 1))


def clause(rng: random.Random, kinds: tuple[tuple[Clause, int], ...] = SINGLE) -> Pair:
    """A clause of a random kind, by weight."""
    functions, weights = zip(*kinds, strict=True)
    pair: Pair = rng.choices(functions, weights)[0](rng)
    return pair


def single(rng: random.Random) -> Pair:
    return clause(rng)


def stop_alone(rng: random.Random) -> Pair:
    """Stop words, said once or in a row."""
    words = rng.choice(p.STOP)
    if rng.random() < 0.2:
        words = f"{words}{rng.choice((' ', ', ', '! '))}{rng.choice((words, rng.choice(p.STOP)))}"
    return words, "stop"


def sequence(rng: random.Random) -> Pair:
    """Two to six steps in the order of execution."""
    count = rng.choice((2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6))
    kinds = ROUTE if count > 3 and rng.random() < 0.6 else SINGLE
    steps = _with_pronouns([clause(rng, kinds) for _ in range(count)])
    connector = rng.choice(p.THEN) if rng.random() < 0.35 else ""
    text = f"{rng.choice(p.FIRST)} {steps[0][0]}" if rng.random() < 0.1 else steps[0][0]
    for words, _ in steps[1:]:
        text += (
            f" {(connector or rng.choice(p.THEN)).replace('before you', 'then').strip()} {words}"
        )
    return text.replace(" ,", ",").replace(" .", ".").replace(" ;", ";"), " ; ".join(
        answer for _, answer in steps
    )


def _with_pronouns(steps: list[Pair]) -> list[Pair]:
    """A bare "grab it" means the object last named, until that was released."""
    named, resolved = "", []
    for words, answer in steps:
        if answer in ("grasp", "face", "approach") and re.search(r"\b(it|that)\b", words):
            answer = join(answer, named)
        if answer.startswith("release"):
            named = ""
        last = answer.split(" ; ")[-1]
        if last.startswith(("grasp", "face", "approach")):
            said = [word for word in last.split()[1:] if word in (*p.COLORS, *p.SHAPES)]
            named = " ".join(said) or named
        resolved.append((words, answer))
    return resolved


def telegraphic(rng: random.Random) -> Pair:
    """Notes of an engineer: "fwd 1.2m, L 30, back .5"."""
    words, answers = [], []
    separator = rng.choice(
        (
            ", ",
            " -> ",
            "; ",
            " then ",
            " / ",
            ". ",
            " | ",
            ", then ",
            " > ",
            " + ",
            " & ",
            "  ",
            " and ",
        )
    )
    for _ in range(rng.randint(2, 6)):
        text, answer = _telegram_step(rng)
        words.append(text)
        answers.append(answer)
    return separator.join(words), " ; ".join(answers)


def _telegram_step(rng: random.Random) -> Pair:
    roll = rng.random()
    if roll < 0.5:
        direction = rng.choice(("forward", "forward", "backward"))
        word = rng.choice(
            ("fwd", "forward", "f", "ahead", "straight", "fw", "go", "frwd", "drive")
            if direction == "forward"
            else ("bwd", "back", "b", "reverse", "backward", "rev", "bk", "retreat")
        )
        if rng.random() < 0.35:
            number = pick_number(rng, "small")
            return f"{word} {number}", f"move {direction} {number} m"
        text, amount = c.quantity(rng, rng.choice(c.DISTANCE_UNITS))
        return f"{word} {text}", f"move {direction} {amount}"
    if roll < 0.92:
        direction = rng.choice(("left", "right"))
        word = rng.choice(
            (
                "left",
                "l",
                "ccw",
                "turn left",
                "rot left",
                "yaw left",
                "counterclockwise",
                "lt",
                "turn l",
            )
            if direction == "left"
            else (
                "right",
                "r",
                "cw",
                "turn right",
                "rot right",
                "yaw right",
                "clockwise",
                "rt",
                "turn r",
            )
        )
        if rng.random() < 0.25:
            return word if len(word) > 1 else direction, f"turn {direction}"
        number = pick_number(rng, "angle")
        return (
            f"{word} {number}{rng.choice(('', '', ' deg', ' degrees', '°', 'deg', 'd' if rng.random() < 0.2 else ''))}",
            f"turn {direction} {number} deg",
        )
    number = str(rng.randint(1, 10))
    return rng.choice(
        (
            (f"wait {number}", f"wait {number} s"),
            (f"pause {number}s", f"wait {number} s"),
            ("grab", "grasp"),
            ("drop", "release"),
            ("stop", "stop"),
            (f"hold {number} sec", f"wait {number} s"),
        )
    )


def reordered(rng: random.Random) -> Pair:
    """ "before you turn left, go forward", "go forward after turning left"."""
    (first, one), (second, two) = clause(rng), clause(rng)
    text = rng.choice((f"before you {second}, {first}", f"{first} before you {second}",
        f"after you {first}, {second}", f"{second} after you {first}",
        f"once you {first}, {second}",
                       f"{second}, but first {first}", f"{second}, but before that {first}",
                       f"first {first} and only then {second}", f"{second} but {first} first",
                       f"when you have done this: {first}, {second}",
                       f"{second} once you {first}", f"{second} only after you {first}",
                       f"as soon as you {first}, {second}",
                       f"to begin {first}, to finish {second}"))  # fmt: skip
    return text, f"{one} ; {two}"


def gerund(rng: random.Random) -> Pair:
    """ "after turning left, go forward", "before turning left, go forward"."""
    second, two = clause(rng)
    ing, one = rng.choice(_GERUNDS)
    if rng.random() < 0.5:
        return rng.choice(
            (
                f"after {ing}, {second}",
                f"{second} after {ing}",
                f"having finished {ing}, {second}",
                f"start by {ing}, then {second}",
                f"when done {ing}, {second}",
            )
        ), f"{one} ; {two}"
    return rng.choice(
        (
            f"before {ing}, {second}",
            f"{second} before {ing}",
            f"{second}, and finish by {ing}",
            f"prior to {ing}, {second}",
            f"{second} ahead of {ing}",
        )
    ), f"{two} ; {one}"


_GERUNDS = (
    ("turning left", "turn left"), ("turning right", "turn right"),
    ("turning around", "turn right 180 deg"), ("going forward", "move forward"),
    ("driving forward two meters", "move forward 2 m"),
    ("backing up", "move backward"), ("reversing a meter", "move backward 1 m"),
    ("waiting five seconds", "wait 5 s"), ("moving ahead 50 cm", "move forward 50 cm"),
    ("picking up the cube", "grasp cube"),
    ("grabbing the red ball", "grasp red ball"), ("dropping it", "release"),
    ("putting it down", "release"), ("looking at the blue cube", "face blue cube"),
    ("driving to the yellow cylinder", "approach yellow cylinder"),
    ("spinning around", "turn right 360 deg"), ("rotating 45 degrees right", "turn right 45 deg"),
    ("pausing for two seconds", "wait 2 s"), ("moving back 3 feet", "move backward 3 ft"),
    ("advancing a meter", "move forward 1 m"),
    ("a left turn", "turn left"), ("a right turn", "turn right"),
    ("a u-turn", "turn right 180 deg"), ("letting go", "release"), ("closing the gripper", "grasp"),
    ("approaching the green can", "approach green cylinder"),
    ("rolling back a bit", "move backward bit"),
    ("turning 30 degrees to the left", "turn left 30 deg"),
    ("taking the thing on the left", "grasp left"),
    ("setting it down on the right", "release right"),
)  # fmt: skip


def repeated(rng: random.Random) -> Pair:
    """ "go forward a meter and turn left, twice"."""
    count = rng.choice((2, 2, 2, 3, 3, 4, 5, 6))
    times = rng.choice(p.TIMES[count])
    if rng.random() < 0.3:
        words, answer = clause(rng, ROUTE)
    else:
        (first, one), (second, two) = clause(rng, ROUTE), clause(rng, ROUTE)
        words, answer = (
            f"{first}{rng.choice((' and ', ' then ', ', ', ' and then ', ', then '))}{second}",
            f"{one} ; {two}",
        )
    twice = (
        rng.choice(
            (
                "and repeat",
                "and do it again",
                "then do that again",
                "and again",
                "and then repeat that",
                "once more after that",
            )
        )
        if count == 2 and rng.random() < 0.3
        else times
    )
    text = rng.choice((f"{words}, {twice}", f"{words} {twice}", f"{words}, {twice}",
        f"{times}: {words}", f"do this {times}: {words}", f"{words}, do that {times}",
        f"{words} and do it {times} in total",
                       f"repeat {times}: {words}", f"{times}, {words}",
                       f"do the following {times}: {words}", f"{words}. do this {times}",
                       f"({words}) {times}", f"loop {times}: {words}"))  # fmt: skip
    if twice != times and twice not in text:
        text = f"{words} {twice}"
    return text, f"{count}x( {answer} )"


def figure(rng: random.Random) -> Pair:
    """ "drive a square with two-meter sides", "go back and forth three times"."""
    adverb, speed = c.pace(rng, 0.1)
    if rng.random() < 0.3:
        return _back_and_forth(rng, adverb, speed)
    sides = rng.choice((4, 4, 4, 4, 3, 3, 6, 5, 8))
    name = rng.choice(p.SHAPE_NAMES[sides])
    amount, words = "", ""
    article = "an" if name[0] in "aeio" else "a"
    phrase = f"{rng.choice(p.DRAW)} {article} {name}"
    if rng.random() < 0.6:
        words, amount = c.quantity(rng, rng.choice(("m", "m", "m", "cm", "ft", "yd", "step")))
        phrase = rng.choice((f"{phrase} with sides of {words}", f"{phrase} with {words} sides",
            f"{phrase} with a side of {words}", f"{phrase}, {words} per side",
            f"{phrase}, {words} each side", f"{phrase} of {words}",
                             f"{phrase} {words} on a side", f"{phrase}, side length {words}",
                             f"{phrase} whose sides are {words}", f"{phrase}, {words} a side",
                             f"{phrase} where each side is {words}"))  # fmt: skip
    direction, side = "right", ""
    if rng.random() < 0.4:
        direction = rng.choice(("left", "right"))
        side = rng.choice(
            {
                "left": (
                    "to the left",
                    "turning left",
                    "counterclockwise",
                    "with left turns",
                    "anticlockwise",
                    "ccw",
                    "going left",
                ),
                "right": (
                    "to the right",
                    "turning right",
                    "clockwise",
                    "with right turns",
                    "cw",
                    "going right",
                ),
            }[direction]
        )
    angle = "" if sides == 4 else f"{360 // sides} deg"
    steps = (
        f"{sides}x( {join('move forward', amount, speed)} ; "
        f"{join('turn', direction, angle, speed)} )"
    )
    phrase = c.place_adverb(rng, join(phrase, side), adverb)
    if rng.random() < 0.08:
        count = rng.choice((2, 3, 10))
        return f"{phrase} {rng.choice(p.TIMES[count])}", f"{count}x( {steps} )"
    return phrase, steps


def _back_and_forth(rng: random.Random, adverb: str, speed: str) -> Pair:
    words, amount = (
        c.quantity(rng, rng.choice(("m", "m", "cm", "ft"))) if rng.random() < 0.4 else ("", "")
    )
    phrase = c.place_adverb(rng, join(rng.choice(p.BACK_FORTH), words), adverb)
    steps = f"{join('move forward', amount, speed)} ; {join('move backward', amount, speed)}"
    if rng.random() < 0.35:
        return rng.choice((f"{phrase} once", phrase)), steps
    count = rng.choice(tuple(p.TIMES))
    return f"{phrase} {rng.choice(p.TIMES[count])}", f"{count}x( {steps} )"


def whole_pace(rng: random.Random) -> Pair:
    """A pace said of the whole request: on every move and turn."""
    speed = rng.choice(("slow", "fast"))
    plain: list[Pair] = []
    while len(plain) < rng.choice((2, 2, 3)):
        words, answer = clause(rng, ((c.move, 3), (c.turn, 3), (c.wait, 1), (c.sideways, 1)))
        if "slow" not in answer and "fast" not in answer and "normal" not in words:
            plain.append((words, answer))
    text = rng.choice((", then ", " and ", ", ", " then ", " and then ")).join(
        words for words, _ in plain
    )
    note = rng.choice(p.ALL_PACE[speed])
    text = rng.choice(
        (
            f"{text}, {note}",
            f"{text}. {note}",
            f"{note}: {text}",
            f"{text} - {note}",
            f"{text}, {note}",
        )
    )
    steps = [step for _, answer in plain for step in answer.split(" ; ")]
    return text, " ; ".join(_with_pace(step, speed) for step in steps)


def _with_pace(step: str, speed: str) -> str:
    if step.startswith(("move", "turn")) and "x(" not in step:
        return f"{step} {speed}"
    return step.replace(" )", f" {speed} )") if "x(" in step else step


def corrected(rng: random.Random) -> Pair:
    """The last word counts.

    A side, an amount, a color, or the whole clause is taken back.
    """
    fix = rng.choice(p.FIX)
    fix = f"{'' if fix[0] in ',.' else ' '}{fix} "
    roll = rng.random()
    if roll < 0.3:
        wrong, right = rng.sample(("left", "right"), 2)
        words, amount = c.quantity(rng, "deg", "angle") if rng.random() < 0.4 else ("", "")
        verb = rng.choice(
            ("turn", "go", "rotate", "pivot", "swing", "steer", "veer", "face", "swivel", "hang a")
        )
        again = f"{verb} {right}" if rng.random() < 0.25 else right
        return f"{join(verb, wrong, words)}{fix}{again}".strip(), join("turn", right, amount)
    if roll < 0.6:
        return _corrected_amount(rng, fix)
    if roll < 0.75:
        verb, action = rng.choice(
            (
                (rng.choice(p.GRASP), "grasp"),
                (rng.choice(p.APPROACH), "approach"),
                (rng.choice(p.FACE), "face"),
            )
        )
        wrong, right = rng.sample(tuple(p.COLORS), 2)
        shape = rng.choice(tuple(p.SHAPES))
        noun = rng.choice(p.SHAPES[shape])
        return f"{verb} the {wrong} {noun}{fix}the {right} {noun}", f"{action} {right} {shape}"
    (wrong, _), (words, answer) = clause(rng, ((c.move, 2), (c.turn, 2))), clause(rng)
    return (
        f"{wrong}{rng.choice((', no, ', ', scratch that, ', ' no wait ', ', cancel that, ', ', forget that, ', ', actually no, ', ', sorry, ', ' i mean ', ', on second thought '))}{words}",
        answer,
    )


def _corrected_amount(rng: random.Random, fix: str) -> Pair:
    unit = rng.choice(("m", "m", "cm", "ft", "deg", "s"))
    (wrong, _), (words, amount) = c.quantity(rng, unit), c.quantity(rng, unit)
    if unit == "deg":
        direction = rng.choice(("left", "right"))
        return f"turn {direction} {wrong}{fix}{words}", f"turn {direction} {amount}"
    if unit == "s":
        return f"{rng.choice(('wait', 'pause', 'hold on'))} {wrong}{fix}{words}", f"wait {amount}"
    direction = rng.choice(("forward", "backward"))
    verb = rng.choice(
        ("go forward", "move ahead", "advance", "drive forward")
        if direction == "forward"
        else ("back up", "reverse", "go back")
    )
    return (
        f"{verb} {wrong}{fix}{rng.choice(('', 'make it ', 'actually '))}{words}",
        f"move {direction} {amount}",
    )


def negated(rng: random.Random) -> Pair:
    """What is forbidden is left out: "don't turn left, turn right"."""
    (wrong, _), (words, answer) = clause(rng), clause(rng)
    no = rng.choice(
        (
            "don't",
            "do not",
            "dont",
            "please don't",
            "never",
            "don't you",
            "no need to",
            "you must not",
            "under no circumstances",
        )
    )
    text = rng.choice(
        (
            f"{no} {wrong}, {words}",
            f"{words}, but {no} {wrong}",
            f"{no} {wrong}, {words} instead",
            f"{words} and {no} {wrong}",
            f"{words}, {no} {wrong}",
            f"{no} {wrong} but {words}",
            f"{no} {wrong}; just {words}",
        )
    )
    return text, answer


def prohibition(rng: random.Random) -> Pair:
    """A request that is only a prohibition is empty."""
    words, _ = clause(rng)
    return f"{rng.choice(('dont', 'do not', 'please do not', 'never', 'you must not', 'no, do not', 'you should not', 'you are not allowed to', 'i forbid you to', 'whatever you do, dont', 'make sure you dont', 'please dont', 'try not to', 'avoid this: do not'))} {words}".replace("dont", rng.choice(("don't", "dont"))), "none"  # fmt: skip


def impossible(rng: random.Random) -> Pair:
    """Something that the robot cannot do, alone or spoiling a plan."""
    bad = rng.choice(p.IMPOSSIBLE)
    roll = rng.random()
    if roll < 0.4:
        return bad, "none"
    words, _ = clause(rng) if roll < 0.85 else sequence(rng)
    connector = rng.choice((" and ", " and then ", ", then ", " then ", ", ", ". ", ", and "))
    return (
        f"{words}{connector}{bad}" if rng.random() < 0.7 else f"{bad}{connector}{words}"
    ), "none"


def small_talk(rng: random.Random) -> Pair:
    return rng.choice(p.SMALL_TALK), "none"


def question(rng: random.Random) -> Pair:
    """A question or a report about what is an order in other words."""
    words, _ = clause(
        rng, ((c.move, 1), (c.turn, 1), (c.grasp, 1), (c.release, 1), (c.approach, 1), (c.face, 1))
    )
    lead = rng.choice(("why did you", "did you", "do you ever", "how do you", "when did you",
        "what happens if you", "have you ever tried to", "who told you to", "yesterday i saw you",
        "how long does it take to", "should i", "my brother likes to", "i usually",
                       "how often do you", "is it hard to", "i remember when you would",
                       "the other robot can", "what does it mean to", "do you like to",
                       "my dog can", "was it you who had to", "if you see a cat,", "when i clap,",
                       "if the light is green,", "as soon as it rains,", "until i say stop,",
                       "tomorrow,", "at noon,", "every time i whistle,"))  # fmt: skip
    return f"{lead} {words}{rng.choice(('', '?', '?'))}", "none"


def out_of_range(rng: random.Random) -> Pair:
    """Quantities that the language refuses, written as said; code refuses them."""
    roll = rng.random()
    if roll < 0.35:
        number = str(
            rng.choice(
                (
                    101,
                    110,
                    120,
                    150,
                    200,
                    250,
                    300,
                    400,
                    500,
                    600,
                    750,
                    800,
                    999,
                    1000,
                    1500,
                    2000,
                    5000,
                    10000,
                    0,
                    0,
                    rng.randint(101, 900),
                )
            )
        )
        unit, direction = (
            rng.choice(("m", "m", "m", "km", "ft", "yd")),
            rng.choice(("forward", "backward")),
        )
        words = (
            f"{number if rng.random() < 0.6 else spell(int(number), rng)} "
            f"{rng.choice(p.UNITS[unit])}"
        )
        return (
            f"{rng.choice(p.GO)} {rng.choice(p.FORWARD if direction == 'forward' else p.BACKWARD)} "
            f"{words}",
            f"move {direction} {number} {unit}",
        )
    if roll < 0.6:
        number = str(
            rng.choice(
                (
                    361,
                    365,
                    370,
                    400,
                    450,
                    500,
                    540,
                    600,
                    720,
                    900,
                    1000,
                    1080,
                    3600,
                    0,
                    rng.randint(361, 1200),
                )
            )
        )
        side = rng.choice(("left", "right"))
        return (
            f"{rng.choice(p.TURN)} {side} "
            f"{number if rng.random() < 0.7 else spell(int(number), rng)} degrees",
            f"turn {side} {number} deg",
        )
    if roll < 0.75:
        number, unit = rng.choice(
            (
                ("11", "min"),
                ("15", "min"),
                ("20", "min"),
                ("30", "min"),
                ("1", "h"),
                ("2", "h"),
                ("700", "s"),
                ("1000", "s"),
                ("0", "s"),
                ("45", "min"),
                ("601", "s"),
                ("3600", "s"),
            )
        )
        return (
            f"{rng.choice(('wait', 'pause', 'stay there', 'hold on', 'rest'))} "
            f"{rng.choice(('for ', ''))}{say(number, rng)} {rng.choice(p.UNITS[unit])}",
            f"wait {number} {unit}",
        )
    words = rng.choice(
        (
            f"minus {spell(rng.randint(1, 9), rng)} meters",
            f"-{rng.randint(1, 9)} meters",
            f"negative {rng.randint(1, 90)} cm",
            f"-{rng.randint(1, 9)}m",
            f"minus {rng.randint(1, 5)} feet",
        )
    )
    return rng.choice(
        (
            f"go forward {words}",
            f"move back {words}",
            f"drive {words}",
            f"advance {words}",
            f"turn left -{rng.randint(5, 90)} degrees",
            f"turn right minus {rng.randint(5, 90)} degrees",
            f"wait -{rng.randint(1, 9)} seconds",
        )
    ), "none"


def gibberish(rng: random.Random) -> Pair:
    """Letters without a meaning."""
    words = [
        "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(2, 9)))
        for _ in range(rng.randint(1, 5))
    ]
    return " ".join(words), "none"


TEMPLATES: tuple[tuple[Callable[[random.Random], Pair], int], ...] = (
    (single, 30), (stop_alone, 2), (sequence, 22), (telegraphic, 6), (reordered, 3), (gerund, 2),
    (repeated, 4), (figure, 4), (whole_pace, 2), (corrected, 5), (negated, 3),
    (prohibition, 2), (impossible, 7), (small_talk, 2), (question, 3), (out_of_range, 3),
    (gibberish, 1),
)  # fmt: skip


def sentences(seed: int) -> Iterator[tuple[str, str, str]]:
    """An endless stream of (sentence, shorthand, template).

    The same for the same seed.
    """
    rng = random.Random(seed)
    functions, weights = zip(*TEMPLATES, strict=True)
    while True:
        function = rng.choices(functions, weights)[0]
        text, answer = function(rng)
        yield " ".join(text.split()), answer, function.__name__
