from pathlib import Path

from setuptools import find_packages, setup

PACKAGE = "tank_skills"
HERE = Path(__file__).resolve().parent
# The skills lie at the root of the checkout, two folders up; setuptools wants paths relative to
# this one.
SKILLS = [
    f"../../models/skills/{path.name}" for path in sorted((HERE / "../../models/skills").glob("*"))
]

setup(
    name=PACKAGE,
    version="0.1.0",
    packages=find_packages(exclude=["test"]),
    package_data={PACKAGE: ["py.typed"]},
    data_files=[
        ("share/ament_index/resource_index/packages", [f"resource/{PACKAGE}"]),
        (f"share/{PACKAGE}", ["package.xml"]),
        (f"share/{PACKAGE}/skills", SKILLS),
    ],
)
