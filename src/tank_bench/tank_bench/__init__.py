"""Benchmarks: modules with ``configure(parser)`` and ``measure(args)``.

``configure`` adds the benchmark's options to an argparse parser. ``measure`` takes the parsed
options and returns a ``report.Measured``: figures, with what is wanted of each. The first line of
the module's docstring is the title of its table. A new benchmark is a module here and a line in
``BENCHES``; ``./tank bench NAME`` runs it, ``test/test_benches.py`` tests its smallest case.
"""

BENCHES = {
    "sim": ("tank_bench.sim", "the simulation and the executor against a bare physics loop"),
    "ik": ("tank_bench.ik", "inverse kinematics"),
    "language": ("tank_bench.language", "sentences to commands"),
    "stack": ("tank_bench.ros.stack", "the whole stack over ROS"),
    "cockpit": (
        "tank_bench.ros.cockpit",
        "the cockpit: a stop from click to robot, memory, processor time, weight, frames",
    ),
    "manipulation": (
        "tank_bench.manipulation.bench",
        "finding, grasping and placing objects by sight, judged by the simulator",
    ),
    "journeys": (
        "tank_bench.journeys.bench",
        "gates, places, arcs, relations, answers and pictures, judged by the simulator",
    ),
    "skills": (
        "tank_bench.skills.bench",
        "learned skills beside their classical twins on the same seeds",
    ),
    "robot_memory": (
        "tank_bench.ros.robot_memory",
        "memory of the real robot's process and its guardian, with a model of its chips",
    ),
    "kill_proof": (
        "tank_bench.ros.kill_proof",
        "kill -9 of each process of the real robot in full motion: when its motors are off",
    ),
    "slow_cpu": (
        "tank_bench.ros.slow_cpu",
        "the real robot's stack on a processor as slow as a Pi's: its loop, its stops, who uses it",
    ),
    "arm64_proof": (
        "tank_bench.arm64.proof",
        "the robot's parts on an emulated Cortex-A53: equal answers, and their memory",
    ),
    "arm64_speed": (
        "tank_bench.arm64.speed",
        "instructions counted there, and an estimate of the times on a Pi Zero 2 W",
    ),
}
"""What ``./tank bench NAME`` measures: the module, and what it is in a few words."""
