"""``./tank learn gate`` in the simulation, with very little of everything."""

import argparse
from pathlib import Path

import pytest

from tank_core.exceptions import TankError
from tank_core.robot import load_robot
from tank_learning.skills.gate import command
from tank_learning.skills.gate.closed_loop import DELAYED, OVERLAPPING, drive
from tank_learning.skills.gate.demonstrations import demonstrations
from tank_learning.skills.gate.room import PLAIN, SHRUNK, GateRoom
from tank_skills import load_skill


def learned(out: Path, *more: str) -> bytes:
    parser = argparse.ArgumentParser()
    command.configure(parser)
    few = ["--demonstrations", "2", "--pushed", "1", "--updates", "4", "--trials", "1", "--out"]
    few += [str(out), *more]
    assert command.learn(parser.parse_args(few)) == 0
    return (out / "go_through-tank.safetensors").read_bytes()


@pytest.mark.slow
def test_the_same_command_gives_the_same_file_and_a_robot_loads_it(tmp_path, capsys) -> None:
    first = learned(tmp_path / "a")
    assert learned(tmp_path / "b") == first
    assert learned(tmp_path / "c", "--seed", "1", "--as-driven", "--dagger", "1")
    assert "100%  loss" in capsys.readouterr().out
    skill = load_skill(tmp_path / "c" / "go_through-tank.safetensors", load_robot("tank"))
    assert skill.card.seed == 1 and "of 1 starts" in skill.card.measured
    said = skill.card.trained_on
    assert said.startswith("2 demonstrations; 1 pushed by 0.3 rad/s, labels as driven; 1 drives of")
    written = {path.name for path in (tmp_path / "c").rglob("*.*")}
    assert {"curve.png", "go_through-tank-eye.onnx", "go_through-tank-head.onnx"} <= written


@pytest.mark.slow
def test_a_demonstration_ends_beyond_the_gate_and_its_chunks_are_kinematic() -> None:
    """Labels that are remade rest on the robot driving as told; it does nearly."""
    (made,) = demonstrations([4])
    assert made.through and 30 < len(made) < 100
    assert made.images[0].shape == (48, 64, 3) and made.images[0].std() > 5
    assert made.odometry[0].distance(made.odometry[-1]) == pytest.approx(
        made.truth[0].distance(made.truth[-1]), abs=0.02
    )


def test_without_drives_there_is_nothing_to_learn(tmp_path) -> None:
    with pytest.raises(TankError, match="nothing to learn from"):
        learned(tmp_path, "--demonstrations", "0", "--pushed", "0")


@pytest.mark.slow
@pytest.mark.parametrize("rhythm", [OVERLAPPING, DELAYED], ids=["overlapping", "delayed"])
def test_the_skill_that_ships_drives_through_where_it_was_not_trained(rhythm) -> None:
    with GateRoom(SHRUNK) as room:
        skill = load_skill("go_through-tank", room.robot)
        driven = [drive(room, skill, seed, rhythm) for seed in range(500, 504)]
    assert sum(one.success and one.ended for one in driven) >= 3, driven


def test_a_room_begins_as_its_seed_says() -> None:
    with GateRoom(PLAIN) as room:
        room.reset(5)
        first, image = room.pose, room.frame.rgb.copy()
        room.reset(6)
        assert room.pose.distance(first) > 0.01
        room.reset(5)
        assert room.pose == first and (room.frame.rgb == image).all()
        assert room.pose.distance(room.scene.local(room.scene.start)) < 1e-3
        assert not room.touched
