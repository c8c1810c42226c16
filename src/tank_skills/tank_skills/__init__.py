"""Learned skills as the robot runs them: their files, their networks in numpy.

The front door is ``load_skill``::

    from tank_core.robot import load_robot
    from tank_skills import load_skill

    skill = load_skill("face-rasptank", load_robot("rasptank"))
    chunk = skill.act(observation)
"""

from tank_skills.loading import add_kind, load_skill, save_skill
from tank_skills.skill_file import SkillFile

__all__ = ["SkillFile", "add_kind", "load_skill", "save_skill"]
