"""The simulated robot as a Backend; MuJoCo's clock stands until ``advance``."""

from __future__ import annotations

import math

import mujoco
import numpy as np
import numpy.typing as npt

from tank_core.backend import SimulatedBackend
from tank_core.exceptions import BackendError
from tank_core.geometry import Vector
from tank_core.io.one_line import reason
from tank_core.robot import Robot
from tank_core.state import CameraFrame, Pose2D, RobotCommand, RobotState, Twist2D
from tank_sim import mjcf, placing, shadows
from tank_sim.ground_truth import GroundTruth, ObjectState
from tank_sim.joints import SimulatedJoints
from tank_sim.mjcf.addresses import Parts
from tank_sim.realism.imperfections import Imperfections
from tank_sim.realism.levels import Realism
from tank_sim.realism.levels import realism as realism_by_name
from tank_sim.sensors.camera import SimulatedCamera, View
from tank_sim.sensors.range_finder import SimulatedRangeFinder
from tank_sim.wheel_odometry import WheelOdometry
from tank_sim.worlds import World, build_world

ENCODER_STEPS = 10  # physics steps between two readings of the wheels by the odometry
UNSTABLE = [
    int(kind)
    for kind in (
        mujoco.mjtWarning.mjWARN_BADQPOS,
        mujoco.mjtWarning.mjWARN_BADQVEL,
        mujoco.mjtWarning.mjWARN_BADQACC,
    )
]
STATE = mujoco.mjtState.mjSTATE_INTEGRATION


def _compiled(robot: Robot, world: World) -> mujoco.MjModel:
    """The compiled model.

    Raises BackendError where MuJoCo finds that no such robot can be.
    """
    try:
        return mujoco.MjModel.from_xml_string(mjcf.build_mjcf(robot, world))
    except ValueError as error:
        raise BackendError(
            f"robot {robot.name} cannot be simulated: MuJoCo says "
            f"{reason(error).removeprefix('Error: ')}; change its robot file"
        ) from None


