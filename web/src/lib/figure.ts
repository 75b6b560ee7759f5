// Draw a body in three dimensions on a canvas: bones, joints coloured by importance, ground.

import type { Body, Clip, Layout, Point } from "./types";

const PITCH = 0.14;
const DISTANCE = 4.2; // of the eye, in heights of the scene
const FACE = /eye|ear|mouth|nose/;
const RAMP = 5;

/** Where the eye stands: what is in the middle, how much fits, which way the body faces. */
export interface View {
  centre: Point;
  reach: number; // metres from the middle to the rim
  facing: number; // radians about the vertical
  floor: number;
}

interface Spot {
  x: number;
  y: number;
  away: number;
  zoom: number;
}

interface Palette {
  bone: string;
  ground: string;
  rim: string;
  ramp: number[][];
}

let palette: Palette | null = null;
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => (palette = null));

function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  const parse = (hex: string) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  return {
    bone: read("--bone"),
    ground: read("--ground"),
    rim: read("--card"),
    ramp: Array.from({ length: RAMP }, (_, step) => parse(read(`--ramp-${step}`))),
  };
}

function rampColour(share: number): string {
  const { ramp } = palette!;
  const place = Math.min(Math.max(share, 0), 1) * (RAMP - 1);
  const low = Math.min(Math.floor(place), RAMP - 2);
  const mixed = ramp[low]!.map((c, i) => Math.round(c + (ramp[low + 1]![i]! - c) * (place - low)));
  return `rgb(${mixed.join(",")})`;
}

/** Importance as seen: shares differ a hundredfold, so roots are shown. */
export const shownShare = (share: number) => Math.sqrt(Math.max(0, share));

// --- the body ---------------------------------------------------------------------------------

const mean = (points: (Point | null | undefined)[]): Point | null => {
  const seen = points.filter((point): point is Point => !!point);
  if (!seen.length) return null;
  return [0, 1, 2].map((axis) => seen.reduce((sum, p) => sum + p[axis]!, 0) / seen.length) as Point;
};

/** Bones as drawn: those of the layout without the face, closed at shoulders and hips. */
export function drawnBones(layout: Layout): [number, number][] {
  const at = (name: string) => layout.joints.indexOf(name);
  const bones: [number, number][] = [];
  layout.parents.forEach((parent, joint) => {
    const isFace = FACE.test(layout.joints[joint]!) || FACE.test(layout.joints[parent]!);
    if (parent !== joint && !isFace) bones.push([joint, parent]);
  });
  const close = (left: string, right: string, middles: string[]) => {
    if (at(left) >= 0 && at(right) >= 0 && !middles.some((middle) => at(middle) >= 0)) {
      bones.push([at(left), at(right)]);
    }
  };
  close("left_shoulder", "right_shoulder", ["neck", "chest", "spine"]);
  close("left_hip", "right_hip", ["pelvis", "spine"]);
  return bones;
}

/** Middle and radius (metres) of the head; null where nothing of it is seen. */
function findHead(layout: Layout, body: Body): { centre: Point; neck: Point | null } | null {
  const joint = (name: string) => body[layout.joints.indexOf(name)];
  const centre =
    joint("head") ?? mean([joint("left_ear"), joint("right_ear")]) ?? joint("nose") ?? null;
  if (!centre) return null;
  const neck =
    joint("neck") ?? joint("chest") ?? mean([joint("left_shoulder"), joint("right_shoulder")]);
  return { centre, neck: neck ?? null };
}

/** Turn about the vertical after which the body looks at us; 0 where hips and shoulders hide. */
export function findFacing(layout: Layout, body: Body): number {
  const joint = (name: string) => body[layout.joints.indexOf(name)];
  for (const part of ["hip", "shoulder"]) {
    const left = joint(`left_${part}`);
    const right = joint(`right_${part}`);
    if (left && right) return Math.atan2(left[2] - right[2], left[0] - right[0]);
  }
  return 0;
}

/** A view that holds a whole clip, whichever way it is turned. */
export function viewOf(clip: Clip): View {
  const points = clip.persons.flat(2).filter((point): point is Point => !!point);
  const low = [0, 1, 2].map((axis) => points.reduce((m, p) => Math.min(m, p[axis]!), Infinity));
  const high = [0, 1, 2].map((axis) => points.reduce((m, p) => Math.max(m, p[axis]!), -Infinity));
  const centre = low.map((value, axis) => (value + high[axis]!) / 2) as Point;
  const reach = Math.max(
    (high[1]! - low[1]!) / 2,
    points.reduce((m, p) => Math.max(m, Math.hypot(p[0] - centre[0], p[2] - centre[2])), 0),
    0.3,
  );
  const first = clip.persons[0]!.find((body) => body.some(Boolean));
  return { centre, reach, facing: first ? findFacing(clip.layout, first) : 0, floor: low[1]! };
}

// --- drawing ----------------------------------------------------------------------------------

