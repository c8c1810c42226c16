"""The real robot's backend over each board's wires.

What the motors and servos of the chip model feel. Time is the test's own.
"""

import itertools
from contextlib import ExitStack, closing

import pytest

# pytest imports test files by their paths, so helpers must be found by hand
from rasptank_rig import FORWARD, STILL, TICK, Rig

from tank_core.commands import Move, MoveDirection, Side, Turn
from tank_core.exceptions import BackendError
from tank_core.robot_controller import RobotController
from tank_core.state import RobotCommand
from tank_executor.plan import Plan, PlanState
from tank_executor.plan_runner import PlanRunner
from tank_hw_driver.actuators.track_motors import duty_of, speed_of
from tank_hw_driver.board.board import open_board
from tank_hw_driver.bus.open import open_wires
from tank_hw_driver.chip_model.testing import chip_model
from tank_hw_driver.hardware import board_names, load_hardware
from tank_hw_driver.rasptank_backend import REPEAT_S


@pytest.fixture
def model_rig():
    """A function from a board's name to (rig, the model's client).

    The rig is over the chip model's wires.
    """
    with ExitStack() as stack:

        def build(name):
            client = stack.enter_context(chip_model(name))
            wires = stack.enter_context(closing(open_wires(f"model:{client.path}")))
            hardware = load_hardware(name)
            rig = Rig(open_board(hardware, wires), robot=hardware.robot)
            stack.enter_context(closing(rig.backend))
            return rig, client

        yield build


def run_plan(rig, client, *commands):
    """A plan through executor, controller, backend, board and wires.

    Returns (time, duties that the motors feel) at each tick.
    """
    controller, runner = RobotController(rig.backend), PlanRunner(rig.backend.robot)
    state = controller.step(rig.now)
    felt = [(rig.now, client.motor_duties())]
    runner.submit(Plan(commands))
    while runner.running:
        output = runner.step(state, None, rig.now)
        if output.twist is not None:
            controller.command_twist(output.twist, rig.now)
        rig.now += TICK
        state = controller.step(rig.now)
        felt.append((rig.now, client.motor_duties()))
        assert rig.now < 1100.0, "it takes too long"
    controller.halt()
    felt.append((rig.now, client.motor_duties()))
    assert runner.status.state is PlanState.SUCCEEDED, runner.status.message
    return felt, state


@pytest.mark.parametrize("name", board_names())
def test_drive_forward_one_meter_is_the_right_duty_over_the_right_time_on_the_right_motors(
    model_rig, name
):
    rig, client = model_rig(name)
    hardware, speed = rig.backend.hardware, rig.backend.robot.pace(None).linear
    felt, state = run_plan(rig, client, Move(MoveDirection.FORWARD, 1.0))
    for track in (hardware.tracks.left, hardware.tracks.right):
        sign = -1 if track.inverted else 1
        duties = [(when, sign * duties[track.port]) for when, duties in felt]
        assert duties[0][1] == duties[-1][1] == 0.0
        assert max(duty for _, duty in duties) == pytest.approx(duty_of(track, speed), abs=0.002)
        assert min(duty for _, duty in duties) >= -0.001
        speeds = [(when, speed_of(track, duty)) for when, duty in duties]
        way = sum(v * (later - when) for (when, v), (later, _) in itertools.pairwise(speeds))
        assert way == pytest.approx(1.0, rel=0.03)
        half = [when for when, v in speeds if v > speed / 2]  # the ramps' areas meet at half height
        assert half[-1] - half[0] == pytest.approx(1.0 / speed, rel=0.03)
    unused = set(hardware.motor_ports) - {hardware.tracks.left.port, hardware.tracks.right.port}
    assert not any(duties[port] for _, duties in felt for port in unused)
    assert state.odometry.pose.x == pytest.approx(1.0, abs=0.01)
    assert 0.1 <= state.odometry.variance[0] ** 0.5 <= 0.4


