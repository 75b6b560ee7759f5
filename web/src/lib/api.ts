// Calls to the server. Every failure becomes an Error whose message is a sentence for the person.

import type { Action, Clip, Layout, Model, PoseFrame, Recognition } from "./types";

const ROOT = new URL("./api/v1/", document.baseURI);
const JSON_TYPE = "application/json";
const FILE_TYPE = "application/octet-stream";

export type FileFormat = "bvh" | "ntu" | "npz";

/** The token after the # of the address, kept for this tab and taken out of the address. */
function findToken(): string {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    sessionStorage.setItem("token", given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return sessionStorage.getItem("token") ?? "";
}

export const token = findToken();

async function send(
  method: string,
  path: string,
  options: { query?: Record<string, string>; body?: BodyInit; type?: string } = {},
): Promise<Response> {
  const url = new URL(path, ROOT);
  for (const [name, value] of Object.entries(options.query ?? {})) url.searchParams.set(name, value);
  const headers: Record<string, string> = {};
  if (options.type) headers["Content-Type"] = options.type;
  if (token) headers.Authorization = `Bearer ${token}`;
  let response: Response;
  try {
    response = await fetch(url, { method, headers, body: options.body ?? null });
  } catch {
    throw new Error("The server does not answer. Is it still running?");
  }
  if (!response.ok) {
    const problem = await response.json().catch(() => null);
    throw new Error(problem?.detail ?? `The server answered with ${response.status}.`);
  }
  return response;
}

const asActions = async (response: Response) =>
  ((await response.json()) as { actions: Action[] }).actions;

/** A clip as the server takes it: without what only we need. */
function pack(clip: Clip): string {
  return JSON.stringify({ joint_names: clip.layout.joints, persons: clip.persons, fps: clip.fps });
}

export const fetchModel = async () => (await (await send("GET", "model")).json()) as Model;

export const listActions = async () => asActions(await send("GET", "actions"));

/** Show an action once; with `eitherSide`, done with the other hand or leg it counts too. */
export const enroll = async (name: string, clip: Clip, source: string, eitherSide: boolean) =>
  asActions(
    await send("POST", "actions", {
      query: { name, source, either_side: String(eitherSide) },
      body: pack(clip),
      type: JSON_TYPE,
    }),
  );

export const rename = async (id: string, name: string) =>
  asActions(
    await send("PATCH", `actions/${id}`, { body: JSON.stringify({ name }), type: JSON_TYPE }),
  );

export const remove = async (id: string) => asActions(await send("DELETE", `actions/${id}`));

export const fetchExemplar = async (id: string, number: number) =>
  (await (await send("GET", `actions/${id}/exemplars/${number}`)).json()) as Clip;

export const recognize = async (clip: Clip) =>
  (await (
    await send("POST", "recognitions", { body: pack(clip), type: JSON_TYPE })
  ).json()) as Recognition;

export const readFile = async (file: File, format: FileFormat, clip: string) =>
  (await (
    await send("POST", "clips", {
      query: clip ? { format, clip } : { format },
      body: file,
      type: FILE_TYPE,
    })
  ).json()) as Clip;

/** Frames of one person as they came, as a clip of a steady rate: the server's rule, and no other. */
export const makeSteady = async ({ joints }: Layout, frames: PoseFrame[]) => {
  const persons = [frames.map(({ body }) => body)];
  const times_s = frames.map(({ time_s }) => time_s);
  const body = JSON.stringify({ joint_names: joints, persons, times_s });
  return (await (await send("POST", "clips", { body, type: JSON_TYPE })).json()) as Clip;
};

export const exportGallery = async () => (await send("GET", "gallery")).blob();

export const importGallery = async (file: File) =>
  asActions(await send("POST", "gallery", { body: file, type: FILE_TYPE }));

/** Address and protocols of the stream; a browser can give a WebSocket no header. */
export function streamAddress(): { url: URL; protocols: string[] } {
  const url = new URL("stream", ROOT);
  url.protocol = url.protocol.replace("http", "ws");
  const secret = btoa(token).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return { url, protocols: token ? ["crossglg.v1", `bearer.${secret}`] : ["crossglg.v1"] };
}
