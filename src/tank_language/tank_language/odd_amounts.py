"""Words that say no single plain amount: ranges, speeds, "nan", negatives, arithmetic. Pure."""

from __future__ import annotations

import re

ADVICE = "say one plain number with its unit"
_SMALL = "one|two|three|four|five|six|seven|eight|nine"
_WORD = rf"{_SMALL}|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_DIGITS = r"\d+(?:\.\d+)?|\.\d+"
_NUMBER = rf"(?:{_DIGITS}|an? (?:half|quarter|third|hundred)|half|(?:{_WORD})(?: (?:{_SMALL}|hundred))?)"
_SIZE = (
    r"(?:m|mm|cm|km|met(?:er|re)s?|(?:centi|milli|kilo)met(?:er|re)s?|f(?:ee|oo)t|ft|inch(?:es)?|yards?|yd|miles?|steps?|"
    r"deg|degrees?|rad|radians?|turns?|rotations?|revolutions?|minutes?|hours?)"
)
_EACH = r"(?:/|\b(?:per|an?|each|every)\b)"
_PACE = r"(?:speed|pace|rate|velocity|throttle|power|as (?:fast|quick\w*|slow\w*))"
_RANGE, _SPEED = "{0!r} is no single amount", "a speed such as {0!r} cannot be set"
_ODD = tuple((re.compile(pattern), what) for pattern, what in (
    (rf"(?<![\w.])(?:{_DIGITS})(?: ?{_SIZE})?\s*(?:-+|~|\.\.+)\s*(?!\d+/\d)(?:{_DIGITS})(?!\w*[.)]\s)", _RANGE),
    (rf"\b(?:{_SMALL})-(?:{_SMALL})\b", _RANGE),
    (
        rf"\b{_NUMBER}(?:[ -]?ish)?(?: {_SIZE})?,? (?:to|or|till|thru|through|up to) "
        rf"(?:maybe |even |perhaps )?{_NUMBER}\b(?! ?o'? ?clock)",
        _RANGE,
    ),
    (rf"\bbetween (?:about )?{_NUMBER}.{{0,16}}? (?:and|&|to|or) {_NUMBER}\b", _RANGE),
    (rf"\b(?:{_SIZE}|secs?|seconds?),? or {_NUMBER}\b", _RANGE),
    (rf"\b{_SIZE} (?:to|or) (?:half )?an? (?:half )?{_SIZE}\b", _RANGE),
    (r"\b(?:go|drive|move|travel|roll|reverse|back|forward|ahead) half ?way\b(?! around)", _RANGE),
    (rf"\b{_NUMBER} out of {_NUMBER}\b", _RANGE),
    (r"\b(?P<number>ten|eleven|twelve|fifteen|\w+ty) (?P=number)\b", "{0!r} may be one number or two"),
    (rf"\b(?:double|triple|quadruple) {_NUMBER}\b|\bhalf again\b", _RANGE),
    (r"\d'\d{3}\b|(?:^|\s),\d", "{0!r} is no plain number"),
    (rf"\b{_SIZE} every {_NUMBER} ?(?:s|secs?|seconds?|minutes?)\b", _SPEED),
    (rf"\b{_NUMBER}(?: {_SIZE})? or (?:more|less|fewer)\b", _RANGE),
    (rf"\b(?:{_WORD}) (?:to|too|for) {_SIZE}\b", _RANGE),
    (rf"\b(?:sq|square|cubic) {_SIZE}\b|\b{_SIZE} (?:squared|cubed)\b", "{0!r} is no distance"),
    (rf"\b{_SIZE}\s*{_EACH}\s*(?:s|secs?|seconds?|min|minutes?|h|hr|hours?)\b", _SPEED),
    (rf"\b{_SIZE} (?:in|within|over) (?:about |the next )?{_NUMBER} ?(?:s|secs?|seconds?|min|minutes?)\b", _SPEED),
    (r"\b(?:mph|kph|kmph|kmh|km/h|mps|fps|rpm|knots?)\b", _SPEED),
    (
        r"\b(?:half|quarter|third|double|twice|triple) (?:of )?(?:the |your )?"
        rf"(?:normal |usual |regular |top |full |max(?:imum)? )?{_PACE}\b",
        _SPEED,
    ),
    (
        r"\b(?<!full )(?<!normal )(?<!slow )(?:speed|velocity|throttle|power|gear|at level)(?: (?:of|to|at|is)|:)? ?"
        rf"(?:{_DIGITS}|(?:{_WORD})\b)(?! ?{_SIZE}\b)",
        _SPEED,
    ),
    (rf"\b(?:plus or minus|plus minus|give or take) {_NUMBER}\b", _RANGE),
    (rf"\b(?:half|halves|thirds?|quarters?|fifths?|tenths?) of (?:{_DIGITS}|(?!one\b)(?:{_WORD})\b)", _RANGE),
    (rf"\b{_SIZE} ?/ ?\d|\bdivided by\b", _RANGE),
    (rf"\b{_NUMBER} (?:\w+(?:'s)? ){{0,2}}(?:lengths|widths)\b", "how long {0!r} is was not understood"),
    (
        r"\b(?:an?|one|half an?|your|its) (?:\w+(?:'s)? )?(?:length|width|furlong|fathom|tile)\b(?! (?:of|is|\d))",
        "how long {0!r} is was not understood",
    ),
    (r"\d[\d.]*\s*(?:%|percent\b|per cent\b)", "{0!r} is no amount"),
    (r"\b(?:nan|inf|infinity|infinite)\b", "{0!r} is no amount"),
    (r"\w+ to the power of \d*|\d+ (?:squared|cubed)\b|\b(?:square|cube) root\b", "{0!r} is no plain number"),
    (r"\d[\d.]*e[+-]?\d+\b|\d\s*(?:\^|\*\*|[+*])\s*\d[\d.]*|\d+(?:\.\d+){2,}", "{0!r} is no plain number"),
    (rf"(?<![\w.)/])-\d[\d.]*|\b(?:minus|negative) {_NUMBER}\b", "{0!r} is a negative amount"),
    (r"(?<![\w./])\d+ \d+(?![\d/]*/)\b", "{0!r} may be one number or two"),
))  # fmt: skip


def odd_amount(text: str) -> str | None:
    """Why a normalised sentence has an amount that nothing can be made of; None where none is odd."""
    for pattern, what in _ODD:
        if match := pattern.search(text):
            advice = "the speeds are slow, normal and fast" if what is _SPEED else ADVICE
            return f"{what.format(match[0].strip())}; {advice}"
    return None
