"""The tasks of ``./tank bench journeys``, and what is wanted of each row."""

from __future__ import annotations

from tank_bench.journeys import answers, gates, moves, photos, places, relations
from tank_bench.journeys.trial import JourneyTask

AHEAD, AFAR = "something ahead", "thing afar"
TASKS = {
    "go-through": JourneyTask(gates.go_through, ("gates", "rooms")),
    "until-obstacle": JourneyTask(
        moves.until_obstacle, (AHEAD, "rooms"), {AHEAD: moves.something_ahead}
    ),
    "until-object": JourneyTask(moves.until_object, (AFAR,), {AFAR: moves.thing_afar}),
    "go-to": JourneyTask(places.go_to, ("playground",)),
    "bring": JourneyTask(places.bring, ("playground", "clutter")),
    "arc": JourneyTask(moves.arc, ("empty",)),
    "release-beside": JourneyTask(relations.release_beside, ("playground",)),
    "release-on": JourneyTask(relations.release_on, ("playground",)),
    "report": JourneyTask(answers.report, ("playground", "clutter")),
    "photo": JourneyTask(photos.photo, ("playground",)),
}
# the least share of each row; what is not here is only told
WANTED = {
    "go through, gates": 0.97,
    "go through, rooms": 0.95,
    f"move until obstacle, {AHEAD}": 0.99,
    "move until obstacle, rooms": 0.99,
    "move until object": 0.99,
    "go to a place after a tour": 0.95,
    "go back here after fetching, playground": 0.95,
    "arc, by odometry": 1.0,
    "release beside a thing": 0.93,
    "release on a thing": 0.85,
    "bring the red cube, playground": 0.95,
    "bring the red cube, clutter": 0.85,
    "answers that are true, playground": 1 - 1 / 200,
    "answers that are true, clutter": 1 - 1 / 200,
    "answers after: release beside a thing": 1 - 1 / 200,
    "answers after: release on a thing": 1 - 1 / 200,
    "photo": 1.0,
}
