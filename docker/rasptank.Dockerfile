# The robot's software for a Raspberry Pi Zero 2 W (arm64), built on a PC; docs/hardware.md has the commands. From the repository's root:
#   scripts/cross_build_llama.sh                     # llama.cpp by a cross compiler: minutes, not the hours that emulation takes
#   docker buildx build --platform linux/arm64 -f docker/rasptank.Dockerfile -t tank-rasptank --load .
#   docker buildx build --platform linux/arm64 -f docker/rasptank.Dockerfile --target files --output type=tar,dest=tank.tar .
# The last makes /opt/tank alone, for an Ubuntu 24.04 that has ROS 2 Jazzy from apt.
#
# ros-base is ros-core and, besides, build-essential, colcon and git: right for building, and what the last stage must not have.
# For a build that can be repeated give both by digest: --build-arg BUILD_BASE=ros@sha256:...
ARG BUILD_BASE=ros:jazzy-ros-base-noble
ARG RUN_BASE=ros:jazzy-ros-core-noble

# llama.cpp once: the wheel of scripts/cross_build_llama.sh where there is one, else compiled here for a Cortex-A53.
FROM ${BUILD_BASE} AS llama
RUN apt-get update && apt-get install -y --no-install-recommends python3-pip \
    && rm -rf /var/lib/apt/lists/*
COPY requirements/robot.txt scripts/setup.sh scripts/machine.sh scripts/llama.cmake .tank/wheels/llama_cpp_python-*-linux_aarch64.whl /wheels/
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
WORKDIR /wheels
# hadolint ignore=SC2154
RUN compgen -G 'llama_cpp_python-*.whl' && exit 0; \
    TANK_ROOT=/wheels; . ./setup.sh; \
    CMAKE_ARGS="$tank_llama_flags -DGGML_OPENMP=OFF -DCMAKE_C_FLAGS=-mcpu=cortex-a53 -DCMAKE_CXX_FLAGS=-mcpu=cortex-a53" \
    python3 -m pip wheel --no-cache-dir --no-deps --no-binary llama-cpp-python "$(grep '^llama-cpp-python==' robot.txt)"

# /opt/tank: Python packages, our packages, the model, and the environment as a file of assignments.
FROM ${BUILD_BASE} AS build
RUN apt-get update && apt-get install -y --no-install-recommends python3-numpy python3-venv ros-jazzy-tf2-msgs \
    && rm -rf /var/lib/apt/lists/*
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
WORKDIR /opt/tank
COPY requirements/robot.txt /build/requirements/
# ROS 2's messages are compiled against Ubuntu's numpy 1.26, so that one stays, and OpenCV is the last whose wheels go with it. Ubuntu's own
# python3-opencv would bring VTK and 150 packages more (450 MB).
RUN --mount=from=llama,source=/wheels,target=/wheels \
    python3 -m venv --system-site-packages venv; \
    grep -vE '^(numpy|opencv-python-headless)==' /build/requirements/robot.txt >/tmp/robot.txt; \
    venv/bin/pip install --no-cache-dir --only-binary :all: --find-links /wheels -r /tmp/robot.txt opencv-python-headless==4.11.0.86; \
    venv/bin/python -c 'import numpy; assert numpy.__version__.startswith("1.26."), numpy.__version__'; \
    venv/bin/pip uninstall --yes pip
COPY src /build/src
COPY launch /build/launch
COPY models /build/models
COPY pi /opt/tank/pi
WORKDIR /build
# hadolint ignore=DL3003
RUN set +u; . /opt/ros/jazzy/setup.bash; set -u; \
    (cd models && sha256sum --check --strict SHA256SUMS); \
    colcon build --merge-install --install-base /opt/tank/install --base-paths src launch --event-handlers console_direct+ \
        --packages-up-to tank_bringup tank_cli tank_hw_driver --cmake-args -DBUILD_TESTING=OFF; \
    python3 -m compileall -q /opt/tank/install; \
    /opt/tank/pi/write_env.sh /opt/tank/env.sh

FROM scratch AS files
COPY --from=build /opt/tank /opt/tank

# What runs: no compiler, no colcon, no pip. libcamera is ROS 2's own package, because Ubuntu 24.04's finds no Pi camera (docs/hardware.md, Camera).
FROM ${RUN_BASE}
ARG LIBCAMERA=ros-jazzy-libcamera
RUN apt-get update && apt-get install -y --no-install-recommends python3-numpy ros-jazzy-tf2-msgs ${LIBCAMERA} \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin tank
COPY --from=build /opt/tank /opt/tank
ENV HOME=/tmp XDG_STATE_HOME=/var/lib ROS_LOG_DIR=/tmp/log
# The groups of the devices are numbers of the Pi's: compose.yaml adds them.
USER 10001
ENTRYPOINT ["/opt/tank/pi/run"]
CMD ["robot"]
