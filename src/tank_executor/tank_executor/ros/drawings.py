"""Draws for rviz and Foxglove: the robot's path, the plan, the arm's reach.

For those who look only: nothing is made for nobody.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from geometry_msgs.msg import Point, Pose, PoseStamped
from nav_msgs.msg import Path
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.clock import Clock
from rclpy.clock_type import ClockType
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

from tank_core.commands.wording import describe
from tank_core.geometry import Place, Pose2D
from tank_core.robot import Robot
from tank_core.ros import interfaces as names
from tank_core.ros.conversions import header, yaw_to_ros
from tank_core.ros.tank_node import TankNode
from tank_core.state import RobotState
from tank_executor.arm import ArmPlanner
from tank_executor.drawing.reach import reach_outline
from tank_executor.drawing.way import Leg, legs
from tank_executor.plan import PlanState, PlanStatus

PERIOD_S = 0.5
STEP_M, POINTS = 0.05, 1000  # [m] between two points of the path, and how many are kept
JUMP_M = 1.0  # [m] between two looks: no drive, but a robot that was put elsewhere
LINE_M, SHAFT_M, HEAD_M = 0.01, 0.02, 0.04  # [m] widths
POINTER_M = 0.15  # [m] length of an arrow that only turns
LETTERS_M, OVER_M = 0.05, 0.02  # [m] height of a letter; of all lines over the floor
NOW = ColorRGBA(r=0.2, g=0.8, b=0.3, a=0.9)  # the step that runs
LATER = ColorRGBA(r=0.3, g=0.6, b=1.0, a=0.8)
REACH = ColorRGBA(r=1.0, g=0.7, b=0.1, a=0.7)


class Drawings:
    """The publishers of what can be looked at besides the status."""

    def __init__(
        self, node: TankNode, robot: Robot, state: Callable[[], RobotState | None]
    ) -> None:
        """Draw; ``state()`` is the robot's newest one, or None before any."""
        self._node, self._robot, self._state = node, robot, state
        self._odom, self._base = node.settings["odom_frame"], node.settings["base_frame"]
        self._track: deque[Pose2D] = deque(maxlen=POINTS)
        # the plan with where the robot was when that was told, and how many were told
        self._plan: tuple[PlanStatus | None, Pose2D | None, int] = (None, None, 0)
        self._shown: dict[str, object] = {}  # what was published last, by topic
        self._undoing: list[Callable[[], object]] = []
        self._publishers: dict[str, Any] = {}
        self._publisher(Path, names.PATH, names.LATCHED)
        self._publisher(MarkerArray, names.PLAN_MARKERS, names.LATCHED)
        self._publisher(Marker, names.REACH_MARKER, names.LATCHED)
        timer = node.create_timer(
            PERIOD_S,
            node.guarded("drawings", self._draw),
            callback_group=MutuallyExclusiveCallbackGroup(),
            clock=Clock(clock_type=ClockType.STEADY_TIME),
        )
        self._undoing.append(partial(node.destroy_timer, timer))

    def _publisher(self, kind: Any, topic: str, qos: Any) -> None:
        self._publishers[topic] = made = self._node.create_publisher(kind, topic, qos)
        self._undoing.append(partial(self._node.destroy_publisher, made))

    def tell(self, status: PlanStatus) -> None:
        """Take a change of a plan; its way is drawn from where the robot is."""
        if status.plan is not None and not status.plan.asks:
            self._plan = (status, self._pose(), self._plan[2] + 1)

    def close(self) -> None:
        """Draw no more. Idempotent."""
        while self._undoing:
            self._undoing.pop()()
        self._publishers.clear()

    def _pose(self) -> Pose2D | None:
        state = self._state()
        return state.odometry.pose if state is not None else None

    def _draw(self) -> None:
        self._follow(self._pose())
        status, start, told = self._plan
        for topic, source, make in (
            (names.PATH, (len(self._track), *list(self._track)[-1:]), self._path),
            (names.PLAN_MARKERS, told, lambda: plan_markers(status, start, self._odom)),
            (names.REACH_MARKER, True, self._reach),
        ):
            publisher = self._publishers.get(topic)
            if (
                publisher is not None
                and publisher.get_subscription_count()
                and self._shown.get(topic) != source
            ):
                self._shown[topic] = source
                publisher.publish(make())

    def _follow(self, pose: Pose2D | None) -> None:
        if pose is None:
            return
        gone = self._track[-1].distance(pose) if self._track else STEP_M
        if gone > JUMP_M:
            self._track.clear()
        if gone >= STEP_M:
            self._track.append(pose)

    def _path(self) -> Path:
        head = header(0.0, self._odom)
        poses = [PoseStamped(header=head, pose=pose_to_ros(each)) for each in self._track]
        return Path(header=head, poses=poses)

    def _reach(self) -> Marker:
        outline = reach_outline(ArmPlanner(self._robot))
        marker = _marker(self._base, "reach", 0, Marker.LINE_STRIP, REACH)
        marker.frame_locked, marker.scale.x = True, LINE_M
        marker.points = _points([*outline, *outline[:1]])
        marker.action = Marker.ADD if outline else Marker.DELETE
        return marker


