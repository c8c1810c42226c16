"""What is said of an amount and is no plain number.

A range, a speed, a power, a sign that stands for more than a space. Pure.
"""

from __future__ import annotations

import re
import unicodedata

from tank_language.prompt import UNIT_SIGNS

ADVICE = "say one plain number with its unit"
_SMALL = "one|two|three|four|five|six|seven|eight|nine"
_WORD = rf"{_SMALL}|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_DIGITS = r"\d+(?:\.\d+)?|\.\d+"
NUMBER = rf"(?:{_DIGITS}|an? (?:half|quarter|third|hundred|couple|few)|half|couple|few|(?:{_WORD})(?: (?:{_SMALL}|hundred))?)"
SIZE = (
    r"(?:m|mm|cm|km|met(?:er|re)s?|(?:centi|milli|kilo)met(?:er|re)s?|f(?:ee|oo)t|ft|inch(?:es)?|yards?|yd|miles?|steps?|"
    r"deg|degrees?|rad|radians?|turns?|rotations?|revolutions?|minutes?|hours?)"
)
_TIME = r"(?:s|secs?|seconds?|min|minutes?|h|hr|hours?)"
_EACH = r"(?:/|\b(?:per|pr|an?|each|every)\b)"
_PACE = r"(?:speed|pace|rate|velocity|throttle|power|as (?:fast|quick\w*|slow\w*))"
_SHARE = rf"(?:half|quarter|third|fourth|fifth|tenth|double|twice|triple|\d+/\d+|(?:{_DIGITS}|{_SMALL}) ?(?:x|times))"
_TO = r"(?:to|too|or|till|thru|through|up to)"
_SURELY_NOT = r"(?:maybe |perhaps |possibly )"
_MAYBE = r"(?:(?:maybe|even|perhaps|possibly|say|like),? )?"
_WAY = r"(?:left|right|forwards?|ahead|back\w*|around)"
_UNKNOWN = (
    r"(?:dm|deci\w+|µm|um|nm|micro\w+|nano\w+|fathoms?|furlongs?|rods?|leagues?|hands?|fingers?|lengths?|tiles?|"
    r"units?|pixels?|px|arc ?min\w*|arc ?sec\w*|gradians?|gons?|mils|days?|weeks?|months?|years?|nights?|lb|kg|"
    r"(?:body|robot|arm|car|tank|boat)[ -]?lengths?)"
)
_RANGE, _SPEED = "{0!r} is no single amount", "a speed such as {0!r} cannot be set"
_NO_NUMBER, _NO_UNIT, _BOUND = (
    "{0!r} is no plain number",
    "{0!r} has a unit that is not known here",
    "{0!r} leaves the amount open",
)
_ODD = tuple((re.compile(pattern), what) for pattern, what in (
    (rf"(?<![\w.])(?:{_DIGITS})(?: ?{SIZE})?\s*(?:-+|~|\.\.+)\s*(?:{_DIGITS})(?!\w*[.)]\s)",
    _RANGE),
    (rf"\b(?:{_SMALL})-(?:{_SMALL})\b", _RANGE),
    (rf"\b{NUMBER}(?: {SIZE})?,? {_TO},? {_MAYBE}(?:{_DIGITS}|{NUMBER}\b)(?! ?o'? ?clock)", _RANGE),
    (rf"\b(?:an? |{NUMBER} (?:an? )?){SIZE} to {_MAYBE}(?:an? |{NUMBER} ){SIZE}\b", _RANGE),
    (rf"\bbet\w*n (?:about )?{NUMBER}.{{0,16}}? (?:and|&|to|or) {NUMBER}\b", _RANGE),
    (rf"(?<![a-z])(?:{SIZE}|seconds?|secs?),? \(?(?:or {_MAYBE}|{_SURELY_NOT}){NUMBER}\b", _RANGE),
    (rf"(?<!\bno )(?<!\bnot )\b(?:less|more|fewer|longer|shorter) than (?:about )?(?:(?:an? |{NUMBER} ?){SIZE}|{NUMBER})\b", _BOUND),
    (rf"\b(?:just|little|bit|slightly|somewhat|well) (?:over|under|above|below|more than|less than) (?:an? |{NUMBER} ?){SIZE}\b", _BOUND),
    (rf"\bless (?:an? |{NUMBER})", _RANGE),
    (rf"\b{NUMBER}(?: {SIZE})? or (?:more|less|fewer)\b|\b{NUMBER} (?:more|less|fewer) or less\b",
    _BOUND),
    (rf"\b{NUMBER} fewer\b|\b{NUMBER} out of {NUMBER}\b|\bgive or take {NUMBER}", _RANGE),
    (rf"(?<![a-z]){SIZE} ?/ ?\d|\bdivided by\b|\b(?P<side>{NUMBER}) by (?!(?P=side)\b){NUMBER} {SIZE}\b", _RANGE),
    (r"\b(?:go|drive|move|travel|roll|reverse|back|forward|ahead) half ?way\b(?! around)", _RANGE),
    (r"\bhalf again\b|\b(?:halved|doubled|tripled)\b", _RANGE),
    (rf"\b(?:{_WORD}) (?:too|for) {SIZE}\b", _NO_NUMBER),
    (r"\b(?P<number>ten|eleven|twelve|fifteen|\w+ty) (?P=number)\b",
    "{0!r} may be one number or two"),
    (rf"\b(?:sq|square|cubic) {SIZE}\b", _NO_UNIT),
    (r"(?:^|\s),\d", _NO_NUMBER),
    (r"\b(?:an?|one|half an?|your|its) (?:\w+(?:'s)? )?(?:length|width|furlong|fathom|tile)\b(?! (?:of|is|\d))", _NO_UNIT),
    (rf"\b(?:half|halves|thirds?|quarters?|fourths?|\d/\d) (?:of|the length of) (?!(?:an?|one|half)\b){NUMBER}", _RANGE),
    (rf"\b(?:under|below|beyond|within) (?:an? |{NUMBER} ?){SIZE}\b", _BOUND),
    (rf"(?<![a-z]){SIZE}\s*{_EACH}\s*{_TIME}\b|(?<![a-z]){SIZE}\s*(?:/|\bp[er]{{1,2}}\b)\s*(?:s[ec]\w*|min\w*|h[ou]+rs?)\b", _SPEED),
    (rf"(?<![a-z]){SIZE} (?:in|within|over) (?:about |under |less than |the next )?{NUMBER} ?{_TIME}\b", _SPEED),
    (rf"\b(?:{_WAY}|{NUMBER}) (?:in|within|over) (?:about |under |less than |the next )?{NUMBER} ?{_TIME}\b", _SPEED),
    (r"\b(?:mph|kph|kmph|kmh|km/h|mps|fps|rpm|knots?)\b|\bm ?s ?- ?1\b", _SPEED),
    (r"\b(?:second|third|fourth|fifth|top|high|low|\d) gear\b|\bgear \d", _SPEED),
    (
        rf"\b{_SHARE} (?:of )?(?:the |your )?"
        rf"(?:normal |usual |regular |top |full |max(?:imum)? )?{_PACE}",
        _SPEED,
    ),
    (rf"\btake {NUMBER} ?{_TIME} to\b|(?<![a-z]){SIZE} every {NUMBER} ?{_TIME}\b", _SPEED),
    (rf"\b(?:at|with) speed {NUMBER}", _SPEED),
    (rf"\b(?:(?:at|on) level|at pace|setting|v|power|rate|throttle)(?: of)? {NUMBER}|\b{NUMBER} (?:power|throttle)\b", _SPEED),
    (rf"\b(?:quick|fast|slow)(?:ly)? at {NUMBER}|(?<![a-z]){SIZE} with {NUMBER}(?=[ .!]*$)",
    _SPEED),
    (r"\bspeed:? (?:slow|low)\b", _SPEED),
    (rf"\b(?:double|triple) {NUMBER}\b", _NO_NUMBER),
    (rf"\b{NUMBER} times (?:fast|slow)er\b", _SPEED),
    (rf"\b(?:speed|velocity) (?:of|to|at|is|=|:) ?{NUMBER}", _SPEED),
    (rf"\b(?:{SIZE} at|velocity|speed) {NUMBER}(?=[ .!]*$)", _SPEED),
    (rf"(?<![a-z]){SIZE} at (?:an angle of )?{NUMBER} ?(?:deg|degrees?)\b",
    "{0!r} is no way to drive"),
    (r"\d[\d.]*\s*(?:%|percent\b|per cent\b)", "{0!r} is no amount"),
    (r"\b(?:nan|inf|infinity|infinite|forever|endless(?:ly)?|indefinitely)\b",
    "{0!r} is no amount"),
    (r"\b(?:many|several|numerous|multiple|some|countless|umpteen) (?:more )?times\b",
    "{0!r} is no amount"),
    (r"\d[\d.]*e[+-]?\d+\b|\d\s*(?:\^|\*\*|[+*])\s*\d[\d.]*|\d+(?:\.\d+){2,}", _NO_NUMBER),
    (r"(?<![\d:])(?<!the )\d{1,2}:\d\d\b|\bpi (?:half|third|quarter)s?\b", _NO_NUMBER),
    (r"\b(?:sqrt|square root|cube root|squared|cubed|to the power)\b", _NO_NUMBER),
    (rf"(?<![\w.)/])-\d[\d.]*|\b(?:minus|negative) {NUMBER}\b|/-\s*\d[\d.]*",
    "{0!r} is a negative amount"),
    (r"(?<![\w./])\d+ \d+(?![\d/]*/)\b(?! ?(?:x|times)\b)", "{0!r} may be one number or two"),
    (rf"\b{NUMBER} ?{_UNKNOWN}\b", _NO_UNIT),
))  # fmt: skip
# Signs that the model reads as spaces, where they do say something.
_MATH = re.compile(
    r"[±√∛∞∑∏∫∂]|\+ ?/ ?-|(?<![-=])>=?\d|<=?\s*\d(?!\s*>)|[≤≥≠]\s*\d|\d\s*÷\s*\d|\d\s*[a-z°]{0,6}\s*~\s*\d"
)
_MONEY = re.compile(r"[$€£¥₹₽¢]\s*\d|\d\s*[$€£¥₹₽¢]")
_NO_SIGN = re.compile("[🚫❌🙅❎🚷✖👎]")
_BACK = "[←⇐↓⇓↩↶↺⟲⬅⬇⤶↖↙↰⤹◀⏪⏮🔽⏬🔙👈👇☚☟]"  # between steps people put arrows that point on, never these
_ON = "(?:[→⇒↪↷↻⟳➔➜➝➞➡⤷↗↘↱⤴⤵▶⏩👉☛☞]|[-=]+>)"
_ARROWS = re.compile(
    rf"\d\s*[a-z]{{0,6}}\s*((?:{_ON}|[↑⬆])\ufe0f?)\s*\d+(?!\s*[a-z\d])|"  # "2 m → 90"
    rf"(?<!-)\b(?:go|turn|move|drive|head|rotate|spin|veer|steer|roll)\s*({_ON}\ufe0f?)\s*(?=\d|$)|({_BACK}\ufe0f?)"
)