def test_turn_left_runs_the_tracks_against_each_other(model_rig):
    rig, client = model_rig("robot_hat_v3")
    felt, state = run_plan(rig, client, Turn(Side.LEFT, 90.0))
    tracks = rig.backend.hardware.tracks
    at = max(felt, key=lambda pair: abs(pair[1][tracks.left.port]))[1]
    assert (
        at[tracks.left.port] * (-1 if tracks.left.inverted else 1)
        < 0
        < at[tracks.right.port] * (-1 if tracks.right.inverted else 1)
    )
    assert state.odometry.pose.yaw == pytest.approx(1.571, abs=0.03)


def test_servos_wake_from_the_base_with_the_right_pulses_on_the_wire(model_rig):
    rig, client = model_rig("robot_hat_v3")
    rig.backend.wake()
    began = min((event["t"] for event in client.log()), default=0.0)
    rig.go(STILL, 3.0)
    robot, servos = rig.backend.robot, rig.backend.hardware.servos
    pulses = client.pulses()
    rest = dict(zip(robot.arm.joint_names, robot.arm.home, strict=True)) | {
        "camera_tilt": robot.camera.pitch
    }
    for joint, position in rest.items():
        assert pulses[servos[joint].channel] == pytest.approx(
            servos[joint].pulse(position), abs=3.0
        )
    order = []
    for _, seen in client.servo_history(began):
        order += [channel for channel, pulse in seen.items() if pulse and channel not in order]
    assert order == [servos[name].channel for name in (*robot.joint_names, "camera_tilt")]


def test_a_driver_that_died_leaves_the_arm_where_it_is_and_the_next_one_moves_it_slowly(model_rig):
    rig, client = model_rig("robot_hat_v3")
    servo, speed = (
        rig.backend.hardware.servos["arm_shoulder"],
        rig.backend.robot.joint_velocity("arm_shoulder"),
    )
    rig.backend.wake()
    rig.go(STILL, 3.0)
    rig.go(RobotCommand(joints={"arm_shoulder": 1.0}), 3.0)
    left = client.pulses()
    with closing(open_wires(f"model:{client.path}")) as wires:
        # the first one is never closed: kill -9
        again = Rig(open_board(rig.backend.hardware, wires))
        assert client.pulses() == left
        assert again.backend.read().joints["arm_shoulder"].position == pytest.approx(1.0, abs=0.01)
        again.backend.wake()
        felt = [left]
        for _ in range(200):
            again.go(STILL)
            felt.append(client.pulses())
    channel, count = servo.channel, 5.0  # [us] of the chip
    steps = [abs(b[channel] - a[channel]) for a, b in itertools.pairwise(felt)]
    assert 0.0 < max(steps) <= min(speed, servo.velocity) * TICK * servo.us_per_rad + count
    assert felt[-1][channel] == pytest.approx(servo.pulse(rig.backend.robot.arm.home[0]), abs=count)


def test_a_chip_that_was_reset_ends_the_backend_with_the_cause(model_rig):
    rig, client = model_rig("robot_hat_v3")
    rig.go(FORWARD, 1.0)
    assert any(client.motor_duties().values())
    client.fault("reset")
    with pytest.raises(BackendError, match="was reset"):
        rig.go(FORWARD, REPEAT_S + 2 * TICK)
    assert not any(client.motor_duties().values())


@pytest.mark.parametrize("name", board_names())
@pytest.mark.parametrize("fault, word", [("absent", "no chip answers"), ("hang", "hangs")])
def test_a_bus_that_goes_in_the_middle_of_a_move(model_rig, name, fault, word):
    rig, client = model_rig(name)
    rig.go(FORWARD, 0.5)
    assert any(client.motor_duties().values())
    client.fault(
        fault,
        **(
            {"address": rig.backend.hardware.pca9685.address}
            if fault == "absent"
            else {"seconds": 30.0}
        ),
    )
    with pytest.raises(BackendError, match=word):
        rig.go(FORWARD, REPEAT_S + TICK)
    rig.backend.stop()  # raises nothing
    if any(port.enable is None for port in rig.backend.hardware.motor_ports.values()):
        client.clear_faults()  # its motors hang on the bus that is gone
    rig.backend.close()
    assert not any(client.motor_duties().values())
