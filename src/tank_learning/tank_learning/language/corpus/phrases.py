"""Words and phrases from which ``generator.py`` composes sentences.

Lists separated by ``|``; nothing here has logic.
"""

from __future__ import annotations


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in " ".join(text.split()).split("|") if part.strip())


# Verbs that need a direction word ("go forward"), and phrases that hold the direction already
# ("back up").
GO = _list("""go|move|drive|roll|travel|head|proceed|run|walk|come|scoot|cruise|trundle|motor|push|press|continue|keep going|carry on|keep moving|
keep driving|keep rolling|shift|step|march|glide|coast|nudge yourself|get moving|start driving|slide|ride|steer|take yourself|bring yourself|go on|hop|shuffle|budge|wheel|
you go|you should go|i want you to go|i need you to move|i'd like you to drive|let's go|let's move|make your way|do a run|amble|mosey|wander|tootle|chug|trek|hike|journey|stroll|ease|bump|scooch|translate|transit|navigate|haul|truck|pull""")
FORWARD = _list("""forward|forwards|ahead|straight|straight ahead|straight on|onward|onwards|up ahead|to the front|frontwards|forward straight|dead ahead|in front|
directly ahead|fwd|forth|towards the front|right ahead|on ahead|in a straight line|straight forward|in the forward direction|up""")
FORWARD_VERBS = _list("""advance|proceed|move up|pull ahead|pull forward|press on|push on|drive on|roll on|keep on|forge ahead|go|move|drive|roll|travel|drive up|continue|forward|ahead|
fwd|straight|straight ahead|onward|carry on|keep going|go on|move along|get going|forwards|head on|trundle along|scoot along|roll along|cruise along|edge forward|
march on|inch ahead normally|step forward|come forward|come ahead|come on ahead|go on ahead|push forward|nose forward|venture forward|progress""")
BACKWARD = _list("""backward|backwards|back|in reverse|rearward|rearwards|to the rear|bwd|bkwd|backwds|towards the back|to the back|in the backward direction|straight back|back straight|
behind you""")
BACKWARD_VERBS = _list("""back up|reverse|back off|back away|retreat|withdraw|back it up|go in reverse|fall back|pull back|step back|roll back|move back|go back|
drive back|scoot back|head back|back out|backtrack|back yourself up|put it in reverse for|bwd|rev|reverse course for|backpedal|moonwalk|come back|shuffle back|backward|backwards|
back|draw back|move away backwards|drop back|move rearward|reverse the robot|reverse straight|edge back|pull away backwards|moonwalk backwards|scooch back|bring it back|ease back""")
TURN = _list("""turn|rotate|swivel|pivot|swing|veer|twist|wheel|steer|yaw|go|bear|face|turn yourself|turn around to|curve|bank|hang|hook|make a turn|take a turn|do a turn|rotate yourself|
swing around|swivel around|twist around|cut|turn towards|turn to|rotate to|pivot to|swing to|swerve|hang a|take a|make a|do a|pull a|hook a|bust a|turn in place|rotate in place|slew|
pan|wheel around|shift heading|orient yourself|point yourself|change direction|change heading|tilt your heading|gyrate|roll around|turn over""")
SPINNERS = _list(
    "spin|spin around|twirl|whirl|spin round|spin on the spot|spin yourself|pirouette|do a "
    "spin|spin in place|twirl around|give me a spin|whirl around|spin to|revolve"
)
LEFT = _list(
    "left|left|left|left|to the left|to your "
    "left|leftward|leftwards|counterclockwise|counter-clockwise|counter "
    "clockwise|anticlockwise|anti-clockwise|ccw|on the left|to port|lft|towards the left|over to "
    "the left|on your left side|towards your left"
)
RIGHT = _list(
    "right|right|right|right|to the right|to your right|rightward|rightwards|clockwise|clock "
    "wise|cw|on the right|to starboard|rt|towards the right|over to the right|on your right "
    "side|towards your right"
)
SHARP = _list("sharp|hard")
AROUND = _list("""turn around|turn round|about-face|about face|do an about-face|make a u-turn|u-turn|do a u turn|uturn|pull a u-turn|do a one-eighty|do a 180|pull a 180|flip around|spin halfway around|turn the other way|
face the other way|do a half turn|half turn|make a half turn|rotate halfway|turn back around|swing around to face backwards|about turn|reverse direction|turn all the way to the other side|face the opposite direction|
turn to face behind you|take a half turn|one-eighty|180|spin 180|go the other way round|swivel around to the back""")
SPIN = _list("""spin|spin around|spin round|do a 360|do a full turn|make a full turn|full turn|full circle|do a spin|twirl|twirl around|turn full circle|make a full rotation|do one full rotation|pirouette|spin all the way around|rotate fully|
turn completely around once|do a complete turn|pull a three-sixty|three sixty|do a donut|go all the way around|rotate a full circle|whirl around|make one complete revolution|spin in a circle|turn in a circle|spin once|do a twirl|rotate 360|one full spin""")
QUARTER = _list(
    "quarter turn|a quarter turn|a quarter of a turn|quarter of a circle|one quarter turn|90 "
    "degree turn|ninety degree turn|right-angle turn"
)
EIGHTH = _list(
    "an eighth of a turn|one eighth turn|diagonally|half a quarter turn|an eighth turn|eighth of a "
    "circle"
)
THREEQUARTER = _list(
    "three quarter turn|three-quarter turn|three quarters of a turn|a three quarter turn|3/4 "
    "turn|270 degree turn"
)
SLOW = _list(
    "slowly|gently|carefully|gingerly|slow|nice and slow|very slowly|really slowly|with care|at a "
    "crawl|at slow speed|at a slow pace|slow and steady|taking it easy|take it easy|at low "
    "speed|super slow|real slow|ever so slowly|in slow motion|easy does it"
)
FAST = _list(
    "quickly|fast|swiftly|at full speed|full speed|as fast as you can|really fast|very "
    "quickly|quick|at top speed|in a hurry|with haste|super fast|rapidly|hurry|hurriedly|at "
    "speed|as quickly as possible|at a fast pace|real quick|full throttle|speedily|flat out|pronto "
    "and fast|at high speed|lightning fast|in a rush|asap and fast"
)
SLOW_GO = _list("creep|crawl|inch|inch your way|creep along|crawl along|inch along|tiptoe")
FAST_GO = _list(
    "race|dash|zoom|sprint|rush|speed|hurry|dart|zip|bolt|race along|zoom off|blast|tear|speed "
    "along|hurtle|charge|gun it|floor it"
)
BIT = _list(
    "a bit|a little|a little bit|a wee bit|just a bit|a tad bit|a little way|a short way|a short "
    "distance|just a little|a little ways|a bit more|a little further|a bit further|a little "
    "more|some"
)
TOUCH = _list(
    "a touch|slightly|a hair|a smidge|just a touch|just a hair|ever so slightly|a smidgen|a tiny "
    "touch|very slightly|just slightly|a touch more"
)
FAR = _list(
    "a long way|far|a long distance|really far|a long ways|quite far|a great distance|very far|way "
    "far"
)
UNITS = {
    "m": _list("m|meter|meters|metre|metres|meters|meters|mtrs|mtr"),
    "cm": _list("cm|centimeter|centimeters|centimetres|cms|centimetre"),
    "mm": _list("mm|millimeters|millimetres|millimeter|mil"),
    "km": _list("km|kilometers|kilometres|kilometer|klick|k"),
    "ft": _list("ft|feet|foot|feet|'"),
    "in": _list('in|inches|inch|inches|"'),
    "yd": _list("yd|yards|yard|yds|yards"),
    "mi": _list("mi|miles|mile"),
    "step": _list("steps|step|steps|paces"),
    "deg": _list("degrees|deg|degree|degrees|degs|°|degrees"),
    "rad": _list("radians|rad|radian"),
    "s": _list("seconds|s|sec|secs|second|seconds"),
    "min": _list("minutes|min|minute|mins"),
    "h": _list("hours|hour"),
}
WAIT = _list("""wait|pause|hold on|hang on|stay|stop|rest|stand by|stand still|hold|hold position|remain|sit tight|chill|take a break|dwell|idle|wait there|wait here|stay there|stay put|pause there|have a rest|hold there|
stay where you are|remain still|don't move|give it|sleep|delay|hold still|linger|take a rest|relax|freeze|halt|keep still|stand there""")
WAIT_BARE = _list(
    "wait|pause|hold on|hang on|wait a second|wait a sec|pause a second|hold on a sec|one "
    "second|wait one second|hang on a sec|just a sec|give me a second|take a pause|wait there|wait "
    "up|pause there|wait a tick second|hold for a second|stand by"
)
WAIT_BIT = _list(
    "wait a moment|pause a moment|hold on a moment|wait a bit|wait a little while|pause for a "
    "moment|rest a bit|rest for a moment|hang on a moment|give it a moment|stay a moment|wait for "
    "a little while|chill for a bit|take a moment|wait for a bit|stand by a moment|pause a "
    "bit|wait a little|stop for a moment|hold it for a moment|pause for a little while|a moment's "
    "pause|stay for a bit|rest a little while|just a moment"
)
WAIT_FAR = _list(
    "wait a while|pause for a while|rest for a while|stay there for a while|hang on for a "
    "while|wait for a while|chill for a while|stand by for a while|rest a while|pause a while|stop "
    "for a while|remain for a while|hold for a while"
)
STOP = _list("""stop|halt|freeze|whoa|stop now|stop right there|stop moving|hold still|stay put|stay|abort|cancel|that's enough|emergency stop|don't move|stop it|stop everything|come to a stop|come to a halt|cease|cease moving|stand still|stop the robot|stop stop stop|hit the brakes|brake|
stop there|stop immediately|stay where you are|full stop|all stop|quit moving|stop please|enough|do not move|cancel that|abort mission|stop driving|hold it right there|stop dead|stop at once|cut the motors|halt now|no more moving|freeze right there|cut it out|whoa there|stop rolling|e-stop|hold it""")
STOP_STEP = _list(
    "stop|halt|freeze|stop there|come to a stop|stop moving|halt there|stop right there|come to a "
    "halt|stay put|hold still|stop dead|just stop|stop for good"
)
GRASP = _list("""pick up|grab|take|grasp|lift|get|fetch|collect|snag|snatch|seize|grip|clutch|catch hold of|get hold of|take hold of|lift up|gather|retrieve|nab|scoop up|pluck|pick|grab hold of|hoist|raise up|clamp onto|close the claw on|close the gripper on|
close your claw around|latch onto|acquire|go grab|take up|grab onto|capture|get a grip on|claw|pinch|bag|collar|catch|obtain|secure|swipe|pocket|clasp|hold|haul up|lay hold of|wrap your claw around""")
GRASP_BARE = _list(
    "close the claw|close the gripper|close your claw|close your gripper|grab|grab it|pick it "
    "up|pick up|grasp|grasp it|take it|lift it|get it|close claw|shut the claw|clamp|clamp "
    "down|grip it|grip|shut the gripper|pick that up|grab that|take that|close gripper|clench the "
    "claw|squeeze the claw|close the hand|snag it|fetch it|collect it|shut your claw|lift that "
    "thing|grip now"
)
RELEASE = _list(
    """put down|set down|drop|place|let go of|release|unload|put|set|lay down|leave|deposit|discharge|free|let loose|dump|lower|ditch|relinquish|offload|lay|unhand|plop down|rest|park|let fall"""
)
RELEASE_BARE = _list("""put it down|set it down|drop it|place it|let go|let it go|release|release it|unload|open the claw|open the gripper|open your claw|open your gripper|put it there|drop|let go of it|put that down|set that down|open claw|open gripper|
drop that|release the claw|loosen the claw|unload it|let it fall|put down what you're holding|drop what you have|leave it there|lay it down|let go now|open up the claw|lose the load|unclamp|ungrip|set it on the ground|put it on the floor|drop the load|release your grip|place it down|unclench|open wide the gripper|deposit it|leave it""")
HELD = _list(
    "it|that|the thing|the object|the cube|the ball|the block|the item|what you're holding|the "
    "load|that thing|the box|the cylinder|the can|whatever you have|your cargo|the red cube|the "
    "blue ball|the toy|the payload"
)
FACE = _list("""look at|face|turn toward|turn towards|point at|center on|find|search for|locate|look for|look towards|face toward|face towards|turn to face|point yourself at|aim at|aim yourself at|center yourself on|turn to|spot|seek out|
have a look at|scan for|orient toward|orient yourself to|focus on|rotate toward|rotate towards|spin towards|swivel toward|pivot towards|get your eyes on|look over at|set your sights on|eyeball|turn your camera to|center the camera on|point the camera at|hunt for|try to find|see if you can find|look around for|watch|direct yourself at|gaze at|line up with|turn so you see""")
APPROACH = _list("""go to|drive to|approach|head for|move toward|move towards|come up to|reach|go up to|drive up to|go over to|head to|head over to|roll up to|move to|get close to|drive over to|get to|travel to|go towards|go toward|drive towards|
make your way to|move up to|run to|roll to|head towards|come to|drive toward|walk up to|scoot over to|proceed to|close in on|advance to|advance towards|navigate to|get near|move close to|roll over to|go near|steer to|trundle over to|visit|walk to|move over to|pull up to|get up close to|motor over to|bring yourself to|draw near to|make for|go right up to|travel towards""")
COLORS = {
    "red": _list("red|red|red|crimson|scarlet|ruby red"),
    "green": _list("green|green|green|dark green|lime green"),
    "blue": _list("blue|blue|blue|navy|navy blue|light blue"),
    "yellow": _list("yellow|yellow|yellow|golden|gold|bright yellow"), "orange": _list("orange"),
    "purple": _list("purple|purple|violet"), "white": _list("white"), "black": _list("black"),
}  # fmt: skip
SHAPES = {
    "cube": _list("cube|cube|box|block|brick"),
    "ball": _list("ball|ball|sphere|orb"),
    "cylinder": _list("cylinder|cylinder|can|tube"),
}
THINGS = _list("thing|object|item|one|thing|object")
NOUNS = _list(
    "toy|cup|bottle|pen|duck|sock|mug|block "
    "thing|stuff|package|parcel|rock|stone|coin|marble|screw|lego|piece|part|stick|apple|key|spoon|eraser|bolt|battery|dice|chess piece|tool|remote|banana|candy|treasure|prize|sample|plushie|pencil|nut|bag|wrapper|shell|bean|token"
)
CELLS = {
    "front": _list("in front|in front of you|ahead|ahead of you|right in front|directly in front of you|to the front|at the front|straight ahead|before you|front and center|in the front cell|front"),
    "left": _list("on the left|on your left|to the left|to your left|left side|at your left|on the left side|over on the left|from the left|left|on your left-hand side|in the left cell|to port"),
    "right": _list("on the right|on your right|to the right|to your right|right side|at your right|on the right side|over on the right|from the right|right|on your right-hand side|in the right cell|to starboard"),
    "front_left": _list("on the front left|front left|ahead and to the left|at the front left|to the front left|in front and to the left|in front to your left|at your front left|ahead on the left|front-left|forward left|in front on the left side|in the front left cell"),
    "front_right": _list("on the front right|front right|ahead and to the right|at the front right|to the front right|in front and to the right|in front to your right|at your front right|ahead on the right|front-right|forward right|in front on the right side|in the front right cell"),
}  # fmt: skip
THEN = _list(""", then |, and then | then | and then |, | and |. then |; |. |, after that |, next |, now |. after that | after which |, afterwards |. next |. and then | and after that |, followed by: |. now | -> | > |, and |
 and next | followed by |, once done |, when you're done |, subsequently |; then |. finally |, and finally | and finally |, lastly | , | / |. once that's done |, that done |, then, um, | and uh then | so then |, plus | n then | & |, and when that's finished |... then | + |, immediately after, | okay then |. second, | before you """)
