"""Clauses that are written whole in ``words/*.yaml``, by theme."""

from __future__ import annotations

from tank_learning.language.corpus.grammar import phrases as p
from tank_learning.language.corpus.grammar.slots import theme

photo, photos = theme(p.PICTURES, "photo"), theme(p.PICTURES, "several")
photo_of, photo_around = theme(p.PICTURES, "aimed"), theme(p.PICTURES, "all_around")
heading, course = theme(p.HEADINGS, "face"), theme(p.HEADINGS, "course")
heading_noted, steered = theme(p.HEADINGS, "noted"), theme(p.HEADINGS, "steered")
described, likewise = theme(p.DESCRIBING, "described"), theme(p.FIGURES, "likewise")
arc, until = theme(p.ARCS, "arc"), theme(p.UNTIL, "until")
gate = theme(p.GATES, "gate")
go_to, remember = theme(p.PLACES, "go_to"), theme(p.PLACES, "remember")
to_start, to_before = theme(p.PLACES, "start"), theme(p.PLACES, "before")
route = theme(p.PLACES, "route")
bring, bring_it = theme(p.BRINGING, "bring"), theme(p.BRINGING, "bring_it")
take, put, stand = theme(p.BRINGING, "take"), theme(p.BRINGING, "put"), theme(p.BRINGING, "stand")
pose = theme(p.ARMS, "pose")
told, questions = theme(p.QUESTIONS, "told"), theme(p.QUESTIONS, "two")
seen, held = theme(p.QUESTIONS, "seen"), theme(p.QUESTIONS, "held")
placed, power = theme(p.QUESTIONS, "placed"), theme(p.QUESTIONS, "power")
doing = theme(p.QUESTIONS, "doing")
