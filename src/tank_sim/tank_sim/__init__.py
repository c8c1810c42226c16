"""The robot and its world in MuJoCo.

Models, worlds, a Backend, its sensors and imperfections, viewers, and the simulator's node.
"""

from tank_sim.sensors import render_backend

# Every module of this package that uses mujoco comes after this line, so the choice is made in
# time.
render_backend.choose()