FIRST = _list(
    "first|first,|first off|to start|start by|begin:|firstly|step one:|1.|ok first|first of all,|1)"
)
BEFORE = _list("before you|before|but before you|and before that|before that")
AFTER_BEGIN = _list("after you|after|once you|when you have|having")
PREFIX = _list("""please|please|could you|could you please|can you|can you please|would you|would you please|will you|kindly|robot,|hey robot,|hey,|hey buddy,|ok robot,|okay,|okay now|now|alright,|alright buddy,|so|um|uh|um,|uh,|tank,|hey tank,|hi robot,|yo,|listen,|i want you to|i'd like you to|i need you to|you need to|
you should|let's|go ahead and|try to|just|pls|plz|would you mind|hello, please|dear robot,|my friend,|buddy,|would you be so kind as to|be a dear and|if you could,|quick,|ok so|right,|well,|good robot,|robot please|hey there,|excuse me, could you|do me a favor and|i'd love it if you'd|
make the robot|i think you should|it's time to|time to|hmm, maybe|yeah,|cool, now|great, now|and now|once more,|tell the robot to|attention:|command:|pretty please|may i ask you to|you must|you have to|okey dokey,|come on,|hey little guy,|your next task is to|ready? |get ready to|next,|perfect,|thanks, now|sweetie,|honey,|mate,|dude,|bro,|kiddo,|sir,|old chap,|captain,""")
SUFFIX = _list("""please|thanks|thank you|, please|, thanks|, thank you|, buddy|, robot|now|right now|for me|pls|plz|, ok?|, okay|, would you|, will you|, dear|, mate|, if you can|, if you would|, if you don't mind|thx|if possible|, my friend|, tank|, over|, cheers|, will ya|, dude|, sweetie|, thank you very much|!|!!|.|.|.|?|
, there's a good robot|, much appreciated|, you hear|, got it?|when you're ready|, when you get a chance|, okay?|, alright|, ta|, honey|, sir|, pal|, got that|, roger|asap|at your leisure|, i beg you|, bro|, and thanks|, good boy|, quick question aside|, lad|, that's all|, okay buddy|, copy|, nothing else|for goodness sake|, love""")
FILLERS = _list(
    "um|uh|like|you know|er|erm|well|okay|so|just|uhh|umm|kinda|maybe|actually|i mean|hmm|sort "
    "of|basically"
)
NUMBER_FILLERS = _list(
    "about|roughly|around|approximately|another|exactly|like|maybe|say|some|precisely|another|an "
    "additional|a further|just|only|approx|a good|a full|nearly"
)
SHAPE_NAMES = {
    3: _list("triangle|equilateral triangle"),
    4: _list("square|square|square|box shape"),
    5: _list("pentagon"),
    6: _list("hexagon"),
    8: _list("octagon"),
}
DRAW = _list(
    "drive|make|trace|draw|do|drive in|go in|move in|describe|go around in|travel in|drive around "
    "in|walk|run|trace out|drive along|follow|perform|complete|roll in|navigate|execute|map out "
    "with your tracks|trundle in|move along"
)
TIMES = {
    2: _list("twice|two times|2 times|2x|x2|two times over|a couple of times|two times in a row"),
    3: _list("three times|3 times|thrice|3x|x3|three times over|three times in a row"),
    4: _list("four times|4 times|4x|x4"),
    5: _list("five times|5 times|5x|x5"),
    6: _list("six times|6 times"),
    7: _list("seven times"),
    8: _list("eight times|8 times"),
    10: _list("ten times|10 times|10x"),
}
BACK_FORTH = _list(
    "go back and forth|back and forth|move back and forth|drive back and forth|roll back and "
    "forth|go forth and back|rock back and forth|shuttle back and forth|travel back and forth|pace "
    "back and forth"
)
ALL_PACE = {
    "slow": _list(
        "do it all slowly|all of it slowly|all slowly|everything slowly|do everything slowly|do "
        "all of that slowly|and do it slowly the whole time|the whole thing slowly|and take it "
        "easy the whole way|do the whole thing carefully|slowly throughout"
    ),
    "fast": _list(
        "do it all quickly|all of it fast|all quickly|everything fast|do everything quickly|do all "
        "of that fast|and do it fast the whole time|the whole thing at full speed|do the whole "
        "thing as fast as you can|quickly throughout"
    ),
}
FIX = _list(
    "no,|no|no wait,|, no,|, no wait,|, sorry,|, i mean|, wait,|, actually|, make that|, "
    "er,|oops|scratch that,|, correction,|no no|, or rather|, my mistake,|... no,|, sorry i "
    "meant|, well no,|uh no|i mean|, hmm, make it|- no,|, nope,|no sorry|wait no|, wait no,|. "
    "no,|. sorry,|actually|correction"
)
IMPOSSIBLE = _list("""jump|do a backflip|fly|sing a song|play some music|dance|take a picture|follow me|come here|come back to me|bring it to me|go to the kitchen|go home|return to base|open the door|climb the stairs|make coffee|
throw it|kick the ball|push the box|raise the arm|wave|wave your arm|tell me a joke|say hello|clean the floor|call my mom|turn off the lights|drive to the store|find my keys|go to the charger|do a flip|shoot|swim|whistle|beep|honk|explode|
charge yourself|talk to me|record a video|lower the arm|paint the wall|throw the cube at the wall|come to me|stack the blocks|go upstairs|hide under the table|roll over|play dead|sit|lie down|wait until i say go|wait for me|follow the line|
go around the table|check the battery|turn on the radio|send a message|take me with you|drive outside|park in the garage|grab the thing behind you|pick up the pink cube|drive to the sofa|bring me the red cube|grab the brown box|look up|look down|strafe until the wall|
take off|juggle|cook dinner|vacuum the rug|chase the cat|feed the dog|water the plants|turn up the volume|go to bed|fetch me a beer|hand me the ball|give me the cube|show me the map|read the sign|write my name|go behind the couch|measure the room|
shake hands|high five|break the wall|spray water|turn yourself off|reboot|update your software|blink your lights|drive until you hit the wall|turn until you see me|raise your claw|tilt the camera|extend the arm|fold the arm|rotate the wrist|drill a hole|cut the grass""")
SMALL_TALK = _list("""hello|hi|hey there|how are you|how are you today|what's your name|who made you|what time is it|what's the weather like|tell me about yourself|good morning|good night|thanks|thank you|thank you very much|well done|good job|nice|
are you a robot|do you like music|what can you do|i love you|you're cute|where are you|how far can you go|what is 2 plus 2|is it raining|why is the sky blue|what do you see|can you hear me|do you understand me|what's the capital of france|
the ball is red|i turned left at the corner|the cube is on the left|my car goes fast|it's cold in here|she moved forward in her career|we drove ten meters|how many meters are in a mile|is left the same as port|did you stop|are you stuck|how fast can you go|
what is in front of you|is there a red cube|which way is left|are you holding the ball|have you picked it up|why did you turn right|how long is a meter|where is the blue ball|do you know how to turn|ok|okay|yes|no|maybe|hmm|uh|um|lol|test|testing one two three|blah blah|asdf|never mind|forget it i'll do it myself""")
# Talk around a command that changes nothing; whole clauses, said before or after it.
CHATTER = _list("""the kids are watching|we're almost there|i can't see from here|this is so cool|it's a lovely morning|my hands are full|we're late for lunch|i promise it's safe|nobody is looking|the floor is clean|grandpa wants to see this|let me show my friend|
the game is about to start|i've got all day|that was great|you're doing fine|sorry to bother you|i know you can|this will be fun|the judges are waiting|we only have one try|it's my turn now|mom said it's okay|there's plenty of room|mind the rug|watch the cable|
the dog is asleep|i'm recording this|here goes nothing|before lunch|for the demo|like we practised|like last time|as planned|just like yesterday|if you're awake|since you asked|to be on the safe side|to make some room|so that i can see you|to get out of the way|for old times' sake|
because i said so|it's getting dark|we need to hurry home later|the battery looks good|i love this robot|this one is easy|don't be shy|you can do it|no rush at all|the boss is here|we're in the kitchen|on this carpet|in this hallway|across the mat|on the table top|it's showtime|the crowd goes wild|
let's see what you've got|i'm so bored|what a day|oh boy|good grief|holy moly|guess what|alrighty then|here we go|one more thing|listen up|pay attention|are you ready|wakey wakey|action time|next up|back to work|moving on|for science|for the win|says the captain|
my teacher asked|the manual says so|if my notes are right|according to the plan|for this exercise|in this scene|on my mark|as we discussed|as you know|it's a test|this is a drill|i repeat|be a good robot|you little rascal|my little friend here|like a champion|like a boss|like a pro|if that's alright with you|
i'd be so happy|that would be splendid|it would help me a lot|that's an order|no questions asked|with a smile|and show off a little|because why not|while i watch|while i hold the door|vroom|beep beep|woohoo|yay|haha|wow|phew|yippee|ahoy|hup hup|tally ho|let's roll|giddy up""")