export class FigurePainter {
  yaw = 0;
  isMirror = false;
  private readonly bones: [number, number][];

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly layout: Layout,
  ) {
    this.bones = drawnBones(layout);
  }

  /** Draw bodies (of V joints each) as seen from a view. */
  draw(bodies: Body[], view: View, importance: number[] | null, options = { ground: true }): void {
    palette ??= readPalette();
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
    }
    const pen = this.canvas.getContext("2d")!;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const project = this.projector(width, height, view);
    if (options.ground) drawGround(pen, project, view);
    const unit = Math.min(width, height) / 260;
    for (const body of bodies) this.drawBody(pen, body, importance, project, unit);
  }

  private projector(width: number, height: number, view: View): (point: Point) => Spot {
    const turn = this.yaw + view.facing;
    const [c, s] = [Math.cos(turn), Math.sin(turn)];
    const scale = (Math.min(width, height) * 0.42) / view.reach;
    const side = this.isMirror ? -1 : 1;
    return (point) => {
      const [x, y, z] = point.map((value, axis) => value - view.centre[axis]!) as Point;
      const across = (c * x + s * z) * side;
      const near = -s * x + c * z;
      const up = y * Math.cos(PITCH) - near * Math.sin(PITCH);
      const away = -(near * Math.cos(PITCH) + y * Math.sin(PITCH));
      const zoom = DISTANCE / (DISTANCE + away / view.reach);
      return { x: width / 2 + across * zoom * scale, y: height / 2 - up * zoom * scale, away, zoom };
    };
  }

  private drawBody(
    pen: CanvasRenderingContext2D,
    body: Body,
    importance: number[] | null,
    project: (point: Point) => Spot,
    unit: number,
  ): void {
    const spots = body.map((point) => point && project(point));
    pen.lineCap = "round";
    pen.strokeStyle = palette!.bone;
    const line = (a: Spot, b: Spot) => {
      pen.lineWidth = (3.4 * unit * (a.zoom + b.zoom)) / 2;
      pen.beginPath();
      pen.moveTo(a.x, a.y);
      pen.lineTo(b.x, b.y);
      pen.stroke();
    };
    for (const [one, other] of this.bones) {
      const [a, b] = [spots[one], spots[other]];
      if (a && b) line(a, b);
    }
    this.drawHead(pen, body, project, unit, line);
    const order = spots.map((_, joint) => joint).filter((joint) => spots[joint]);
    order.sort((one, other) => spots[other]!.away - spots[one]!.away);
    for (const joint of order) {
      if (FACE.test(this.layout.joints[joint]!) && !importance?.[joint]) continue;
      this.drawJoint(pen, spots[joint]!, importance ? shownShare(importance[joint] ?? 0) : null, {
        unit: FACE.test(this.layout.joints[joint]!) ? unit * 0.5 : unit,
      });
    }
  }

  private drawJoint(
    pen: CanvasRenderingContext2D,
    spot: Spot,
    share: number | null,
    { unit }: { unit: number },
  ): void {
    pen.beginPath();
    pen.arc(spot.x, spot.y, (2.5 + 4.6 * (share ?? 0.15)) * unit * spot.zoom, 0, 2 * Math.PI);
    pen.fillStyle = share === null ? palette!.bone : rampColour(share);
    pen.fill();
    pen.lineWidth = 1.2 * unit;
    pen.strokeStyle = palette!.rim;
    pen.stroke();
    pen.strokeStyle = palette!.bone;
  }

  private drawHead(
    pen: CanvasRenderingContext2D,
    body: Body,
    project: (point: Point) => Spot,
    unit: number,
    line: (a: Spot, b: Spot) => void,
  ): void {
    const head = findHead(this.layout, body);
    if (!head) return;
    const middle = project(head.centre);
    const radius = 11 * unit * middle.zoom;
    if (head.neck) line(middle, project(head.neck));
    pen.beginPath();
    pen.arc(middle.x, middle.y, radius, 0, 2 * Math.PI);
    pen.fillStyle = palette!.rim;
    pen.fill();
    pen.lineWidth = 3 * unit * middle.zoom;
    pen.stroke();
  }
}

function drawGround(
  pen: CanvasRenderingContext2D,
  project: (point: Point) => Spot,
  view: View,
): void {
  pen.strokeStyle = palette!.ground;
  pen.lineWidth = 1;
  const [x, , z] = view.centre;
  for (const share of [0.28, 0.53, 0.78]) {
    pen.beginPath();
    for (let step = 0; step <= 64; step += 1) {
      const angle = (step / 64) * 2 * Math.PI;
      const radius = share * view.reach;
      const spot = project([x + radius * Math.cos(angle), view.floor, z + radius * Math.sin(angle)]);
      if (step) pen.lineTo(spot.x, spot.y);
      else pen.moveTo(spot.x, spot.y);
    }
    pen.stroke();
  }
}
