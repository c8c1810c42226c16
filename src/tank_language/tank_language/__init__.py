"""English in, validated robot commands out. Only ``*_node.py`` imports ROS.

The front door is ``Translator``::

    from tank_language import Translator

    print(Translator.load().translate("drive forward one meter").commands)
"""

from tank_language.conversation import Conversation
from tank_language.translator import Translation, Translator, Verdict

__all__ = ["Conversation", "Translation", "Translator", "Verdict"]