class MujocoBackend(SimulatedBackend):
    """A simulated robot in a world, ideal or as imperfect as a real one.

    ``model`` and ``data`` are MuJoCo's own, for viewers and tests. Truth (``truth``, ``objects``,
    ``held``) is for results and tests: nothing that drives the robot may look at it.

        with MujocoBackend(load_robot("tank"), "playground", seed=1) as backend:
            backend.apply(RobotCommand(Twist2D(0.2, 0.0)))
            backend.advance(1.0)
            print(backend.read().odometry.pose)
    """

    def __init__(
        self,
        robot: Robot,
        world: str | World = "empty",
        seed: int = 0,
        camera: bool = False,
        realism: str | Realism = "ideal",
        shadows: bool = True,
    ) -> None:
        """Build the world and put the robot into it.

        ``world`` is a name, where ``seed`` places the objects, or a World, which stays as it is.
        ``camera`` asks for images, which need OpenGL. ``realism`` says how far from ideal the robot
        is: "ideal", "real" or numbers. Without ``shadows`` small images take a third of the time.
        Raises WorldError, RealismError, and BackendError where MuJoCo finds that no such robot can
        be.
        """
        self.robot = robot
        self.realism = realism_by_name(realism) if isinstance(realism, str) else realism
        self._rebuilt = isinstance(world, str)
        self.world: World = build_world(world, robot, seed) if isinstance(world, str) else world
        self.model = _compiled(robot, self.world)
        self.data = mujoco.MjData(self.model)
        self._wheel_names = frozenset(robot.drive.wheel_joints)
        self._odometry = WheelOdometry(robot.drive, self.realism.wheel_slip)
        self._parts = Parts(self.model, robot)
        self._faults = Imperfections(self.realism, len(self._parts.names))
        self._joints = SimulatedJoints(self.data, robot, self._parts, self._faults)
        self._truth = GroundTruth(self.model, self.data, self._parts)
        self._asked = (0.0, 0.0)  # [rad/s] of the wheels
        self._range = (
            SimulatedRangeFinder(self.model, robot, self._faults) if robot.range_sensor else None
        )
        self._camera = (
            SimulatedCamera(self.model, robot.camera, self.realism, shadows) if camera else None
        )
        self._closed = False
        self._owed = 0.0
        self.reset(seed)

    def reset(self, seed: int, keep_time: bool = False, start: Pose2D | None = None) -> None:
        """Start again, with the objects where ``seed`` places them.

        At time 0, or with the clock running on. The seed draws the robot's imperfections, too. A
        World that was given as such keeps its objects' places. ``start``: where base_link is in the
        world then, the origin when None; odometry begins at zero there. Raises BackendError where
        it is not finite.
        """
        if start is not None:
            placing.check("the robot's start", start.x, start.y, start.yaw)
        time = self.data.time if keep_time else 0.0
        if self._rebuilt:
            self.world = build_world(self.world.name, self.robot, seed)
        mujoco.mj_resetDataKeyframe(self.model, self.data, 0)
        self.data.time = time
        for thing in self.world.objects:
            self.data.joint(thing.name).qpos[:] = mjcf.object_pose(thing)
        mjcf.place_fixtures(self.model, self.world.scene.fixtures)
        if start is not None:
            placing.place_robot(self.data, start)
        shadows.move(self.model, self.data)
        mujoco.mj_forward(self.model, self.data)
        self._odometry.reset(*self._wheels())
        self._owed = 0.0
        self._touched: frozenset[str] = frozenset()
        self._asked = (0.0, 0.0)
        self._faults.reset(seed)
        self._joints.reset()
        if self._range is not None:
            self._range.restart()
        if self._camera is not None:
            self._camera.restart(seed, self.world.scene.fixtures)
            self._camera.take(self.view())

    def place(self, name: str, position: Vector, yaw: float = 0.0) -> None:
        """Move an object to a place in the world, and let it rest there.

        ``position`` [m] is that of its center. Time stands meanwhile, and an image of this moment
        shows it there. Raises BackendError for a name that is not known and for numbers that are
        not finite.
        """
        self._check_open()
        names = [thing.name for thing in self.world.objects]
        placing.place_thing(self.data, names, name, position, yaw)
        mujoco.mj_forward(self.model, self.data)
        if self._camera is not None:
            self._camera.retake(self.view())

    def apply(self, command: RobotCommand) -> RobotCommand:
        """Set speeds and targets; returns what is in force.

        Both wheels are slowed alike where one would be too fast, so the curve stays the same.
        Targets for the wheels' own joints are left out of what is returned: wheels have a speed, no
        target.
        """
        self._check(command)
        wheels = self._odometry.wheels
        left, right = wheels.speeds(command.twist)
        limit = self.robot.drive.max_wheel_speed
        scale = limit / max(limit, abs(left), abs(right))
        self._drive(left * scale, right * scale)
        joints = {
            name: self._joints.aim(name, target)
            for name, target in command.joints.items()
            if name not in self._wheel_names
        }
        twist = command.twist if scale == 1.0 else wheels.twist(left * scale, right * scale)
        return RobotCommand(twist, joints)

    def read(self) -> RobotState:
        self._check_open()
        joints = self._joints.states()
        left, right = (joints[name].velocity for name in self.robot.drive.wheel_joints)
        if self._faults.active:
            more_left, more_right = self._faults.over_reading
            left, right = left * more_left, right * more_right
        return RobotState(
            self.data.time,
            self._odometry.odometry(left, right),
            joints,
            self._range.read(self.data) if self._range else None,
        )

    def stop(self) -> None:
        """Zero the wheels' speed and hold every joint where it is."""
        self._drive(0.0, 0.0)
        self._joints.stop()

    def close(self) -> None:
        self.stop()
        self._closed = True
        if self._camera is not None:
            self._camera.close()

    def camera(self) -> CameraFrame | None:
        """The newest image that has come out of the camera by now.

        At the camera's own rate, stamped with when it was taken. None while none has come out yet,
        and without a camera or OpenGL (``camera_problem`` says which).
        """
        view = self.camera_view()
        return None if view is None else self.paint(view)

    def look(self) -> CameraFrame | None:
        """An image of the world as it is now.

        Whatever the camera's rate and latency are. For data and training: the real camera cannot do
        so. Leaves what ``camera`` gives alone. None without a camera or OpenGL (``camera_problem``
        says which).
        """
        return None if self._camera is None or self._closed else self._camera.look(*self.view())

    def camera_view(self) -> View | None:
        """The view that ``camera`` would paint.

        None when no frame has come out yet.
        """
        return self.view() if self._camera is None else self._camera.out(self.view())

    def start_camera(self) -> None:
        """Begin to load OpenGL, without waiting for it."""
        if self._camera is not None:
            self._camera.start()

    @property
    def camera_ready(self) -> bool:
        """Whether images come without delay.

        False while OpenGL loads, and without it.
        """
        return self._camera is not None and self._camera.ready

    def view(self) -> View:
        """A copy of the state that an image needs: time [s] and qpos.

        So ``paint`` can take its time in another thread while the physics goes on.
        """
        return self.data.time, self.data.qpos.copy()

    def paint(self, view: View) -> CameraFrame | None:
        """The image of a view."""
        return None if self._camera is None or self._closed else self._camera.frame(*view)

    @property
    def time(self) -> float:
        """Now on the simulation's clock [s]."""
        return float(self.data.time)

    @property
    def camera_problem(self) -> str | None:
        """A sentence when there are no images; None when there are."""
        return "the camera is turned off" if self._camera is None else self._camera.problem

    def advance(self, duration: float) -> None:
        """Step the physics by ``duration`` [s].

        What is left of a step is owed to the next call. Raises BackendError when the physics
        becomes unstable.
        """
        self._check_open()
        if not (math.isfinite(duration) and duration >= 0):
            raise BackendError(
                f"duration is {duration!r} s; it must be a finite number of seconds, 0 or more"
            )
        self._owed += duration
        steps = round(self._owed / mjcf.TIMESTEP)
        self._owed -= steps * mjcf.TIMESTEP
        shadows.move(self.model, self.data)
        while steps > 0:
            chunk = min(steps, ENCODER_STEPS)
            self._joints.step(chunk * mjcf.TIMESTEP)
            mujoco.mj_step(self.model, self.data, chunk)
            # MuJoCo has begun again from the start, as if nothing were
            if self.data.warning.number[UNSTABLE].any():
                raise BackendError(
                    f"the simulation of robot {self.robot.name} became unstable, and cannot go on; "
                    "masses, sizes and efforts in its "
                    "robot file may not go together"
                )
            if self._faults.active:
                self._err(chunk * mjcf.TIMESTEP)
            else:
                self._odometry.update(*self._wheels())
            self._touched |= self._truth.touching(self.world.scene.fixtures)
            steps -= chunk

    def truth(self) -> Pose2D:
        """The pose of base_link in the world."""
        return self._truth.pose()

    def truth_twist(self) -> Twist2D:
        """The velocity of base_link, in base_link."""
        return self._truth.twist()

    def truth_tool(self) -> Vector:
        """The place of the arm's tool center point [m] in base_link."""
        return self._truth.tool(self.robot.arm)

    def objects(self) -> dict[str, ObjectState]:
        """Every object's place in the world, by name."""
        return self._truth.objects(self.world.objects)

    def held(self) -> str | None:
        """The object in the gripper; None if there is none.

        Both fingers touch it, and it does not rest on the floor.
        """
        return self._truth.held(self.world.objects)

    def touched(self) -> frozenset[str]:
        """The names of the fixtures that the robot has touched since the reset."""
        return self._touched

    def snapshot(self) -> npt.NDArray[np.float64]:
        """Everything that decides the future, bit by bit, as one array.

        For tests of repeatability.
        """
        state = np.empty(mujoco.mj_stateSize(self.model, STATE))
        mujoco.mj_getState(self.model, self.data, state, STATE)
        return state

    def _drive(self, left: float, right: float) -> None:
        """Ask the wheels for speeds [rad/s]."""
        self._asked = left, right
        if self._faults.active:
            left, right = self._faults.wheel_speeds(left, right)
        self.data.ctrl[self._parts.left], self.data.ctrl[self._parts.right] = left, right

    def _err(self, duration: float) -> None:
        """Let the last ``duration`` [s] err as on a robot that is not ideal.

        Odometry, the wheels' drives and the camera do.
        """
        self._odometry.update(*self._wheels(), *self._faults.over_reading)
        self._faults.step(duration)
        self._drive(*self._asked)
        if self._camera is not None and self._camera.due(self.data.time):
            self._camera.take(self.view())

    def _wheels(self) -> tuple[float, float]:
        left, right = self._parts.wheel_positions
        return float(self.data.qpos[left]), float(self.data.qpos[right])

    def _check(self, command: RobotCommand) -> None:
        self._check_open()
        for name, value in (
            ("linear", command.twist.linear),
            ("angular", command.twist.angular),
            *command.joints.items(),
        ):
            if not math.isfinite(value):
                raise BackendError(
                    f"{name} is {value!r}; a command must be finite numbers, so nothing was changed"
                )
        for name in command.joints:
            if name not in self._parts.actuators and name not in self._wheel_names:
                raise BackendError(
                    f"joint {name!r} is not known; this robot has "
                    f"{', '.join(self.robot.joint_names)}"
                )

    def _check_open(self) -> None:
        if self._closed:
            raise BackendError("the simulation is closed; make a new MujocoBackend")
