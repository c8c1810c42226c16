from setuptools import find_packages, setup

PACKAGE = "tank_episode"

setup(
    name=PACKAGE,
    version="0.1.0",
    packages=find_packages(exclude=["test"]),
    package_data={PACKAGE: ["py.typed"]},
    data_files=[
        ("share/ament_index/resource_index/packages", [f"resource/{PACKAGE}"]),
        (f"share/{PACKAGE}", ["package.xml"]),
    ],
    install_requires=["setuptools"],
    zip_safe=True,
    maintainer="Tank maintainers",
    maintainer_email="maintainers@tank-robot.dev",
    description="A sentence, a robot and a room in one process, without ROS and as fast as the "
    "machine can.",
    license="Apache-2.0",
    extras_require={"test": ["pytest"]},
)
