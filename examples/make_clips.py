"""Write clips.npz, the clips that the README enrols and recognises.

Two people drawn by another seed than those the shipped weights learned from; each does four
written actions once.
"""

from pathlib import Path

from crossglg.sources import write_npz
from crossglg.sources.choreography import choreography

ACTIONS = ("wave right hand", "squat", "kick forward", "bow")

if __name__ == "__main__":
    clips = choreography(performers=2, repeats=1, seed=2024, classes=ACTIONS)
    write_npz(clips, Path(__file__).with_name("clips.npz"))
