"""Movements this project wrote itself: named actions -> clips by forward kinematics."""

from crossglg.sources.choreography.generate import choreography, list_actions

__all__ = ["choreography", "list_actions"]
