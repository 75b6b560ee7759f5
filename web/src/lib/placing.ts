// Put a pose that MediaPipe centred on the hips back to its place in the room.
//
// The same sums as crossglg/sources/pose/placing.py, so that an action shown to the page and one
// shown to the command line are alike: with a pinhole camera of focal length f, a joint (X, Y, Z)
// of a body at t is seen at u = f (X + tx) / (Z + tz); two linear equations per joint give t.

import type { Body, Point } from "./types";

const FOCAL_LENGTH = 0.8; // of the longer side of the picture
const DEPTH_MEMORY_S = 0.5;
const NEAREST_M = 0.3;
const SEEN = 0.3; // below it a joint is guessed, not seen

export interface Sight {
  world: Point[]; // metres around the hips; x to the right of the picture, y down, z away
  picture: [number, number][]; // from its middle, in units of its longer side
  trust: number[]; // 0 to 1
}

/** Depth of the body by least squares. */
function findDepth({ world, picture, trust }: Sight): number {
  const f = FOCAL_LENGTH;
  let [s, uu, u1, v1, b1, b2, b3] = [0, 0, 0, 0, 0, 0, 0];
  world.forEach(([x, y, z], joint) => {
    const [[u, v], w] = [picture[joint]!, trust[joint]!];
    const [across, down] = [u * z - f * x, v * z - f * y];
    s += w * f * f;
    u1 -= w * f * u;
    v1 -= w * f * v;
    uu += w * (u * u + v * v);
    b1 += w * f * across;
    b2 += w * f * down;
    b3 -= w * (u * across + v * down);
  });
  return (b3 - (u1 * b1 + v1 * b2) / s) / (uu - (u1 * u1 + v1 * v1) / s);
}

/** Places one body frame by frame, its depth smoothed. */
export class Placer {
  private depth: number | null = null;
  private time_s = 0;

  /** Joints of the torso count as seen always: without them there is no body. */
  constructor(private readonly torso: ReadonlySet<number>) {}

  /** y up, right-handed, metres from the camera; who faces it faces -z. */
  place(sight: Sight, time_s: number): Body {
    const { world, picture, trust } = sight;
    const depth = Math.max(findDepth(sight), NEAREST_M);
    const share = 1 - Math.exp(-(time_s - this.time_s) / DEPTH_MEMORY_S);
    this.depth = this.depth === null ? depth : this.depth + share * (depth - this.depth);
    this.time_s = time_s;
    const whole = trust.reduce((sum, w) => sum + w, 0);
    const offset = (axis: 0 | 1) =>
      world.reduce((sum, point, joint) => {
        const away = (point[2] + this.depth!) / FOCAL_LENGTH;
        return sum + (trust[joint]! / whole) * (picture[joint]![axis] * away - point[axis]);
      }, 0);
    const [right, below] = [offset(0), offset(1)];
    return world.map(([x, y, z], joint) =>
      trust[joint]! >= SEEN || this.torso.has(joint)
        ? [-(x + right), -(y + below), z + this.depth!]
        : null,
    );
  }
}
