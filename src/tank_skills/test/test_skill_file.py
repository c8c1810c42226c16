"""The file of a skill: what is written is read again; damage is refused."""

import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from safetensors.numpy import load_file

from tank_core.exceptions import ModelError
from tank_core.robot import load_robot
from tank_core.skill import SkillCard
from tank_skills import load_skill, save_skill
from tank_skills.loading import find_skill
from tank_skills.skill_file import SkillFile, read_skill, write_skill

CARD = SkillCard(
    "tiny-tank", "grasp", "tank", "reacher", 0.04, 6, image=(64, 48), joints=("arm_elbow",),
    colors=("red",), trained_on="nothing", measured="0 of 0",
)  # fmt: skip
SPEC = {"actor": [{"layer": "linear", "in": 2, "out": 3}, {"layer": "tanh"}]}
ARRAYS = {
    "actor/0.weight": np.arange(6, dtype=np.float32).reshape(3, 2),
    "actor/0.bias": np.zeros(3, np.float32),
    "mean": np.array([1.5, -2.0], np.float32),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    save_skill(tmp_path / "tiny.safetensors", CARD, SPEC, ARRAYS)
    return tmp_path / "tiny.safetensors"


def changed(path: Path, metadata: dict[str, str | None]) -> None:
    """Write the file anew with other metadata; None takes a key away."""
    raw = path.read_bytes()
    length = struct.unpack_from("<Q", raw)[0]
    header = json.loads(raw[8 : 8 + length])
    header["__metadata__"] |= metadata
    header["__metadata__"] = {k: v for k, v in header["__metadata__"].items() if v is not None}
    new = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(new)) + new + raw[8 + length :])


def refusal(path: Path) -> str:
    with pytest.raises(ModelError) as refused:
        read_skill(path)
    text = str(refused.value)
    assert "\n" not in text and str(path) in text and "./tank learn" in text
    return text


def test_all_of_a_skill_comes_back(path: Path) -> None:
    file = read_skill(path)
    assert file.card == CARD and file.specs == SPEC and set(file.arrays) == set(ARRAYS)
    for name, array in ARRAYS.items():
        assert np.array_equal(file.arrays[name], array) and file.arrays[name].dtype == np.float32
    assert np.array_equal(file.constant("mean", 2), ARRAYS["mean"])
    assert file.network("actor")([[0.0, 0.0]]).shape == (1, 3)


def test_others_read_it_as_safetensors(path: Path) -> None:
    found = load_file(path)
    assert {name: array.tolist() for name, array in found.items()} == {
        name: array.tolist() for name, array in ARRAYS.items()
    }


def test_the_hash_tells_skills_apart(path: Path) -> None:
    file = read_skill(path)
    other = SkillFile(replace(CARD, seed=1), file.specs, file.arrays)
    assert file.sha256 == SkillFile(CARD, SPEC, ARRAYS).sha256 != other.sha256


@settings(max_examples=60, deadline=None)
@given(place=some.integers(0, 10_000), change=some.integers(1, 255))
def test_no_damaged_file_is_taken(tmp_path_factory, place: int, change: int) -> None:
    """Whichever byte is another one."""
    path = tmp_path_factory.mktemp("damaged") / "tiny.safetensors"
    save_skill(path, CARD, SPEC, ARRAYS)
    raw = bytearray(path.read_bytes())
    raw[place % len(raw)] ^= change
    path.write_bytes(raw)
    try:
        file = read_skill(path)
    except ModelError as error:
        assert "\n" not in str(error)
    else:  # a changed blank, or the name of an entry that nobody reads
        assert file.sha256 == SkillFile(CARD, SPEC, ARRAYS).sha256


@pytest.mark.parametrize("size", [0, 5, 8, 40, 700])
def test_a_file_that_is_cut_off_is_refused(path: Path, size: int) -> None:
    path.write_bytes(path.read_bytes()[:size])
    refusal(path)


def test_one_byte_less_is_damage(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])
    assert "damaged" in refusal(path)


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"tank.skill": "2"}, "its version is '2'; version 1 is read here"),
        ({"tank.skill": None}, "no skill of Tank"),
        ({"tank.card": json.dumps({"name": "x"})}, "damaged"),
    ],
)
def test_another_version_is_refused(path: Path, metadata, said: str) -> None:
    changed(path, metadata)
    assert said in refusal(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "none.safetensors")


def test_what_cannot_be_loaded_again_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "bad.safetensors"
    for file, said in (
        (SkillFile(CARD, SPEC, {**ARRAYS, "mean": np.array([np.nan], np.float32)}), "not finite"),
        (SkillFile(CARD, SPEC, {}), "missing"),
        (SkillFile(replace(CARD, period=0.0), SPEC, ARRAYS), "period"),
        (SkillFile(replace(CARD, name="a b"), SPEC, ARRAYS), "name"),
    ):
        with pytest.raises(ModelError, match=said):
            write_skill(path, file)
    assert not path.exists()


@pytest.mark.parametrize(
    ("card", "said"),
    [
        (replace(CARD, robot="rasptank"), "was trained for the robot 'rasptank', and this is tank"),
        (replace(CARD, joints=("elbow_2",)), "joints elbow_2, which the robot tank has not"),
        (replace(CARD, kind="wizard"), "kind 'wizard'; known are turner, driver"),
    ],
)
def test_what_does_not_fit_the_robot_is_refused(tmp_path: Path, card, said: str) -> None:
    path = tmp_path / "other.safetensors"
    save_skill(path, card, SPEC, ARRAYS)
    with pytest.raises(ModelError) as refused:
        load_skill(path, load_robot("tank"))
    assert said in str(refused.value) and "\n" not in str(refused.value)


def test_an_unknown_name_is_refused_with_those_there_are(tmp_path: Path, monkeypatch) -> None:
    folder = tmp_path / "share" / "tank_skills" / "skills"
    folder.mkdir(parents=True)
    save_skill(folder / "tiny-tank.safetensors", CARD, SPEC, ARRAYS)
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path))  # as where Tank is installed
    assert find_skill("tiny-tank") == folder / "tiny-tank.safetensors"
    with pytest.raises(ModelError, match=r"no skill is called 'tiny'; there are .*tiny-tank"):
        find_skill("tiny")


def test_constants_and_networks_are_asked_for_by_name() -> None:
    file = SkillFile(CARD, SPEC, ARRAYS)
    with pytest.raises(ModelError, match="no network 'critic'; it has actor"):
        file.network("critic")
    with pytest.raises(ModelError, match=r"'mean' of skill tiny-tank has the shape \(2,\)"):
        file.constant("mean", 3)
    with pytest.raises(ModelError, match="'sd' of skill tiny-tank is missing"):
        file.constant("sd", 3)