def plan_markers(status: PlanStatus | None, start: Pose2D | None, frame: str) -> MarkerArray:
    """The arrows of the steps that are still to be done, from ``start`` on.

    Only that they go away, where no plan runs.
    """
    array = MarkerArray(markers=[Marker(header=header(0.0, frame), action=Marker.DELETEALL)])
    if status is None or status.plan is None or start is None:
        return array
    if status.state is PlanState.RUNNING:
        for leg in legs(status.plan.commands, start, status.step):
            array.markers += _leg(leg, leg.index == status.step, frame)
    return array


def _leg(leg: Leg, runs: bool, frame: str) -> list[Marker]:
    """A step as an arrow, or a curve with one at its end; an open one as words."""
    color, last = NOW if runs else LATER, leg.poses[-1]
    if leg.open:
        words = _marker(frame, "plan", leg.index, Marker.TEXT_VIEW_FACING, color)
        words.pose = pose_to_ros(last)
        words.pose.position.z, words.scale.z = 2 * LETTERS_M, LETTERS_M
        words.text = f"{leg.index + 1}. {describe(leg.command)}"
        return [words]
    if len(leg.poses) == 1:
        return []  # it stands
    arrow = _marker(frame, "plan", leg.index, Marker.ARROW, color)
    before = (leg.poses[-2].x, leg.poses[-2].y)
    if before == (last.x, last.y):  # a turn: the way it looks then
        arrow.pose = pose_to_ros(last)
        arrow.pose.position.z = OVER_M
        arrow.scale.x, arrow.scale.y, arrow.scale.z = POINTER_M, SHAFT_M, SHAFT_M
        return [arrow]
    arrow.points = _points([before, (last.x, last.y)])
    arrow.scale.x, arrow.scale.y, arrow.scale.z = SHAFT_M, HEAD_M, HEAD_M
    if len(leg.poses) == 2:
        return [arrow]
    curve = _marker(frame, "plan curves", leg.index, Marker.LINE_STRIP, color)
    curve.scale.x = SHAFT_M
    curve.points = _points([(pose.x, pose.y) for pose in leg.poses])
    return [curve, arrow]


def _marker(frame: str, namespace: str, number: int, kind: int, color: ColorRGBA) -> Marker:
    marker = Marker(header=header(0.0, frame), ns=namespace, id=number, type=kind, color=color)
    marker.pose.orientation.w = 1.0
    return marker


def pose_to_ros(pose: Pose2D) -> Pose:
    """A pose on the floor."""
    place = Point(x=float(pose.x), y=float(pose.y))
    return Pose(position=place, orientation=yaw_to_ros(pose.yaw))


def _points(places: Iterable[Place]) -> list[Point]:
    return [Point(x=float(x), y=float(y), z=OVER_M) for x, y in places]
