"""Private parts of mujoco that are used here, for want of public ones.

Another version of mujoco fails the first test: look at what is listed here again, then put the new
version in.
"""

import inspect
from importlib.metadata import version

import mujoco
import pytest

from tank_sim.mujoco_backend import MujocoBackend

CHECKED = "4.0.0"


@pytest.mark.parametrize("package", ["mujoco", "mujoco-studio"])
def test_this_is_the_version_whose_private_parts_were_looked_at(package):
    assert version(package) == CHECKED, (
        f"{package} is {version(package)}: see that sensors/camera.py and view/viewer_process.py "
        f"still work with it, then put it into {__file__}"
    )


def test_the_web_viewer_takes_its_socket_and_its_server_from_where_we_put_ours():
    """``view/viewer_process.py`` replaces the socket, banner and ``serve``."""
    from mujoco.studio import web_viewer
    from mujoco.studio.web import web_server

    assert list(inspect.signature(web_server.bind_public_socket).parameters) == ["host", "port"]
    assert list(inspect.signature(web_viewer._print_url_banner).parameters) == ["host", "port"]
    opening = inspect.getsource(web_viewer)
    assert "web_server.bind_public_socket(" in opening  # looked up when called, not imported
    assert "    _print_url_banner(self." in opening
    serving = inspect.getsource(web_server)
    assert "await serve(" in serving
    assert "process_request=" in serving and "process_response=" in serving


def test_the_window_and_the_web_viewer_can_follow_the_robot():
    from mujoco.studio import messages, plugin, ux

    assert isinstance(ux.TRACKING_CAMERA_IDX, int)
    assert callable(messages.handler) and inspect.isclass(messages.ModelEvent)
    assert inspect.isclass(plugin.ViewerPlugin)


def test_the_renderer_has_the_context_whose_textures_and_buffer_we_change(robot):
    """``sensors/camera.py`` uses ``_mjr_context``, its texture and offFBO."""
    assert "self._mjr_context = mujoco.MjrContext(" in inspect.getsource(mujoco.Renderer.__init__)
    with MujocoBackend(robot, camera=True) as backend:
        if backend.camera() is None:
            pytest.skip(backend.camera_problem)
        (renderer,) = backend._camera._renderers
        context = renderer._mjr_context
        assert len(context.texture) >= backend.model.ntex
        assert context.offFBO > 0
        assert context.currentBuffer == mujoco.mjtFramebuffer.mjFB_OFFSCREEN
