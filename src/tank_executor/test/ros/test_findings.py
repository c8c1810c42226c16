"""Answers and pictures come back from their messages."""

from hypothesis import given
from hypothesis import strategies as st

from tank_core.commands import Report, TakePhoto, Topic
from tank_core.geometry import Pose2D
from tank_core.state import Detection
from tank_executor.findings import Answer, Photo
from tank_executor.plan import StepOutcome, StepStatus
from tank_executor.ros import findings as convert
from tank_executor.ros.messages import outcome_from_ros, outcome_to_ros

eighths = st.integers(-40, 40).map(lambda number: number / 8)  # exact in a message's float32
headings = st.none() | st.integers(0, 2879).map(lambda number: number / 8)
THING = Detection(3, "red", "cube", (0.5, -0.25, 0.02), (0.04, 0.04, 0.04), 0.5, 12.5)
about = {
    Topic.OBJECTS: st.fixed_dictionaries(
        {"objects": st.lists(st.sampled_from([THING, Detection(4, None, None, (1.0, 0.0, 0.0))]),
                             max_size=3).map(tuple)}
    ),
    Topic.POSITION: st.fixed_dictionaries(
        {"pose": st.builds(Pose2D, eighths, eighths), "way": eighths.map(abs),
         "variance": st.tuples(*[eighths.map(abs)] * 3), "heading_deg": headings}
    ),
    Topic.HOLDING: st.fixed_dictionaries({"held": st.sampled_from(["", "the red cube"])}),
    Topic.BATTERY: st.fixed_dictionaries({"voltage": st.none() | eighths}),
    Topic.STATUS: st.just({}),
}  # fmt: skip
answers = st.sampled_from(list(Topic)).flatmap(
    lambda what: about[what].map(lambda told: Answer(what, "a sentence", 12.5, **told))
)


@given(answers)
def test_answers_come_back_with_their_outcomes(answer: Answer) -> None:
    outcome = StepOutcome(Report(answer.what), StepStatus.SUCCEEDED, answer.text, 0.5, answer)
    assert outcome_from_ros(outcome_to_ros(outcome)) == outcome


def test_objects_are_in_the_robots_own_frame() -> None:
    message = convert.answer_to_ros(Answer(Topic.OBJECTS, "", 1.5, (THING,)), "a/base_link")
    assert message.header.frame_id == "a/base_link" and message.header.stamp.sec == 1


@given(st.builds(Photo, st.just("/p.jpg"), eighths.map(abs), st.builds(Pose2D, eighths), headings))
def test_pictures_come_back_with_their_bytes(photo: Photo) -> None:
    assert convert.photo_from_ros(convert.photo_to_ros(photo, b"\xff\xd8")) == (photo, b"\xff\xd8")


def test_an_outcome_takes_the_path_of_its_picture_along() -> None:
    photo = Photo("/p.jpg", 2.0, Pose2D())
    outcome = StepOutcome(TakePhoto(), StepStatus.SUCCEEDED, photo=photo)
    assert outcome_from_ros(outcome_to_ros(outcome)).photo == Photo("/p.jpg")
