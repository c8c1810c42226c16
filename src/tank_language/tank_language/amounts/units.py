"""Whether the word after a bare number may be a unit that the language does not have. Pure."""

from __future__ import annotations

from tank_language.amounts.spoken import NUMBER_WORDS, PARTS, UNITS, slipped

# What may follow a number that has no unit: "forward 3 then left". Any other word may be a unit
# that
# nobody here knows, as in "3 furlongs".
_MAY_FOLLOW_TEXT = """
a actually advance after again ahead also altogether an and anti anticlockwise anyway approach
around as at back backward backwards ball because before behind bit bk bkwd black blue box
break bring buddy but bwd by carefully catch ccw clockwise collect come complete continue copy
counter counterclockwise crawl creep cube cw cylinder dash directly do down
drive drop each ease face fast fetch finally first followed for forward forwards freeze from
frwd fw fwd gently get go good grab grasp green halt have head hold hurry i if in instead is it
just l last lay leave left lefts leftward leftwards let lift little look lt lying make march
mate me more move my n next no nope not now o of off ok okay on once or orange out over pan
pause pick pivot place please pls plz point proceed pronto purple put quick quickly quite r
rather real really rearwards red release remain rest retreat reverse reversing right rights
rightward rightwards robot roll rot rotate rt run rush seize set shift should sideways since sir
slew slide slip slow slowly small so sorry speedily spin spins square squares stay steer step
stop straight straightaway super swiftly swing take tank thanks that the then thing things
thrice thx times to too total toward towards travel turn turns twice twirl u unload until up
veer very wait walk was way well were wheel when which while white whole why with would yaw yeah
yellow yes you zoom
"""
_TYPED = ("adn", "den", "b", "f", "w")  # and, then, "b4", "f1", "w8"
_MAY_FOLLOW = frozenset((*_TYPED, *_MAY_FOLLOW_TEXT.split()))


def is_strange(following: list[str]) -> bool:
    """Whether the first of these words is neither a unit nor one that may follow a whole number."""
    word = following[0] if following else ""
    known = not word.isalpha() or any(
        word in words for words in (_MAY_FOLLOW, NUMBER_WORDS, PARTS, UNITS)
    )
    return not known and not any(
        slipped(word, name) for name in _MAY_FOLLOW if len(name) >= 4 and word != f"{name}s"
    )
