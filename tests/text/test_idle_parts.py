"""Parts that are told of without counting: optional, looking, balancing, of another action."""

import pytest

from crossglg.text.phrases import find_phrases

READ = [
    # What only may act does not count.
    ("The left hand may rest on the hip, while the right hand stirs.", ["right hand"]),
    ("The head might tilt toward it. The right wrist turns.", ["right wrist"]),
    ("The hips turn, with maybe one foot tapping.", ["hips"]),
    ("The right hand presses, and sometimes the left knee rests on it too.", ["right hand"]),
    ("If needed, the left hand holds a rail. The right leg swings.", ["right leg"]),
    ("The torso bows, perhaps with a slight bend of the knees.", ["torso"]),
    ("There may be a slight bend of the knees. The arms push.", ["arm"]),
    ("The arms may jerk downward with fists closed. The right foot stamps.", ["right foot"]),
    ("The torso rises in a slow rhythm and may sway to the left and right.", ["torso"]),
    ("The torso bends so that both hands can reach down.", ["torso", "hand"]),
    ("The right hand can be seen moving up and down.", ["right hand"]),
    ("The right wrist, gripping a can, sweeps along the wall.", ["right wrist"]),
    ("The arms may lift a bit, but they're not really what makes it a spin.", []),
    # What only looks or points somewhere does not count.
    ("Both hands guide the cloth and the head looks down.", ["hand"]),
    ("The head often looks to the left hand, while the right hand strums.", ["right hand"]),
    ("The right foot usually points toward the target and the torso turns.", ["torso"]),
    ("The palm faces down, and the right elbow bends.", ["right elbow"]),
    ("Both palms face the wall and push forward.", ["palm"]),
    ("The head turns to follow the ball.", ["head"]),
    ("The head looks up to the sky.", []),
    ("The head nods and looks down.", ["head"]),
    # What only balances or bears does not count.
    ("The right foot kicks, while the arms spread out a bit for balance.", ["right foot"]),
    ("The arms are held out to keep balance, and the right foot steps.", ["right foot"]),
    ("The feet are set apart for stability, and the torso bows.", ["torso"]),
    ("The left foot pivots on the floor and carries all the weight.", []),
    ("Both forearms form the base on the floor, and the legs rise.", ["leg"]),
    ("The torso leans forward slightly for balance.", ["torso"]),
    ("The left ankle wobbles to keep balance.", ["left ankle"]),
    ("The wrists lift hems or spread out for balance.", ["wrist"]),
    # What another action is like does not count.
    ("The wrist turns, in contrast to a throw, where the arm swings.", ["wrist"]),
    ("The torso sinks, unlike a squat, in which the hips travel back.", ["torso"]),
    ("The leg drive distinguishes rowing from a pull with the arms only.", ["leg"]),
    ("It is bigger than nodding, where only the head tips. The torso bows.", ["torso"]),
    ("Compared to a punch, where the fist closes, the right hand pushes.", ["right hand"]),
    ("Unlike walking, where the arms swing, marching lifts the knees.", ["knee"]),
    ("What distinguishes sneezing from coughing is the head thrown back.", ["head"]),
    ("The knees bend far less than in a squat.", ["knee"]),
    ("It is the legs, more than the elbows, that pull.", ["leg"]),
    # What stays bent, up or pressing acts; what stays straight does not.
    ("Both elbows stay slightly bent.", ["elbow"]),
    ("The right shoulder stays lifted.", ["right shoulder"]),
    ("The left hand presses down on the wood and stays in one place.", ["left hand"]),
    ("Both hands stay up before the chest as a guard.", ["hand"]),
    ("The right arm stays straight.", []),
    ("The legs stay bent on the seat.", []),
    ("The head is bent forward and held close to the hands.", ["head"]),
    # Little, what goes on, sides pointed at.
    ("The wrists turn in little circles.", ["wrist"]),
    ("The arms swing across, or rest on the back.", ["arm"]),
    ("The left arm hangs or guides the cord.", []),
    ("The arms are crossed over the chest; the hips sway.", ["hips"]),
    ("One hand, say the right one, reaches up.", ["right hand", "right hand"]),
    ("Both hands trace patterns in front of the chest, the right one first.", ["hand"]),
    ("The head circles from one shoulder, down over the chest, to the other.", ["head"]),
    ("The upper body bends from the hips to bring the lens close.", ["upper body", "hips"]),
    ("The left wrist is turned so the back of it faces up.", ["left wrist"]),
    ("Both knees bend outward over the turned-out feet.", ["knee"]),
    ("The neck bends, so it is neither a nod nor a shake.", ["neck"]),
    # What arrives, holds or is held up acts though it stays or hardly moves.
    ("The left hand goes to the chest and stays there.", ["left hand"]),
    ("The right knee comes up to the chest and remains there.", ["right knee"]),
    ("Both arms stay high above the head.", ["arm"]),
    ("The fingers stay curled around the handle.", ["finger"]),
    ("The right hand stays near the ear, with the elbow up.", ["right hand", "right elbow"]),
    ("The right hand is on top of the head and the hips sway.", ["right hand", "hips"]),
    ("The right arm is held out straight and steady.", ["right arm"]),
    ("The left hand holds the paper down and barely moves.", ["left hand"]),
    ("The left arm hangs and barely moves.", []),
    ("The left arm stays out of the way.", []),
    ("The torso stays lifted, and the back is held tall.", []),
    ("The feet keep a wide stance and hardly move.", []),
    # What rests at first and then moves acts.
    ("Both hands are on the ground and walk forward.", ["hand"]),
    ("The right foot is on the pedal and pushes it down.", ["right foot"]),
    ("The right arm hangs down and swings in circles.", ["right arm"]),
    ("The feet stay together and hop.", ["foot"]),
    ("The right hand is flat and chops down.", ["right hand"]),
    ("The left hand hangs on to the rail.", ["left hand"]),
    ("The left arm just swings along, and the left hand only guides it.", ["left arm"]),
    # Where a movement comes from acts; so does the body that is brought up.
    ("The lift comes from the knees, not from the back.", ["knee"]),
    ("The movement starts from the hips.", ["hips"]),
    ("The person steps on the toes.", ["toe"]),
    ("Both arms pull the whole body up.", ["arm", "body"]),
    ("Both hands pull the body forward.", ["hand"]),
    ("The right arm forms a frame by the chest.", ["right arm"]),
    ("The movement is led by the chest.", ["chest"]),
    ("The right hand keeps tapping the left wrist.", ["right hand"]),
    # What only bears, stands or is imagined does not act.
    ("The left leg takes most of the weight.", []),
    ("The hands take the weight.", ["hand"]),
    ("The right foot kicks and the left leg supports.", ["right foot"]),
    ("One foot is in front of the other, and the torso rocks.", ["torso"]),
    ("The feet tap sometimes. The wrist turns.", ["wrist"]),
    ("A push would use the palm. The finger taps.", ["finger"]),
    ("The hips rise with both arms straight.", ["hips"]),
    # What the text is about, and how it is spelled.
    ("The shoulders roll back. It's not like rowing.", ["shoulder"]),
    ("Head's tilted down, and the hand's curled fingers pull.", ["head", "finger"]),
    ("Before this the left knee lifts.", ["left knee"]),
    ("You can tell it from the way the hips swing.", ["hips"]),
    ("Apart from the right hand, everything is calm.", ["right hand"]),
    ("The elbows rest on the thighs or the hips, the torso bends.", ["torso"]),
]


@pytest.mark.parametrize(("text", "acting"), READ)
def test_only_parts_that_act_count(text, acting):
    found = [phrase for phrase in find_phrases(text) if phrase.role == "acts"]
    named = [
        f"{phrase.sides[0]} {phrase.noun}" if len(phrase.sides) == 1 else phrase.noun
        for phrase in found
    ]
    assert named == acting
