"""The laws of starts and of the demonstrator, without a simulation."""

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from tank_core.diff_drive import advance
from tank_core.geometry import Pose2D
from tank_core.robot import load_robot
from tank_executor.behaviors.gates.going_through import BEYOND_M
from tank_executor.motion.route import Footprint
from tank_learning.skills.gate.demonstrator import drive_on, is_through, pursue
from tank_learning.skills.gate.scenes import OTHER, scene
from tank_sim.worlds import build_world
from tank_sim.worlds.gate_starts import USUAL
from tank_sim.worlds.gates import ARCHES

ROBOT = load_robot("tank")
NARROWEST = min(width for width, _ in ARCHES.values())
SEEDS = some.integers(0, 10_000)


@given(seed=SEEDS, region=some.sampled_from([USUAL, OTHER]))
def test_a_start_is_in_its_region_with_one_gate_ahead_and_nothing_near(seed, region) -> None:
    found = scene(ROBOT, seed, region)
    assert found == scene(ROBOT, seed, region)
    start = found.local(found.start)
    assert region.x[0] <= start.x <= region.x[1] and region.y[0] <= start.y <= region.y[1]
    assert (
        abs(math.remainder(start.yaw - math.atan2(-start.y, -start.x), math.tau)) <= region.off[1]
    )
    world = build_world("gates", ROBOT, found.world_seed)
    assert found.gate in world.scene.openings
    for other in world.scene.openings:
        x, y = found.start.to_local((other.pose.x, other.pose.y))
        assert (other == found.gate) == (abs(math.atan2(y, x)) < math.radians(70))
    half = Footprint.of(ROBOT).half_width
    for thing in world.objects:
        assert math.dist(found.gate.pose.to_local(thing.position[:2]), (start.x, start.y)) > half


@given(x=some.floats(*USUAL.x), y=some.floats(*USUAL.y), off=some.floats(*USUAL.off))
def test_the_demonstrator_ends_beyond_the_narrowest_gate_and_touches_no_post(x, y, off) -> None:
    pose = Pose2D(x, y, math.atan2(-y, -x) + off)
    way = [pose]
    while not is_through(pose) and len(way) < 150:
        pose = advance(pose, pursue(pose), 0.1)
        way.append(pose)
    assert BEYOND_M <= pose.x < BEYOND_M + 0.05
    assert abs(pose.y) < 0.02 and abs(pose.yaw) < math.radians(3)
    corner = math.hypot(ROBOT.chassis.half_size[0], Footprint.of(ROBOT).half_width)
    for before, after in pairwise(way):
        if before.x < corner and after.x > -corner:  # between the posts, at least with a corner
            aside = max(abs(after.to_world((0.15, side))[1]) for side in (0.13, -0.13))
            assert aside < NARROWEST / 2


@given(x=some.floats(-1.6, 0.6), y=some.floats(-0.3, 0.3), yaw=some.floats(-1.0, 1.0))
def test_a_chunk_is_made_whole_from_any_pose_and_rests_at_its_end(x, y, yaw) -> None:
    chunk = list(drive_on(Pose2D(x, y, yaw), 60, 0.1))
    assert chunk[0] == pursue(Pose2D(x, y, yaw))
    moving = [one.linear > 0 for one in chunk]
    assert moving == sorted(moving, reverse=True)  # once it is through it stays
    assert all(abs(one.angular) == 0 for one in chunk if one.linear == 0)
