"""Turn sentences into commands; some mean nothing to do, and say why."""

from tank_executor.plan import describe
from tank_language import Translator

SENTENCES = (
    "drive forward one meter",
    "back up two feet, then spin around",
    "pick up the red cube and put it down on your left",
    "turn left or right",
    "what is the weather like",
)

with Translator.load() as translator:
    for sentence in SENTENCES:
        translation = translator.translate(sentence)
        print(f"{sentence}  ({translation.latency_s * 1e3:.1f} ms)")
        for command in translation.commands:
            print(f"    {describe(command)}")
        if translation.reason:
            print(f"    nothing: {translation.reason}")
