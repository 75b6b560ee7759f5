// The joints of MediaPipe in the order in which its landmarks come.

import type { Layout } from "./types";

const sided = (name: string) => [`left_${name}`, `right_${name}`];

const JOINTS = [
  "nose",
  "left_eye_inner", "left_eye", "left_eye_outer",
  "right_eye_inner", "right_eye", "right_eye_outer",
  ...["ear", "mouth", "shoulder", "elbow", "wrist", "pinky", "index", "thumb"].flatMap(sided),
  ...["hip", "knee", "ankle", "heel", "foot"].flatMap(sided),
];

const HANGS_ON: Record<string, string> = {
  elbow: "shoulder", wrist: "elbow", pinky: "wrist", index: "wrist", thumb: "wrist",
  hip: "shoulder", knee: "hip", ankle: "knee", heel: "ankle", foot: "heel",
};

function parentOf(joint: string): string {
  const [side, part] = [joint.split("_", 1)[0]!, joint.split("_").slice(1).join("_")];
  return part in HANGS_ON ? `${side}_${HANGS_ON[part]}` : "nose";
}

export const MEDIAPIPE: Layout = {
  name: "mediapipe33",
  joints: JOINTS,
  parents: JOINTS.map((joint) => JOINTS.indexOf(parentOf(joint))),
};
