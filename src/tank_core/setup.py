from setuptools import find_packages, setup

PACKAGE = "tank_core"

setup(
    name=PACKAGE,
    version="0.1.0",
    packages=find_packages(exclude=["test"]),
    package_data={
        PACKAGE: ["py.typed", "robots/*.yaml", "english/*.yaml", "ros/runtime/fastdds.xml"]
    },
    data_files=[
        ("share/ament_index/resource_index/packages", [f"resource/{PACKAGE}"]),
        (f"share/{PACKAGE}", ["package.xml"]),
    ],
    entry_points={"console_scripts": ["tank_nodes = tank_core.ros.runtime.run_nodes:main"]},
)
