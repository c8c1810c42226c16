from setuptools import find_packages, setup

PACKAGE = "tank_core"

setup(
    name=PACKAGE,
    version="0.1.0",
    packages=find_packages(exclude=["test"]),
    package_data={PACKAGE: ["robots/*.yaml", "ros/runtime/fastdds.xml", "py.typed"]},
    data_files=[
        ("share/ament_index/resource_index/packages", [f"resource/{PACKAGE}"]),
        (f"share/{PACKAGE}", ["package.xml"]),
    ],
    install_requires=["setuptools"],
    zip_safe=True,
    maintainer="Tank maintainers",
    maintainer_email="maintainers@tank-robot.dev",
    description="Tank's commands, robot descriptions, Backend contract and the node that is common "
    "to every robot.",
    license="Apache-2.0",
    extras_require={"test": ["pytest"]},
    entry_points={"console_scripts": ["tank_nodes = tank_core.ros.runtime.run_nodes:main"]},
)
