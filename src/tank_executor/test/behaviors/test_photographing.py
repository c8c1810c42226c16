"""photo asks for a picture of a robot that stands.

It does not wait for ever.
"""

from executor_rig import Rig

from tank_core.commands import Move, TakePhoto
from tank_core.geometry import Pose2D
from tank_core.state import Twist2D
from tank_executor.behaviors.photographing import REST_S, STOPPING_S, TAKING_S
from tank_executor.findings import Photo
from tank_executor.plan import Plan, PlanState


def wanted(rig: Rig, seconds: float = STOPPING_S) -> Photo:
    """Run until a picture is wanted, and return the one that would fit."""
    end = rig.now + seconds
    while rig.runner.photo_wanted is None and rig.now < end:
        rig.tick()
    request = rig.runner.photo_wanted
    assert request is not None
    return Photo("p.jpg", request.after + 0.01, request.pose, request.heading_deg)


def test_it_is_asked_for_when_the_robot_has_come_to_rest(rig: Rig) -> None:
    rig.runner.submit(Plan((Move("forward", 0.3), TakePhoto())))
    photo = wanted(rig, 5.0)
    still = [output for output in rig.outputs if output.twist in (None, Twist2D())]
    assert len(still) * 0.02 >= REST_S and rig.state.odometry.twist == Twist2D()
    assert photo.pose == rig.state.odometry.pose and photo.pose.x > 0.29
    rig.runner.photo_taken(photo)
    rig.ticks(0.1)
    (_, outcome) = rig.outcomes
    assert rig.runner.status.state is PlanState.SUCCEEDED
    assert outcome.photo == photo and outcome.message == "the picture is p.jpg"
    assert rig.runner.photo_wanted is None


def test_why_there_is_none_is_told(rig: Rig) -> None:
    rig.runner.submit(Plan((TakePhoto(),)))
    wanted(rig)
    rig.runner.photo_taken("no camera: it is turned off")
    rig.ticks(0.1)
    assert rig.outcomes[0].message == "no camera: it is turned off"
    assert rig.runner.status.state is PlanState.FAILED


def test_without_any_answer_it_fails_with_the_cure(rig: Rig) -> None:
    status = rig.run(TakePhoto(), limit=TAKING_S + STOPPING_S)
    assert status.state is PlanState.FAILED
    assert "no camera: no picture came within 10 s" in status.message
    assert "./tank doctor" in status.message


def test_a_robot_that_is_pushed_meanwhile_is_pictured_anew(rig: Rig) -> None:
    """So the pose that a picture tells is the robot's own when it was taken."""
    rig.runner.submit(Plan((TakePhoto(),)))
    first = wanted(rig)
    rig.backend._pose = Pose2D(0.05, 0.0, 0.0)
    rig.ticks(0.1)
    second = wanted(rig)
    assert first.pose == Pose2D() and second.pose == Pose2D(0.05, 0.0, 0.0)
    assert second.time > first.time + REST_S


def test_after_a_stop_no_picture_is_wanted(rig: Rig) -> None:
    rig.runner.submit(Plan((TakePhoto(),)))
    photo = wanted(rig)
    rig.runner.stop("stopped", latch=False)
    assert rig.runner.photo_wanted is None
    rig.runner.photo_taken(photo)
    rig.ticks(0.1)
    assert rig.runner.status.state is PlanState.STOPPED and rig.outcomes[0].photo is None