def odd_amount(text: str) -> str | None:
    """What in a normalized sentence is no single plain amount, and what to say instead; None
    where all are.
    """
    for pattern, what in _ODD:
        if match := pattern.search(text):
            return (
                f"{what.format(match[0].strip())}; "
                f"{'the speeds are slow, normal and fast' if what is _SPEED else ADVICE}"
            )
    return None


def odd_sign(sentence: str) -> str | None:
    """A sign of a sentence as it was typed that changes what is meant and that ``normalize``
    leaves out; None where none does.
    """
    text = sentence.lower()
    if not text.isascii():
        for char in text:
            if _is_power(char):
                return f"{char!r} is no plain number; {ADVICE}"
        if match := _NO_SIGN.search(text):
            return f"{match[0]!r} may forbid it; say so in words"
    if match := _MATH.search(text) or _MONEY.search(text):
        return f"{match[0]!r} is no plain number; {ADVICE}"
    if (match := _ARROWS.search(text)) and (
        match[1] or match[2] or not re.search(r"\b(?:left|back\w*|lft)\b", text)
    ):
        return (
            f"{(match[1] or match[2] or match[3])!r} is no word; say left, right, forward or "
            "backward"
        )
    return None


def _is_power(char: str) -> bool:
    """A raised or lowered digit, also within one sign such as that of square centimeters."""
    if ord(char) in UNIT_SIGNS:
        return any(one.isdigit() for one in unicodedata.normalize("NFKD", char))
    return unicodedata.category(char) == "No" and unicodedata.decomposition(char).startswith(
        ("<super>", "<sub>")
    )
