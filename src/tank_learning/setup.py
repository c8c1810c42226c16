from setuptools import find_packages, setup

PACKAGE = "tank_learning"
WORDS = ["language/asking/*.yaml", "language/corpus/grammar/words/*.yaml"]

setup(
    name=PACKAGE,
    version="0.1.0",
    packages=find_packages(exclude=["test"]),
    package_data={PACKAGE: ["py.typed", *WORDS]},
    data_files=[
        ("share/ament_index/resource_index/packages", [f"resource/{PACKAGE}"]),
        (f"share/{PACKAGE}", ["package.xml"]),
    ],
    install_requires=["setuptools"],
    zip_safe=True,
    maintainer="Tank maintainers",
    maintainer_email="maintainers@tank-robot.dev",
    description="Training, fine-tuning and evaluation: what needs torch, never installed on a "
    "robot.",
    license="Apache-2.0",
    extras_require={"test": ["pytest"]},
)
