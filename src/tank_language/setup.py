from pathlib import Path

from setuptools import find_packages, setup

PACKAGE = "tank_language"
HERE = Path(__file__).resolve().parent
# The model lies at the root of the checkout, two folders up; setuptools wants paths relative to
# this one.
MODELS = [
    f"../../models/{path.name}"
    for path in sorted((HERE / "../../models").glob("*"))
    if path.is_file()
]

setup(
    name=PACKAGE,
    version="0.1.0",
    packages=find_packages(exclude=["test"]),
    package_data={PACKAGE: ["py.typed"]},
    data_files=[
        ("share/ament_index/resource_index/packages", [f"resource/{PACKAGE}"]),
        (f"share/{PACKAGE}", ["package.xml"]),
        (f"share/{PACKAGE}/models", MODELS),
    ],
    entry_points={"console_scripts": ["language_node = tank_language.language_node:main"]},
)
